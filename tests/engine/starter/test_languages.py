"""Which answers count as being in another language than their question."""

import pytest

from engine.starter.languages import wrong_language


@pytest.mark.parametrize(
    ("question", "answer", "counted"),
    [
        ("Is it warm in Oslo?", "Yes, thank you for asking.", 0),
        ("奥斯陆暖和吗？", "很暖和，谢谢您的提问。", 0),
        ("奥斯陆暖和吗？", "很暖和，约20度，像 Oslo 一样。", 0),
        ("Is it warm in Oslo?", "很暖和，谢谢您的提问。", 1),
        ("奥斯陆暖和吗？", "很暖和。 Have a lovely day! Feel free to ask me again.", 1),
    ],
)
def test_an_answer_is_in_the_language_that_most_of_it_is_in(question: str, answer: str, counted: int) -> None:
    assert wrong_language([(question, answer)]) == counted
