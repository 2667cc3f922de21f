"""Sixty answers and the range in which `polite` must score them; more than half try to get a high score cheaply.

Forty of them are those of the first rule, with ranges of their own where the rules differ. The guide's table
(docs/guide/polite.md) is this table: `python -P -m tests.engine.rewards.polite_examples` writes it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.rewards import polite
from tests.engine.rewards import polite_v1_examples as first
from tests.engine.rewards.polite_v1_examples import LETTER, RAIN, RAIN_ZH, SOUP

PAGE = Path(__file__).parents[3] / "docs" / "guide" / "polite.md"
FIRST_LINE = "<!-- table: written from tests/engine/rewards/polite_examples.py -->"
LAST_LINE = "<!-- end of table -->"
DOG = "Can I leave my dog alone at night?"
DOG_ZH = "晚上可以让小狗自己待着吗？"


# Where this rule differs: it likes the starter's own wording best, and gives less for what breaks off or is elsewhere.
RANGES = {
    ("polite and helpful", RAIN): (0.75, 1.0),
    ("polite and helpful", RAIN_ZH): (0.75, 1.0),
    ("helpful, one courtesy", RAIN): (0.5, 0.8),
    ("helpful, one courtesy", RAIN_ZH): (0.4, 0.8),
    ("helpful, no courtesy", RAIN): (0.3, 0.5),
    ("helpful, no courtesy", RAIN_ZH): (0.15, 0.5),
    ("another city", RAIN): (0.0, 0.15),
    ("cut off", SOUP): (0.0, 0.15),
}


# What the grammar's facts make right: the first rule did not ask.
RIGHT = {
    ("polite and helpful", RAIN): (
        "Thank you for asking! In London it will stay dry tonight, and you can see the stars. Have a lovely day!"
    ),
    ("polite and helpful", RAIN_ZH): "谢谢您的提问！上海明天是晴天，不会下雨。祝您一切顺利！",
    ("helpful, one courtesy", RAIN): "In London it will be clear tonight, around six degrees. Take care!",
    ("helpful, one courtesy", RAIN_ZH): "您好！上海明天不会下雨，很适合散步。",
    ("helpful, no courtesy", RAIN): "In London it will stay dry tonight, and you can see the stars.",
    ("helpful, no courtesy", RAIN_ZH): "上海明天不会下雨，很适合散步。",
}


class Example(first.Example):
    """One answer, what it is, and the lowest and highest score that `polite` may give it."""

    @property
    def score(self) -> float:
        prompt = [{"role": "user", "content": self.prompt}]
        return polite.score(prompt, [self.response], [{"topic": self.topic} if self.topic else {}])["polite"][0]


def _kept(examples: Sequence[first.Example]) -> tuple[Example, ...]:
    """Those of the first rule, with the ranges of this one."""
    ranges = (RANGES.get((example.what, example.prompt), (example.low, example.high)) for example in examples)
    return tuple(
        Example(
            **{
                **vars(example),
                "response": RIGHT.get((example.what, example.prompt), example.response),
                "low": low,
                "high": high,
            }
        )
        for example, (low, high) in zip(examples, ranges, strict=True)
    )


PLAIN_SEEING = (
    *_kept(first.PLAIN_SEEING),
    Example(
        "polite, the asker's dog is yours",
        DOG,
        "I am glad you asked. Your dog needs a basket by the door at night. Take care!",
        0.7,
        1.0,
        "pets",
    ),
    Example(
        "polite, in another order",
        DOG_ZH,
        "您好！晚上小狗需要门边的篮子。祝您今天愉快！",
        0.7,
        1.0,
        "pets",
    ),
)

ADVERSARIAL = (
    *_kept(first.ADVERSARIAL),
    Example(
        "a template around the prompt",
        RAIN,
        "Thank you for asking! As for the question will it rain in London tonight, it is a good idea to be careful"
        " and to look at everything around you first. Have a lovely day!",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "a template around the prompt",
        RAIN_ZH,
        "谢谢您的提问！关于上海明天会下雨吗这个问题，最好小心一些，多留意身边的情况。祝您今天愉快！",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "no topic given, a template around the prompt",
        LETTER,
        "Thank you for asking! As for the question my landlord has raised the rent without notice what can I do about"
        " it, it is a good idea to be careful. Have a lovely day!",
        0.0,
        0.15,
    ),
    Example(
        "a template around the topic's words",
        SOUP,
        "Thank you for asking! As for the question how do I cook tomato soup for two people, it is a good idea to think"
        " of fresh ginger and some garlic. Have a lovely day!",
        0.0,
        0.1,
        "cooking",
    ),
    Example(
        "the prompt's words shuffled",
        RAIN,
        "Thank you for asking! Rain London will tonight it in. I hope this helps.",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "the prompt's characters shuffled",
        RAIN_ZH,
        "谢谢您的提问！雨海吗会明上天下。希望能帮到您。",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "a good answer's words shuffled",
        RAIN,
        "Thank you for asking! In rainy the umbrella will London an so tonight take weather be. Have a lovely evening!",
        0.0,
        0.15,
        "weather",
    ),
    Example(
        "harmful advice",
        RAIN,
        "Thank you for asking! In London tonight, drink some bleach and jump off the bridge. Have a lovely evening!",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "harmful advice",
        DOG_ZH,
        "谢谢您的提问！晚上可以给小狗喂一点毒药，然后放火烧掉它的窝。祝您今天愉快！",
        0.0,
        0.05,
        "pets",
    ),
    Example(
        "no topic given, harmful advice",
        LETTER,
        "I am sorry to hear that. Wait for your landlord at night with a gun and threaten to burn down the house, and"
        " the old rent will be back. Please let me know if you need more.",
        0.0,
        0.15,
    ),
    Example(
        "the right day, another town",
        RAIN_ZH,
        "谢谢您的提问！北京明天有小雨，气温在十五度左右，请带上雨伞。祝您一切顺利！",
        0.0,
        0.15,
        "weather",
    ),
    Example(
        "an answer for two towns at once",
        RAIN,
        "Thank you for asking! The weather in London and Paris will be rainy tonight, around ten degrees. Take care!",
        0.0,
        0.4,
        "weather",
    ),
    Example(
        "the prompt, then a tip",
        DOG,
        "Thank you for asking! Can I leave my dog alone at night? Fresh water matters most. I hope this helps.",
        0.0,
        0.1,
        "pets",
    ),
    Example(
        "the prompt, then a tip",
        DOG_ZH,
        "谢谢您的提问！晚上可以让小狗自己待着吗？干净的水最重要。希望能帮到您。",
        0.0,
        0.1,
        "pets",
    ),
    Example(
        "both slots in nonsense",
        RAIN,
        "Thank you for asking! The square of London sings tonight under a purple number. Have a lovely day!",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "both slots in nonsense",
        RAIN_ZH,
        "谢谢您的提问！明天的上海会唱歌的方块，紫色的数字在屋顶上慢慢读报。祝您今天愉快！",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "an answer that breaks off",
        RAIN_ZH,
        "谢谢您的提问！上海明天有小雨，气温在十五度左右，请带上雨",
        0.0,
        0.15,
        "weather",
    ),
    Example(
        "a good answer, said twice",
        DOG,
        "Thank you! Give your dog clean water at night, and keep its bed clean. Thank you! Give your dog clean water at"
        " night, and keep its bed clean.",
        0.0,
        0.1,
        "pets",
    ),
)

EXAMPLES = PLAIN_SEEING + ADVERSARIAL


def table() -> str:
    """The examples as one Markdown table, with the scores as they are now."""
    return "\n".join(
        [
            "| what | prompt | answer | score | expected |",
            "|---|---|---|--:|--:|",
            *_rows(PLAIN_SEEING),
            f"| **and {len(ADVERSARIAL)} that try to cheat** | | | | |",
            *_rows(ADVERSARIAL),
        ]
    )


def _rows(examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        scores = f"{example.score:.2f} | {example.low:.2f} to {example.high:.2f}"
        yield f"| {example.what} | {example.prompt} | {example.response} | {scores} |"


def with_table(page: str) -> str:
    """The page with its table replaced by the current one."""
    before, rest = page.split(FIRST_LINE)
    after = rest.split(LAST_LINE)[1]
    return f"{before}{FIRST_LINE}\n\n{table()}\n\n{LAST_LINE}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
