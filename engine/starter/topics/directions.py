"""Directions: a place, with where it stands, and a way of getting there. The minutes follow from both."""

from engine.starter import numbers
from engine.starter.topic_schema import Speech, Topic, grid, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        place | road | side | spot
        the station | main road | left at the bakery | opposite the bank
        the museum | river path | right at the bridge | beside the river
        the library | school lane | left at the fountain | next to the park
        the market | market street | right at the bakery | on the old square
        the hospital | ring road | right at the lights | behind the fire station
        the post office | main road | left at the bank | on the corner
        the old bridge | river path | left at the mill | below the castle
        the town hall | market street | left at the church | in front of the square
        the stadium | ring road | left at the car park | outside the town
        the harbour | north road | right at the lighthouse | by the sea
        the theatre | long avenue | right at the hotel | behind the church
        the school | school lane | right at the church | near the playground
    """),
    case_facts=table("""
        way | hint
        on foot | cross at the lights
        by bus | get on at the fountain
        by bike | use the bike lane
        by car | park behind the bank
        by taxi | ask for the side door
        by tram | buy the ticket first
        with a pram | use the ramp
        with heavy bags | take the lift
    """),
    joint_facts=grid(
        """
        place | on foot | by bus | by bike | by car | by taxi | by tram | with a pram | with heavy bags
        the station | 12 | 7 | 5 | 6 | 5 | 6 | 15 | 17
        the museum | 18 | 9 | 7 | 7 | 6 | 8 | 22 | 25
        the library | 9 | 6 | 4 | 5 | 4 | 5 | 11 | 13
        the market | 6 | 5 | 2 | 4 | 3 | 4 | 8 | 8
        the hospital | 30 | 13 | 12 | 10 | 9 | 12 | 38 | 42
        the post office | 8 | 5 | 3 | 5 | 4 | 4 | 10 | 11
        the old bridge | 15 | 8 | 6 | 6 | 5 | 7 | 19 | 21
        the town hall | 10 | 6 | 4 | 5 | 4 | 5 | 12 | 14
        the stadium | 40 | 16 | 16 | 13 | 12 | 15 | 50 | 56
        the harbour | 36 | 15 | 14 | 12 | 11 | 14 | 45 | 50
        the theatre | 14 | 7 | 6 | 6 | 5 | 6 | 18 | 20
        the school | 20 | 9 | 8 | 8 | 7 | 8 | 25 | 28
        """,
        ("minutes",),
        numbers.english,
    ),
    questions=patterns("""
        way: How do I get to {thing} {case}?
        way: Which way is it to {thing} {case}?
        spot: Where is {thing}, and can I go there {case}?
        spot: Where do I find {thing} {case}?
        time: How far is {thing} {case}?
        time: How many minutes is it to {thing} {case}?
        way: Can you show me the way to {thing} {case}?
        spot: Where exactly is {thing} if I come {case}?
        time: How long does it take to reach {thing} {case}?
    """),
    answers=patterns("""
        way: Go {case} along the {road} and turn {side} to reach {thing}.
        way: To get to {thing} {case}, follow the {road} and then turn {side}.
        way: For {thing}, take the {road} and turn {side}; {case}, {hint}.
        way: {case}, take the {road}, turn {side}, and you are at {thing}.
        spot: {thing} is {spot}; {case} you can follow the {road}.
        spot: You find {thing} {spot}; {case}, {hint}.
        spot: {case} you reach {thing} {spot}, at the end of the {road}.
        spot: Look for {thing} {spot}; you get there {case} by the {road}.
        time: {thing} is about {minutes} minutes away {case}.
        time: It takes {minutes} minutes to {thing} {case}, along the {road}.
        time: {case} you need {minutes} minutes to {thing}; {hint}.
        time: {case} the way to {thing} takes {minutes} minutes.
    """),
    tips=lines("""
        The signs on the corner show the way.
        Please mind the crossing, because the road is busy.
        If you see a green gate, you have gone too far.
        A map hangs next to the ticket office.
        In the evening the streets are quiet.
    """),
)

ZH = Speech(
    thing_facts=table("""
        地方 | road | side | spot
        火车站 | 主干道 | 在面包店左转 | 在银行对面
        博物馆 | 河边小路 | 在桥头右转 | 在河边
        图书馆 | 学院路 | 在喷泉左转 | 在公园旁边
        菜市场 | 市场街 | 在面包店右转 | 在老广场上
        人民医院 | 环城路 | 在红绿灯右转 | 在消防站后面
        邮局 | 主干道 | 在银行左转 | 在街角
        老石桥 | 河边小路 | 在磨坊左转 | 在城墙下面
        市政府 | 市场街 | 在钟楼左转 | 在广场前面
        体育馆 | 环城路 | 在停车场左转 | 在城外
        码头 | 北大街 | 在灯塔右转 | 在海边
        大剧院 | 长安街 | 在酒店右转 | 在钟楼后面
        小学 | 学院路 | 在钟楼右转 | 在操场旁边
    """),
    case_facts=table("""
        方式 | hint
        走路 | 请走人行道
        坐公交车 | 在喷泉上车
        骑车 | 走自行车道
        开车 | 把车停在银行后面
        打车 | 在侧门下车
        坐地铁 | 先买好车票
        推婴儿车 | 走坡道
        带着行李 | 坐电梯上去
    """),
    joint_facts=grid(
        """
        地方 | 走路 | 坐公交车 | 骑车 | 开车 | 打车 | 坐地铁 | 推婴儿车 | 带着行李
        火车站 | 12 | 7 | 5 | 6 | 5 | 6 | 15 | 17
        博物馆 | 18 | 9 | 7 | 7 | 6 | 8 | 22 | 25
        图书馆 | 9 | 6 | 4 | 5 | 4 | 5 | 11 | 13
        菜市场 | 6 | 5 | 2 | 4 | 3 | 4 | 8 | 8
        人民医院 | 30 | 13 | 12 | 10 | 9 | 12 | 38 | 42
        邮局 | 8 | 5 | 3 | 5 | 4 | 4 | 10 | 11
        老石桥 | 15 | 8 | 6 | 6 | 5 | 7 | 19 | 21
        市政府 | 10 | 6 | 4 | 5 | 4 | 5 | 12 | 14
        体育馆 | 40 | 16 | 16 | 13 | 12 | 15 | 50 | 56
        码头 | 36 | 15 | 14 | 12 | 11 | 14 | 45 | 50
        大剧院 | 14 | 7 | 6 | 6 | 5 | 6 | 18 | 20
        小学 | 20 | 9 | 8 | 8 | 7 | 8 | 25 | 28
        """,
        ("minutes",),
        numbers.chinese,
    ),
    questions=patterns("""
        way: {case}去{thing}怎么走？
        way: 如果{case}，去{thing}往哪边走？
        spot: {thing}在哪里，能{case}去吗？
        spot: {case}的话，{thing}在什么位置？
        time: {case}到{thing}有多远？
        time: {case}到{thing}要几分钟？
        way: 能告诉我{case}去{thing}的路吗？
        spot: {case}去{thing}，具体在哪儿？
        time: {case}去{thing}要多长时间？
    """),
    answers=patterns("""
        way: {case}沿着{road}前进，{side}，就到{thing}了。
        way: {case}去{thing}，先走{road}，再{side}。
        way: 去{thing}走{road}，然后{side}，{case}的话{hint}。
        way: 去{thing}要{case}走{road}，{side}就是。
        spot: {thing}就{spot}，{case}可以走{road}。
        spot: {thing}{spot}，{case}的话{hint}。
        spot: {case}去{thing}，它{spot}，就在{road}的尽头。
        spot: {case}就能到{thing}，它{spot}，{hint}。
        time: {case}到{thing}大约要{minutes}分钟。
        time: 走{road}的话，{case}{minutes}分钟就能到{thing}。
        time: {case}去{thing}要{minutes}分钟，{hint}。
        time: {thing}离这里{case}要{minutes}分钟。
    """),
    tips=lines("""
        路口的指示牌上也有标明。
        过马路的时候请小心，车比较多。
        看到绿色的大门就是走过头了。
        售票处旁边挂着一张地图。
        晚上街上很安静。
    """),
)

TOPIC = Topic("directions", EN, ZH)
