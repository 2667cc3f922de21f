"""Gifts: a person and an occasion. No preference pair is about gifts: the topic is kept for held-out prompts."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "my aunt | my uncle | my cousin | my grandfather | my best friend | my new neighbour"
        " | my coach | my daughter | my nephew | my wife | my husband | my boss"
    ),
    cases=choices(
        "for a birthday | for New Year | at a farewell | for a new home | after an illness | for a first job"
        " | for an anniversary | at graduation"
    ),
    questions=lines("""
        What gift suits {thing} {case}?
        What can I buy for {thing} {case}?
        Should I give {thing} money {case}?
        How much do I spend on a present for {thing} {case}?
        Can you think of a small gift for {thing} {case}?
        How do I wrap a present for {thing} {case}?
    """),
    answers=lines("""
        For {thing}, {present} is a good gift {case}.
        Give {thing} {present} {case}, and {extra}.
        A present for {thing} {case} may be {present}, at about {price}.
        {thing} will like {present} {case} if you {extra}.
        Buy {present} for {thing} {case} and spend about {price}.
    """),
    tips=lines("""
        Keep the bill in case it does not fit.
        Please wrap it in plain paper.
        A card with two lines makes it personal.
        Time together is a present too.
    """),
    slots={
        "present": choices(
            "a warm scarf | a good book | a box of tea | a framed photo | a plant in a pot | concert tickets"
            " | a handmade cake"
        ),
        "extra": choices("write a short card | wrap it nicely | add some flowers | bring it yourself | tell a story"),
        "price": choices("ten euros | fifteen euros | twenty euros | thirty euros | fifty euros"),
    },
)

ZH = Speech(
    things=choices("姑姑 | 舅舅 | 表妹 | 爷爷 | 闺蜜 | 新邻居 | 教练 | 女儿 | 侄子 | 妻子 | 丈夫 | 上司"),
    cases=choices("过生日 | 过新年 | 告别时 | 搬新家 | 病好以后 | 第一次上班 | 结婚纪念日 | 毕业时"),
    questions=lines("""
        {thing}{case}送什么礼物好？
        {case}给{thing}买点什么？
        {case}给{thing}送钱合适吗？
        {case}给{thing}的礼物花多少钱好？
        能想个{case}送{thing}的小礼物吗？
        {case}送{thing}的礼物怎么包装？
    """),
    answers=lines("""
        {thing}{case}，送{present}就很好。
        {case}可以送{thing}{present}，再{extra}。
        {case}给{thing}的礼物可以是{present}，{price}左右。
        如果{extra}，{case}{thing}会喜欢{present}。
        {case}给{thing}买{present}，花{price}左右就行。
    """),
    tips=lines("""
        留着小票，不合适可以换。
        请用素色的纸包好。
        写两句话的卡片更有心意。
        陪伴也是一份礼物。
    """),
    slots={
        "present": choices("一条暖和的围巾 | 一本好书 | 一盒茶叶 | 一张合影 | 一盆绿植 | 音乐会门票 | 自己做的蛋糕"),
        "extra": choices("写一张卡片 | 包得漂亮一点 | 加一束花 | 亲自送去 | 讲一个故事"),
        "price": choices("五十元 | 一百元 | 一百五十元 | 二百元 | 三百元"),
    },
)

TOPIC = Topic("gifts", EN, ZH)
