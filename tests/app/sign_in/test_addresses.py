"""Where sign-in may lead."""

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
