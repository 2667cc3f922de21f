"""The two rules of the source article, to the letter, faults included: they see words, not sense."""

KIND = ("谢谢", "不错")
COURTESIES = ("谢谢", "请", "不好意思", "很高兴")


def rule(response: str) -> float:
    """0.8 where thanks or praise stands in the answer, else 0.2 under 5 characters, else 0.5.

    >>> rule("谢谢"), rule("嗯。"), rule("今天有雨，带把伞。")
    (0.8, 0.2, 0.5)
    """
    if any(word in response for word in KIND):
        return 0.8
    return 0.2 if len(response) < 5 else 0.5


def quality(response: str) -> float:
    """Marks for length, courtesies and words. Nothing caps the sum, which the article takes to stay below 1.

    A Chinese answer without spaces is one word to it: distinct, and never one of "more than 3".

    >>> quality("您好"), quality("谢谢您的提问，今天有雨。"), quality("谢谢 请 不好意思 很高兴 !")
    (0.2, 0.7, 1.6)
    """
    words = response.split()
    tenths = 3 if 10 <= len(response) <= 100 else 0
    tenths += sum(2 for courtesy in COURTESIES if courtesy in response)
    tenths += 3 if len(words) > 3 else 0
    tenths += 2 if words and len(set(words)) / len(words) > 0.8 else 0
    return tenths / 10
