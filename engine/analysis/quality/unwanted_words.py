"""What no chosen answer should hold: marks of chat templates, phrases of other models, insults that the prompt lacks.

These lists name words for which an answer is wrong whatever was asked. The `polite` reward has lists of its own: of
manners, which are better or worse.
"""

import re

TEMPLATE_MARKS = re.compile(
    r"<\|[^|<>\s]{1,40}\|?>|<｜[^｜<>]{1,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|^[ \t]*</?s>|</s>[ \t]*$"
    r"|^#{2,3} ?(?:Response|Instruction|Input|Human|Assistant)\b ?:?|^(?:Human|Assistant|USER|ASSISTANT) ?: ",
    re.MULTILINE,
)
"""What a template writes around turns: left in a text, it teaches a model to write turns of its own."""
SIGNS = ("<|", "<｜", "INST]", "<<", "_of_turn>", "s>", "##", "Human", "Assistant", "USER", "ASSISTANT")
PHRASES = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)? (?:language )?(?:model|assistant)\b"
    r"|\bi(?:'m| am) (?:chatgpt|claude|bard|gemini)\b|\bmy knowledge cut-?off\b|\bi was trained by openai\b"
    r"|作为(?:一个|一名)?(?:ai|人工智能)(?:语言模型|助手|模型)|我是(?:chatgpt|文心一言|通义千问)",
)
"""What other models say of themselves, in small letters."""
NAMES = (
    *(" ai ", "artificial intelligence", "chatgpt", "claude", "bard", "gemini", "cutoff", "cut-off", "openai"),
    *("作为", "我是"),
)
INSULTS = re.compile(
    r"\b(?:idiots?|morons?|imbeciles?|dumb ?ass(?:es)?|assholes?|bastards?|bitch(?:es)?|cunts?|retards?|scumbags?"
    r"|stupid (?:question|person|people|man|woman|bitch|cow|ass)|fuck(?:ing|ed|er|ers)? (?:you|off|idiots?|moron)"
    r"|(?:you(?:'re| are)|you) (?:so |such |really |a |an |total |complete )*"
    r"(?:stupid|idiot|dumb|pathetic|worthless|loser|moron|fool)"
    r"|shut up|screw you|piece of shit|faggots?|niggers?|sluts?|whores?)\b"
    r"|白痴|傻[逼瓜子]|蠢[货猪]|笨蛋|滚[开蛋]|闭嘴|贱[人货]|他妈的|操你|王八蛋|混蛋|脑残|去死",
    re.IGNORECASE,
)
"""Words that insult whoever reads them."""
STEMS = (
    *("idiot", "moron", "imbecile", "stupid", "dumb", "asshole", "bastard", "bitch", "cunt", "fuck", "retard"),
    *("scumbag", "shut up", "screw you", "piece of shit", "pathetic", "worthless", "loser", "fool", "faggot", "nigger"),
    *(
        "slut",
        "whore",
        "白痴",
        "傻",
        "蠢",
        "笨蛋",
        "滚",
        "闭嘴",
        "贱",
        "他妈的",
        "操你",
        "王八蛋",
        "混蛋",
        "脑残",
        "去死",
    ),
)
"""One of them is in every match of INSULTS (of SIGNS in marks, NAMES in phrases): a look for them first is quicker."""


def insults_of_its_own(answer: str, prompt: str) -> bool:
    """Whether the answer insults in words that the prompt does not have."""
    lowered = answer.lower()
    if not any(stem in lowered for stem in STEMS):
        return False
    in_prompt = {word.lower() for word in INSULTS.findall(prompt)}
    return any(word.lower() not in in_prompt for word in INSULTS.findall(answer))


def leaks_template(text: str) -> bool:
    """Whether the text holds a mark that a template writes around turns."""
    return any(sign in text for sign in SIGNS) and TEMPLATE_MARKS.search(text) is not None


def speaks_as_another_model(answer: str) -> bool:
    """Whether the answer says of itself what other models say."""
    lowered = answer.lower()
    return any(name in lowered for name in NAMES) and PHRASES.search(lowered) is not None
