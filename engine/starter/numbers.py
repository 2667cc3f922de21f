"""Numbers below sixty in words, as the answers of the grammar say them; tables of facts have them in digits."""

from engine.starter.topic_schema import choices

ENGLISH = choices(
    "zero | one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | thirteen | fourteen"
    " | fifteen | sixteen | seventeen | eighteen | nineteen"
)
TENS = {2: "twenty", 3: "thirty", 4: "forty", 5: "fifty"}
CHINESE = "零一二三四五六七八九"


def english(number: int) -> str:
    """
    >>> english(0), english(13), english(40), english(27)
    ('zero', 'thirteen', 'forty', 'twenty-seven')
    """
    if number < 20:
        return ENGLISH[number]
    tens, ones = divmod(number, 10)
    return TENS[tens] + (f"-{ENGLISH[ones]}" if ones else "")


def chinese(number: int) -> str:
    """
    >>> chinese(-3), chinese(0), chinese(10), chinese(15), chinese(27), chinese(40)
    ('零下三', '零', '十', '十五', '二十七', '四十')
    """
    if number < 0:
        return "零下" + chinese(-number)
    if number < 10:
        return CHINESE[number]
    tens, ones = divmod(number, 10)
    return (CHINESE[tens] if tens > 1 else "") + "十" + (CHINESE[ones] if ones else "")
