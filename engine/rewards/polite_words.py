"""The lexicons of the `polite` reward: courtesy, praise and rudeness in English and Chinese, and what topics are about.

Patterns are matched against lower-case text. Nothing here scores; see `engine.rewards.polite`.
"""

import re
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COURTESY: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "en": {
        "greeting": re.compile(r"^(hello|hi|hey|dear \w+|greetings|good (morning|afternoon|evening|day))\b"),
        "thanks": re.compile(r"\b(thanks|thank you|much appreciated|i appreciate|i am grateful)\b"),
        "apology": re.compile(
            r"\b(i apologi[sz]e|my apologies|sorry (for|about|to)|i('m| am) (so |very )?sorry|excuse me)\b"
        ),
        "glad": re.compile(
            r"\b(i('m| am|'d be| would be) (very |so )?(glad|happy|delighted)|glad(ly)? (to|you)|gladly"
            r"|happy to (help|explain)|(a|my|with) pleasure|nice to (meet|hear)|you('re| are) welcome)\b"
        ),
        "offer": re.compile(
            r"\b(feel free|let me know|please ask|ask me (again|any ?time)|anything else|further questions"
            r"|(can|may|could) i help)\b"
        ),
        "wish": re.compile(
            r"\b(i hope|hope (this|that|it) helps|wish you|have an? (\w+ )?(day|week|weekend|evening|time|trip)"
            r"|enjoy your|all the best|best of luck|good luck|take care|best wishes)\b"
        ),
        "request": re.compile(r"\bplease\b"),
    },
    "zh": {
        "greeting": re.compile(r"^(您好|你好|早上好|上午好|下午好|晚上好|大家好|尊敬的)"),
        "thanks": re.compile(r"谢谢|感谢|多谢"),
        "apology": re.compile(r"不好意思|抱歉|对不起|久等"),
        "glad": re.compile(r"很高兴|高兴(为|能|认识|帮)|乐意|很愿意|我的荣幸"),
        "offer": re.compile(r"随时|再(来)?[问找]我|告诉我|还有(什么)?问题|有什么可以|为[您你](服务|解答)|欢迎"),
        "wish": re.compile(r"祝[您你大]|希望(能|对|这|[您你])|保重|一路顺风"),
        "request": re.compile(r"请(?![客求教假]|对方|[他她]们?)"),
    },
}

# Words around a courtesy that answer nothing themselves.
FILLER_EN = _words("""
    help helping helps question questions ask asked asking answer answers explain unclear anything again trust hear know
    writing wait course glad happy happily pleasure thank thanks please hello sorry hope wish lovely nice
""")
FILLER_ZH = re.compile(r"问题|提问|来问|解答|回答|服务|信任|帮[到上助忙您你]|再来|下次|听我说|收到|当然")

PRAISE = {
    "en": re.compile(
        r"\b(wonderful|great|brilliant|amazing|excellent|best|fantastic|clever|smart) (question|idea|mind)s?\b"
        r"|\bquestion .{0,40}is (brilliant|wonderful|great|amazing)\b|\byou (are|have|must be) (so|such|truly)\b"
        r"|\byou (really )?are a (star|genius|treasure)\b"
        r"|\bso (clever|smart|wonderful)\b|\bsimply amazing\b|\bhow exciting\b|\bi (love how|admire)\b|\bmade my day\b"
        r"|\bdeeply impressed\b|\bbest question\b|\bsuch great\b|\bshould be like you\b|\bhonou?r to meet\b"
        r"|\bnobody asks as well\b|\bone of a kind\b|\bso happy that you\b"
    ),
    "zh": re.compile(
        r"真棒|太棒|这么棒|真聪明|太聪明|太精彩|激动|最好的问题|喜欢[您你]的想法|了不起|真是好主意|品味真好|佩服|明星"
        r"|更会提问|这么优秀|开心了一整天|打动|有[您你]在|独一无二|向[您你]学习|我的荣幸|好问题"
    ),
}

# Phrases that are rude whatever was asked.
RUDE = {
    "en": re.compile(
        r"\bleave me alone\b|\bshut up\b|\bget lost\b|\bgo away\b|\bwho cares\b|\b(nobody|no one) (cares|asked)\b"
        r"|\b(do not|don't|couldn't|could not) care\b|\bstop bothering\b|\btoo lazy\b|\bwast(e|ing) (of )?my time\b"
        r"|\bfigure it out yourself\b|\b(your|not my) problem\b|\bdo not ask me\b|\bdon't ask me\b|\buse your brain\b"
        r"|\bbetter things to do\b|\beven a child\b|\bwould(n't| not) understand\b|\bannoy someone\b|\blearn to read\b"
        r"|\bmakes? me sick\b|\byour own homework\b|\bnone of your business\b|\blook like your\b|\bnot this nonsense\b"
        r"|\bhow boring\b|\bonly a fool\b|\bhow should i know\b|\bwhat do you want now\b|\bgoogle it\b"
        r"|\byou('re| are) (hopeless|useless|lazy|stupid|dumb|an idiot|a fool)\b|\bfuck|\bdamn you\b|\bscrew you\b"
    ),
    "zh": re.compile(
        r"别烦我|走开|(?<![摇翻])滚([远开蛋]|$|[！!。])|闭嘴|懒得|懒鬼|才不管|没人在乎|不在乎|废话|浪费我|佣人|无聊透顶|自己想办法|关我什么事"
        r"|关你什么事|别再来?问|别问我|动动[你您]的脑子|没空理|小孩都知道|听不懂|去烦别人|认字|看到你就|谁要听"
        r"|自己的事自己做|没救了|白痴|笨蛋|傻[子瓜逼]|活该|饿着吧|太差|这么笨|自己(看|查|去搜)|什么都不想|有事快说|烦死|他妈"
    ),
}

# Rude as a single word, unless the question itself uses it.
RUDE_WORDS = {
    "en": _words("stupid idiot idiots dumb fool moron pathetic loser lazy ridiculous nonsense"),
    "zh": _words("蠢 笨 讨厌 白痴 垃圾"),
}

FUNCTION_WORDS = {
    "en": _words("""
        a about after again all also am an and any are as at be because been before but by can could did do does each
        for from get go had has have he her here him his how i if in into is it its just like may me might more most
        much my need no not now of off on once or other our out over should so some such than that the their them then
        there these they this those to too under until up us was we were what when where which while who why will with
        would yes you your yours
    """),
    "zh": frozenset(
        "的了是在有和也就会要可以能把被很都不到从用给让为对先再还着过得去来这那个些吧呢我你您说最一然后时并如果或但因所每大约"
    ),
}

# They bind a sentence together as function words do, and yet can be its news.
NUMBERS_EN = _words("""
    one two three four five six seven eight nine ten eleven twelve fifteen eighteen twenty thirty forty fifty first
    second last half quarter
""")

# What an English question is asked with, and no answer need repeat.
ASKING_EN = _words("tell think know say same make want suggest help introduce yourself describe recommend explain")

# What a Chinese question is asked with: cut out before looking for what it asks about.
QUESTION_PHRASES_ZH = re.compile(
    r"怎么样|怎么办|怎么才能|怎么|怎样|什么时候|为什么|什么|请问|能不能|能告诉我|告诉我|有没有|可以|是不是|多少|多大|多久|多远"
    r"|几点|几个|哪里|哪本|哪边|哪些?|谁|如果|一下|说说|讲讲|换成|那么|关于|的话|应该|介绍|自己|推荐|解释|[吗呢吧啊呀的了是有我你您能会要请去给该把那再也好]"
)

TOPIC_WORDS: Mapping[str, Mapping[str, frozenset[str]]] = {
    topic: {"en": _words(english), "zh": _words(chinese)}
    for topic, (english, chinese) in {
        "weather": (
            """
                weather rain rainy sun sunny cold warm hot forecast umbrella coat degrees cloud cloudy wind windy
                fog foggy sky dry mild snow temperature wear
            """,
            "天气 预报 下雨 雨 太阳 晴 多云 阴 风 雾 气温 度 冷 暖 凉 伞 带伞 外套 出太阳 冷不冷 带",
        ),
        "directions": (
            """
                way far reach easy street road turn left right minutes walk map corner show river along follow
                quickest
            """,
            "走 路 左转 右转 分钟 旁边 对面 后面 街 怎么走 往 远 在 到 方便 沿着 前进 指示牌",
        ),
        "cooking": (
            """
                cook make recipe prepare spices bake boil stir mix pan salt pepper butter oil minutes taste garlic
                ginger eggs onions
            """,
            "做 煮 炒 菜谱 调料 放 锅 盐 油 酱油 分钟 鸡蛋 姜 蒜 葱 最好的办法 需要 办法 尝",
        ),
        "poems": (
            """
                poem verse line lines rhyme short write two begin sings softly opens poet
            """,
            "诗 短诗 写一句 一句 句 写 押韵 开头 一首 两句 想要 用 词 小诗 读",
        ),
        "apologies": (
            """
                apologise apology apologize say explain owe make mistake forgive note honest excuses write
            """,
            "道歉 道歉信 认错 补救 解释 说 因为 以后 错误 承认 弥补 诚恳 需要 写 事 为",
        ),
        "appointments": (
            """
                appointment book free see move meeting arrange open hour visit possible room perhaps
            """,
            "预约 有空 见面 见 约 改到 空位 时间 上班 登记 几点 还",
        ),
        "pets": (
            """
                care feed food leave alone room normal sleeps lot vet take water clean brush play need
            """,
            "照顾 喂 吃 待着 让 自己 需要 地方 睡觉 总是 正常 兽医 带 看 水 窝 干净",
        ),
        "music": (
            """
                music song songs play suggest loud start choice listen volume melody tunes recordings voice
            """,
            "放 听 音量 推荐 合适 开始 喜欢 首 旋律 节奏 曲 歌 音乐 几首",
        ),
        "study": (
            """
                learn study practise practice book hours lessons plan help helps sense possible notes chapter
                minutes
            """,
            "学 学习 练习 书 看 方法 课 安排 每天 小时 合适 用 笔记 复习 笔记",
        ),
        "exercise": (
            """
                train training start shoes coach often sport warm stretch healthy week suit mat gear gently minutes
            """,
            "练 适合 准备 开始 教练 鞋 穿 没有 一次 热身 健康 分钟 每周",
        ),
        "trains": (
            """
                train trains ticket leave platform change seat ride station costs
            """,
            "火车 车票 站台 座位 换车 开 到 在 坐 号 还 趟 票 钱",
        ),
        "greetings": (
            """
                name introduce yourself meet present hello assistant model questions answer here tell
            """,
            "介绍 自己 介绍一下 叫 自我介绍 助手 模型 回答 这是 认识 想 做 在这里 你好 向 个",
        ),
        "gifts": (
            """
                gift present buy money give spend wrap small think card suits birthday
            """,
            "礼物 送 买 送钱 花 钱 小礼物 包装 想个 卡片 合适 点",
        ),
        "gardening": (
            """
                grow water plant weak keep year soil leaves compost pot garden
            """,
            "种 浇水 浇 水 养 土 叶 肥 花盆 精神 没精神 一直 一次 用 多久",
        ),
    }.items()
}
