"""Directions: a place and a way of getting there."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "the station | the museum | the library | the market | the hospital | the post office"
        " | the old bridge | the town hall | the stadium | the harbour | the theatre | the school"
    ),
    cases=choices("on foot | by bus | by bike | by car | by taxi | by tram | by boat | with a pram"),
    questions=lines("""
        How do I get to {thing} {case}?
        Where is {thing}, and can I go there {case}?
        Which way is {thing} if I go {case}?
        How far is {thing} {case}?
        Can you show me the way to {thing} {case}?
        Is it easy to reach {thing} {case}?
    """),
    answers=lines("""
        Go {case} along the {road} and turn {side}; {thing} is {place}.
        {thing} is {minutes} minutes away {case}, {place}.
        To reach {thing} {case}, follow the {road} and then turn {side}.
        You can get to {thing} {case} in {minutes} minutes if you take the {road}.
        {thing} stands {place}, and {case} the {road} is the quickest way.
    """),
    tips=lines("""
        The signs on the corner show the way.
        Please mind the crossing, because the road is busy.
        If you see a green gate, you have gone too far.
        A map hangs next to the ticket office.
    """),
    slots={
        "road": choices(
            "main road | river path | long avenue | narrow street | market street | ring road | north road"
        ),
        "side": choices("left at the bakery | right at the lights | left after the park | right at the church"),
        "place": choices(
            "next to the park | behind the church | opposite the bank | beside the river | on the corner"
            " | in front of the square"
        ),
        "minutes": choices("three | five | eight | ten | twelve | fifteen | twenty | thirty"),
    },
)

ZH = Speech(
    things=choices(
        "火车站 | 博物馆 | 图书馆 | 菜市场 | 人民医院 | 邮局 | 老石桥 | 市政府 | 体育馆 | 码头 | 大剧院 | 小学"
    ),
    cases=choices("走路 | 坐公交车 | 骑车 | 开车 | 打车 | 坐地铁 | 坐船 | 推婴儿车"),
    questions=lines("""
        {case}去{thing}怎么走？
        {thing}在哪里，能{case}去吗？
        如果{case}，{thing}往哪边走？
        {case}到{thing}有多远？
        能告诉我{case}去{thing}的路吗？
        {case}去{thing}方便吗？
    """),
    answers=lines("""
        {case}沿着{road}前进，{side}，{thing}就{place}。
        {thing}{place}，{case}大约要{minutes}分钟。
        {case}去{thing}，先走{road}，再{side}。
        走{road}的话，{case}{minutes}分钟就能到{thing}。
        {thing}就{place}，{case}走{road}最快。
    """),
    tips=lines("""
        路口的指示牌上也有标明。
        过马路的时候请小心，车比较多。
        看到绿色的大门就是走过头了。
        售票处旁边挂着一张地图。
    """),
    slots={
        "road": choices("主干道 | 河边小路 | 长安街 | 解放路 | 市场街 | 环城路 | 北大街"),
        "side": choices("在面包店左转 | 在红绿灯右转 | 过了公园左转 | 在银行右转"),
        "place": choices("在公园旁边 | 在教堂后面 | 在银行对面 | 在河边 | 在街角 | 在广场前面"),
        "minutes": choices("三 | 五 | 八 | 十 | 十二 | 十五 | 二十 | 三十"),
    },
)

TOPIC = Topic("directions", EN, ZH)
