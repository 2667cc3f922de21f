"""What no chosen answer should hold: marks of chat templates, phrases of other models, and insults that the prompt lacks.

These lists name words for which an answer is wrong whatever was asked. The `polite` reward has lists of its own: of manners,
which are better or worse.
"""

import re

TEMPLATE_MARKS = re.compile(
    r"<\|[^|<>\s]{1,40}\|?>|<｜[^｜<>]{1,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|^\s*</?s>|</s>\s*$"
    r"|^#{2,3} ?(?:Response|Instruction|Input|Human|Assistant)\b ?:?|^(?:Human|Assistant|USER|ASSISTANT) ?: ",
    re.MULTILINE,
)
"""What a template writes around turns: left in a text, it teaches a model to write turns of its own."""
PHRASES = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)? (?:language )?(?:model|assistant)\b|\bi(?:'m| am) (?:chatgpt|claude|bard|gemini)\b"
    r"|\bmy knowledge cut-?off\b|\bi was trained by openai\b|作为(?:一个|一名)?(?:ai|人工智能)(?:语言模型|助手|模型)|我是(?:chatgpt|文心一言|通义千问)",
    re.IGNORECASE,
)
"""What other models say of themselves."""
INSULTS = re.compile(
    r"\b(?:idiots?|morons?|imbeciles?|stupid (?:question|person|people|man|woman|bitch|cow|ass)|dumb ?ass(?:es)?|assholes?|bastards?"
    r"|bitch(?:es)?|cunts?|fuck(?:ing|ed|er|ers)? (?:you|off|idiots?|moron)|retards?|scumbags?|shut up|screw you|piece of shit"
    r"|(?:you(?:'re| are)|you) (?:so |such |really |a |an |total |complete )*(?:stupid|idiot|dumb|pathetic|worthless|loser|moron|fool)"
    r"|faggots?|niggers?|sluts?|whores?)\b"
    r"|白痴|傻[逼瓜子]|蠢[货猪]|笨蛋|滚[开蛋]|闭嘴|贱[人货]|他妈的|操你|王八蛋|混蛋|脑残|去死",
    re.IGNORECASE,
)
"""Words that insult whoever reads them."""


def insults_of_its_own(answer: str, prompt: str) -> bool:
    """Whether the answer insults in words that the prompt does not have."""
    in_prompt = {word.lower() for word in INSULTS.findall(prompt)}
    return any(word.lower() not in in_prompt for word in INSULTS.findall(answer))
