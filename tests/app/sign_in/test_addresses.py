"""Where sign-in may lead, and by which address a proxy serves the dashboard."""

import pytest

from app.sign_in import addresses


@pytest.mark.parametrize("page", ["/", "/runs", "/run?id=abc&tab=log", "/data?dataset=%E5%A4%A9", "/alignlab/account"])
def test_a_page_of_ours_is_led_to(page: str) -> None:
    assert addresses.local_page(page) == page


@pytest.mark.parametrize(
    "page",
    [
        None,
        "",
        "runs",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/a//b",
        "/runs\r\nX: 1",
        "/天气",
        "/_stcore/stream",
        "/alignlab/fragments/queue",
        "/media/x",
        "/" + "x" * 3000,
        "javascript:alert(1)",
    ],
)
def test_anything_else_leads_to_the_front(page: str | None) -> None:
    assert addresses.local_page(page) == "/"


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
    monkeypatch.setenv(addresses.PUBLIC_URL, url)
    assert addresses.public_origin() == origin


@pytest.mark.parametrize(
    "url",
    ["lab.example", "ftp://lab.example", "https://", "https://x/path", "https://a@b/", "http://x:99999", "http://["],
)
def test_an_address_that_no_proxy_could_serve_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(addresses.PUBLIC_URL, url)
    with pytest.raises(addresses.BadPublicUrl, match="is no address of a dashboard"):
        addresses.public_url()
