"""Trains: a destination and a time or circumstance."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "Vienna | Leeds | Milan | Prague | Geneva | Berlin | Lyon | Porto | Bristol | Munich | Warsaw | the airport"
    ),
    cases=choices(
        "on Sunday | at noon | this afternoon | late at night | before nine | with a bike | with two children"
        " | on a holiday"
    ),
    questions=lines("""
        Is there a train to {thing} {case}?
        When does the train to {thing} leave {case}?
        How much is a ticket to {thing} {case}?
        Which platform has the train to {thing} {case}?
        Do I have to change trains to {thing} {case}?
        Can I get a seat to {thing} {case}?
    """),
    answers=lines("""
        The train to {thing} {case} leaves from platform {number} at {hour}.
        A ticket to {thing} {case} costs {price}, and you {change}.
        To reach {thing} {case}, take the train at {hour} and you {change}.
        There are {number} trains to {thing} {case}, the first at {hour}.
        The ride to {thing} {case} takes {length}, and a seat costs {price}.
    """),
    tips=lines("""
        Tickets are cheaper at the machine.
        Please be there ten minutes early.
        The dining car is in the middle.
        Keep the ticket until you get off.
    """),
    slots={
        "number": choices("two | three | four | five | six | seven | eight | nine"),
        "hour": choices("half past six | seven | eight | ten past nine | eleven | a quarter to two | three | five"),
        "price": choices("eight euros | twelve euros | twenty euros | thirty euros | forty euros"),
        "change": choices("change once | need not change | change at the main station | stay in the first car"),
        "length": choices("one hour | two hours | three hours | half an hour | forty minutes"),
    },
)

ZH = Speech(
    things=choices("南京 | 天津 | 苏州 | 重庆 | 长沙 | 郑州 | 桂林 | 大连 | 合肥 | 福州 | 洛阳 | 机场"),
    cases=choices("星期天 | 中午 | 下午 | 深夜 | 九点以前 | 带着自行车 | 带两个孩子 | 节假日"),
    questions=lines("""
        {case}有去{thing}的火车吗？
        {case}去{thing}的火车几点开？
        {case}到{thing}的车票多少钱？
        {case}去{thing}的火车在几号站台？
        {case}坐火车去{thing}要换车吗？
        {case}去{thing}的火车还有座位吗？
    """),
    answers=lines("""
        {case}去{thing}的火车{hour}从{number}号站台开。
        {case}到{thing}的车票{price}，{change}。
        {case}去{thing}，坐{hour}的火车，{change}。
        {case}有{number}趟火车去{thing}，第一趟是{hour}。
        {case}到{thing}要坐{length}，座位票{price}。
    """),
    tips=lines("""
        在机器上买票更便宜。
        请提前十分钟到站。
        餐车在列车中间。
        下车前请保管好车票。
    """),
    slots={
        "number": choices("二 | 三 | 四 | 五 | 六 | 七 | 八 | 九"),
        "hour": choices("六点半 | 七点 | 八点 | 九点十分 | 十一点 | 一点三刻 | 三点 | 五点"),
        "price": choices("八十元 | 一百二十元 | 二百元 | 三百元 | 五十元"),
        "change": choices("要换一次车 | 不用换车 | 在总站换车 | 坐第一节车厢就行"),
        "length": choices("一个小时 | 两个小时 | 三个小时 | 半小时 | 四十分钟"),
    },
)

TOPIC = Topic("trains", EN, ZH)
