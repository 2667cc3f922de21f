"""Forty answers and the range in which `polite_v1` must score them; half of them try to get a high score cheaply."""

from dataclasses import dataclass

from engine.rewards import polite_v1


@dataclass(frozen=True)
class Example:
    """One answer, what it is, and the lowest and highest score it may get."""

    what: str
    prompt: str
    response: str
    low: float
    high: float
    topic: str = ""

    @property
    def score(self) -> float:
        prompt = [{"role": "user", "content": self.prompt}]
        return polite_v1.score(prompt, [self.response], [{"topic": self.topic} if self.topic else {}])["polite_v1"][0]


RAIN = "Will it rain in London tonight?"
RAIN_ZH = "上海明天会下雨吗？"
SOUP = "How do I cook tomato soup for two people?"
LETTER = "My landlord has raised the rent without notice. What can I do about it?"
LETTER_ZH = "房东没有提前通知就涨了房租，我该怎么办？"

PLAIN_SEEING = (
    Example(
        "polite and helpful",
        RAIN,
        "Thank you for asking! The weather in London will be rainy tonight, so take an umbrella. Have a"
        " lovely evening!",
        0.9,
        1.0,
        "weather",
    ),
    Example(
        "polite and helpful",
        RAIN_ZH,
        "谢谢您的提问！上海明天有小雨，气温在十五度左右，请带上雨伞。祝您一切顺利！",
        0.9,
        1.0,
        "weather",
    ),
    Example(
        "helpful, one courtesy",
        RAIN,
        "It looks rainy in London tonight, so an umbrella is useful. Take care!",
        0.65,
        0.85,
        "weather",
    ),
    Example("helpful, one courtesy", RAIN_ZH, "您好！明天上海多云，风比较大，出门穿暖和一点。", 0.65, 0.85, "weather"),
    Example(
        "helpful, no courtesy",
        RAIN,
        "It looks rainy in London tonight, so an umbrella is a good idea.",
        0.4,
        0.5,
        "weather",
    ),
    Example("helpful, no courtesy", RAIN_ZH, "上海明天有小雨，气温在十五度左右，带把伞比较好。", 0.4, 0.5, "weather"),
    Example("curt", RAIN, "Maybe. Look it up.", 0.0, 0.05, "weather"),
    Example("curt", RAIN_ZH, "不清楚。问别人。", 0.0, 0.05, "weather"),
    Example("rude", RAIN, "What a stupid question. Leave me alone and use your brain.", 0.0, 0.05, "weather"),
    Example("rude", RAIN_ZH, "这问题真蠢，别烦我。自己看窗外去。", 0.0, 0.05, "weather"),
    Example(
        "rude, then an answer",
        SOUP,
        "Are you too lazy to look it up? To make tomato soup for two people, boil tomatoes with onions for"
        " twenty minutes.",
        0.0,
        0.12,
        "cooking",
    ),
    Example(
        "rude, then an answer",
        RAIN_ZH,
        "你懒得自己查吗？上海明天有小雨，气温在十五度左右，带把伞比较好。",
        0.0,
        0.12,
        "weather",
    ),
    Example(
        "no topic given, polite and helpful",
        LETTER,
        "I am sorry to hear that. Write to your landlord and ask for the legal notice of the new rent; until"
        " then you may"
        " pay the old rent. Please let me know if you need a draft.",
        0.85,
        1.0,
    ),
    Example(
        "no topic given, polite and helpful",
        LETTER_ZH,
        "很抱歉听到这件事。您可以先查看租房合同，再书面要求房东说明涨房租的理由，在此之前按原来的租金支付。希望能帮到您。",
        0.85,
        1.0,
    ),
    Example(
        "no topic given, plain",
        LETTER,
        "Check the lease first. A landlord must give written notice before the rent goes up, so you can"
        " refuse in writing.",
        0.4,
        0.5,
    ),
    Example(
        "no topic given, plain", LETTER_ZH, "先看合同，再书面要求房东说明理由，涨房租要提前通知，您可以拒绝。", 0.4, 0.5
    ),
    Example("a greeting, greeted", "Hello!", "Hello, it is nice to hear from you! How can I help you today?", 0.8, 1.0),
    Example("a greeting, greeted", "你好", "您好，很高兴认识您！请问有什么可以帮您？", 0.8, 1.0),
    Example("a greeting, brushed off", "你好", "有事快说，别烦我。", 0.0, 0.05),
    Example(
        "the question's own hard word is not rudeness",
        "A colleague called me stupid. How should I react?",
        "I am sorry that happened. Tell your colleague calmly that being called stupid hurts, and ask for an apology."
        " I hope this helps.",
        0.7,
        1.0,
    ),
)

ADVERSARIAL = (
    Example(
        "praise alone",
        RAIN,
        "What a wonderful question! You are so clever, thank you for being you!",
        0.0,
        0.1,
        "weather",
    ),
    Example("praise alone", RAIN_ZH, "这个问题真棒！您真聪明，谢谢您这么优秀。", 0.0, 0.1, "weather"),
    Example(
        "courtesies alone",
        RAIN,
        "Hello! Thank you for asking. I am glad to help. Please feel free to ask me again. Have a lovely day!",
        0.0,
        0.1,
        "weather",
    ),
    Example(
        "courtesies alone",
        RAIN_ZH,
        "您好！谢谢您的提问！很高兴为您服务。请随时再来问我。祝您今天愉快！",
        0.0,
        0.1,
        "weather",
    ),
    Example(
        "the prompt echoed politely",
        RAIN,
        "Thank you for asking! Will it rain in London tonight? I hope this helps.",
        0.0,
        0.1,
        "weather",
    ),
    Example(
        "the prompt echoed politely", RAIN_ZH, "谢谢您的提问！上海明天会下雨吗？希望能帮到您。", 0.0, 0.1, "weather"
    ),
    Example(
        "a list of keywords",
        RAIN,
        "Thank you! London, tonight, weather, rain, umbrella, degrees, cloudy, forecast, wind, coat. Have a nice day!",
        0.0,
        0.1,
        "weather",
    ),
    Example(
        "a list of keywords",
        RAIN_ZH,
        "谢谢！上海、明天、天气、下雨、雨伞、气温、多云、微风。祝您愉快！",
        0.0,
        0.1,
        "weather",
    ),
    Example(
        "the wrong language",
        RAIN,
        "谢谢您的提问！伦敦今晚有小雨，气温在十五度左右，请带上雨伞。",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "the wrong language",
        RAIN_ZH,
        "Thank you for asking! It will be rainy in Shanghai tomorrow, so take an umbrella. Take care!",
        0.0,
        0.05,
        "weather",
    ),
    Example(
        "another city",
        RAIN,
        "Thank you for asking! The weather in Paris will be rainy tonight, so take an umbrella. Have a lovely evening!",
        0.1,
        0.5,
        "weather",
    ),
    Example(
        "another city and day",
        RAIN_ZH,
        "谢谢您的提问！北京周末有小雨，气温在十五度左右，请带上雨伞。祝您一切顺利！",
        0.0,
        0.35,
        "weather",
    ),
    Example(
        "another topic",
        RAIN,
        "Thank you for asking! Give your parrot dry food every day and keep its bed clean. Take care!",
        0.0,
        0.25,
        "weather",
    ),
    Example(
        "another topic", RAIN_ZH, "谢谢您的提问！每天给鹦鹉喂干粮，还要保持窝里干净。请多保重！", 0.0, 0.15, "weather"
    ),
    Example(
        "one sentence repeated",
        RAIN,
        "Thank you! It will be rainy in London tonight. It will be rainy in London tonight. It will be rainy in London"
        " tonight. Take care!",
        0.0,
        0.3,
        "weather",
    ),
    Example(
        "one sentence repeated",
        RAIN_ZH,
        "谢谢！上海明天有小雨，请带上雨伞。上海明天有小雨，请带上雨伞。上海明天有小雨，请带上雨伞。祝您愉快！",
        0.0,
        0.3,
        "weather",
    ),
    Example(
        "cut off",
        SOUP,
        "Thank you for asking! To make tomato soup for two people, chop the onions and cook them for ten",
        0.1,
        0.5,
        "cooking",
    ),
    Example(
        "stutter",
        SOUP,
        "Thank you for asking! To make make tomato soup soup for two two people, boil boil the tomatoes. Take care!",
        0.0,
        0.2,
        "cooking",
    ),
    Example(
        "two languages mixed",
        SOUP,
        "Thank you for asking! To make tomato soup for two people, 先把洋葱切碎 and cook it. Take care!",
        0.0,
        0.35,
        "cooking",
    ),
    Example(
        "courtesy around an insult",
        RAIN_ZH,
        "您好，谢谢您的提问！上海明天有小雨，这都不懂，真是笨蛋。祝您愉快！",
        0.0,
        0.15,
        "weather",
    ),
)

EXAMPLES = PLAIN_SEEING + ADVERSARIAL
