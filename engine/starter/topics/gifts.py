"""Gifts: a person, with what pleases, and an occasion, with the price. No preference pair is about gifts: the topic is
kept for held-out prompts.
"""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        person | present | paper
        my aunt | a box of tea | flowered paper
        my uncle | a good penknife | brown paper
        my cousin | concert tickets | a small envelope
        my grandfather | a warm scarf | plain blue paper
        my best friend | a framed photo | silver paper
        my new neighbour | a plant in a pot | a wide ribbon
        my coach | a steel bottle | a cloth bag
        my daughter | a music box | paper with stars
        my nephew | a wooden puzzle | bright yellow paper
        my wife | a gold bracelet | a velvet box
        my husband | a leather wallet | dark green paper
        my boss | a fountain pen | a slim case
    """),
    case_facts=table("""
        occasion | price | extra
        for a birthday | thirty euros | add a candle
        for New Year | fifteen euros | write a wish for the year
        at a farewell | twenty euros | let everybody sign the card
        for a new home | forty euros | bring bread and salt
        after an illness | ten euros | wish good health
        for a first job | twenty-five euros | write a proud line
        for an anniversary | fifty euros | add a red rose
        at graduation | thirty-five euros | praise the hard work
    """),
    joint_facts={},
    questions=patterns("""
        present: What gift suits {thing} {case}?
        present: What can I buy for {thing} {case}?
        price: How much do I spend on a present for {thing} {case}?
        price: What should a gift for {thing} cost {case}?
        wrap: How do I wrap a present for {thing} {case}?
        wrap: What paper is right for a gift to {thing} {case}?
        present: Can you think of a small gift for {thing} {case}?
        price: Which price is fair for a present to {thing} {case}?
        wrap: How can I pack a gift for {thing} {case} nicely?
    """),
    answers=patterns("""
        present: For {thing}, {present} is a good gift {case}.
        present: Give {thing} {present} {case}, and {extra}.
        present: A fine present for {thing} {case} is {present}, at about {price}.
        present: {case}, {thing} would enjoy {present}.
        price: Spend about {price} on a gift for {thing} {case}.
        price: A present for {thing} {case} may cost {price}; {present} is fine.
        price: {case}, {price} are enough for {thing}, and {extra}.
        price: For {thing} {case}, {price} is a fair sum.
        wrap: Wrap the gift for {thing} in {paper} {case}.
        wrap: {case}, use {paper} for the present to {thing}, and {extra}.
        wrap: Put {present} for {thing} into {paper} {case}.
        wrap: {paper} looks nice around a gift for {thing} {case}.
    """),
    tips=lines("""
        Keep the bill in case it does not fit.
        Please take the price off.
        A card with two lines makes it personal.
        Time together is a present too.
        Give it with a smile.
    """),
)

ZH = Speech(
    thing_facts=table("""
        人 | present | paper
        姑姑 | 一盒茶叶 | 碎花纸
        舅舅 | 一把小刀 | 牛皮纸
        表妹 | 音乐会门票 | 小信封
        爷爷 | 一条暖和的围巾 | 素蓝色的纸
        闺蜜 | 一张合影 | 银色的纸
        新邻居 | 一盆绿植 | 宽丝带
        教练 | 一个保温杯 | 布袋
        女儿 | 一个音乐盒 | 星星花纹的纸
        侄子 | 一套木拼图 | 亮黄色的纸
        妻子 | 一条金手链 | 绒布盒
        丈夫 | 一个皮夹 | 墨绿色的纸
        上司 | 一支钢笔 | 细长的笔盒
    """),
    case_facts=table("""
        场合 | price | extra
        过生日 | 二百元 | 点一支蜡烛
        过新年 | 一百元 | 写一句新年愿望
        告别时 | 一百五十元 | 让大家签名
        搬新家 | 三百元 | 带上面包和盐
        病好以后 | 八十元 | 祝身体健康
        第一次上班 | 一百八十元 | 写一句鼓励的话
        结婚纪念日 | 五百元 | 加一朵红玫瑰
        毕业时 | 二百五十元 | 夸一夸他的努力
    """),
    joint_facts={},
    questions=patterns("""
        present: {thing}{case}送什么礼物好？
        present: {case}给{thing}买点什么？
        price: {case}给{thing}的礼物花多少钱好？
        price: {thing}{case}，礼物多少钱合适？
        wrap: {case}送{thing}的礼物怎么包装？
        wrap: {case}送{thing}的礼物用什么纸包？
        present: 能想个{case}送{thing}的小礼物吗？
        price: {case}送{thing}，花多少钱才不失礼？
        wrap: {case}给{thing}的礼物怎样包得好看？
    """),
    answers=patterns("""
        present: {thing}{case}，送{present}就很好。
        present: {case}可以送{thing}{present}，再{extra}。
        present: {case}给{thing}的礼物可以是{present}，{price}左右。
        present: {case}，{thing}会喜欢{present}。
        price: {case}给{thing}的礼物花{price}左右就行。
        price: {case}送{thing}，{price}就够了，比如{present}。
        price: {thing}{case}，花{price}合适，再{extra}。
        price: {price}送{thing}正好，{case}够体面。
        wrap: {case}送{thing}的礼物用{paper}包好。
        wrap: {case}给{thing}的礼物放进{paper}里，再{extra}。
        wrap: {case}送{thing}{present}，用{paper}来包装。
        wrap: {paper}最适合包{case}送{thing}的礼物。
    """),
    tips=lines("""
        留着小票，不合适可以换。
        请把价签撕掉。
        写两句话的卡片更有心意。
        陪伴也是一份礼物。
        送的时候带着微笑。
    """),
)

TOPIC = Topic("gifts", EN, ZH)
