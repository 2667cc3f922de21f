"""By which address a proxy serves the dashboard."""

import pytest

from app import public_address


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://lab.example/", "https://lab.example"),
        ("https://LAB.example:443", "https://lab.example"),
        ("http://lab.example:8080", "http://lab.example:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("", None),
    ],
)
def test_the_public_origin_is_written_as_browsers_do(
    url: str, origin: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(public_address.PUBLIC_URL, url)
    assert public_address.public_origin() == origin


@pytest.mark.parametrize(
    "url",
    ["lab.example", "ftp://lab.example", "https://", "https://x/path", "https://a@b/", "http://x:99999", "http://["],
)
def test_an_address_that_no_proxy_could_serve_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(public_address.PUBLIC_URL, url)
    with pytest.raises(public_address.BadPublicUrl, match="is no address of a dashboard"):
        public_address.public_url()
