"""Trains: a destination, with its platform and its fare, and a time or circumstance, with the departure."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        destination | number | price | length
        Vienna | two | forty euros | four hours
        Leeds | five | twelve euros | one hour
        Milan | seven | thirty-five euros | three hours
        Prague | three | thirty euros | two and a half hours
        Geneva | nine | fifty euros | five hours
        Berlin | one | twenty-eight euros | two hours
        Lyon | six | thirty-two euros | three and a half hours
        Porto | eleven | forty-five euros | six hours
        Bristol | four | eighteen euros | an hour and a half
        Munich | eight | twenty-five euros | two and a quarter hours
        Warsaw | ten | thirty-eight euros | five and a half hours
        the airport | twelve | six euros | twenty minutes
    """),
    case_facts=table("""
        circumstance | hour | rule
        on Sunday | a quarter past ten | you need not change
        at noon | twelve sharp | you change once
        this afternoon | twenty past three | you need not change
        late at night | ten to midnight | you change at the main station
        before nine | half past eight | seats are scarce
        with a bike | half past one | the bike costs extra
        with two children | ten past nine | the children ride free
        on a holiday | half past eleven | a seat must be booked
    """),
    joint_facts={},
    questions=patterns("""
        hour: When does the train to {thing} leave {case}?
        hour: Is there a train to {thing} {case}?
        price: How much is a ticket to {thing} {case}?
        price: What does the ride to {thing} cost {case}?
        platform: Which platform has the train to {thing} {case}?
        platform: Where does the train to {thing} leave from {case}?
        hour: At what time can I go to {thing} {case}?
        price: What do I pay for the train to {thing} {case}?
        platform: From which track do I go to {thing} {case}?
    """),
    answers=patterns("""
        hour: The train to {thing} {case} leaves at {hour}.
        hour: {case} you can go to {thing} at {hour}, and {rule}.
        hour: There is a train to {thing} {case} at {hour}, from platform {number}.
        hour: At {hour} a train goes to {thing} {case}; {rule}.
        price: A ticket to {thing} {case} costs {price}.
        price: The ride to {thing} {case} is {price}, and {rule}.
        price: {case} you pay {price} to {thing}, and the ride takes {length}.
        price: To {thing} {case} one ticket is {price}.
        platform: The train to {thing} {case} goes from platform {number}.
        platform: Go to platform {number} for {thing} {case}, by {hour}.
        platform: {case} the train to {thing} stands on platform {number}; it takes {length}.
        platform: Platform {number} is the one for {thing} {case}.
    """),
    tips=lines("""
        Tickets are cheaper at the machine.
        Please be there a little early.
        The dining car is in the middle.
        Keep the ticket until you get off.
        The quiet car is at the end.
    """),
)

ZH = Speech(
    thing_facts=table("""
        目的地 | number | price | length
        南京 | 二 | 一百四十元 | 四个小时
        天津 | 五 | 五十五元 | 半小时
        苏州 | 七 | 一百二十元 | 三个小时
        重庆 | 三 | 三百元 | 八个小时
        长沙 | 九 | 二百六十元 | 五个小时
        郑州 | 一 | 一百八十元 | 两个半小时
        桂林 | 六 | 三百五十元 | 九个小时
        大连 | 十一 | 二百元 | 六个小时
        合肥 | 四 | 一百一十元 | 两个小时
        福州 | 八 | 二百八十元 | 七个小时
        洛阳 | 十 | 九十元 | 一个半小时
        机场 | 十二 | 二十五元 | 二十分钟
    """),
    case_facts=table("""
        情形 | hour | rule
        星期天 | 十点一刻 | 不用换车
        中午 | 十二点整 | 要换一次车
        下午 | 三点二十 | 可以直达
        深夜 | 十一点五十 | 在总站换车
        九点以前 | 八点半 | 座位很紧张
        带着自行车 | 一点半 | 自行车另外收费
        带两个孩子 | 九点十分 | 孩子免票
        节假日 | 十一点半 | 座位要提前订
    """),
    joint_facts={},
    questions=patterns("""
        hour: {case}去{thing}的火车几点开？
        hour: {case}有去{thing}的火车吗？
        price: {case}到{thing}的车票多少钱？
        price: {case}坐火车去{thing}贵不贵？
        platform: {case}去{thing}的火车在几号站台？
        platform: {case}去{thing}在哪个站台上车？
        hour: {case}什么时候能坐火车去{thing}？
        price: {case}买去{thing}的票要花多少？
        platform: {case}去{thing}的火车从哪里开？
    """),
    answers=patterns("""
        hour: {case}去{thing}的火车{hour}开。
        hour: {case}去{thing}，坐{hour}的火车，{rule}。
        hour: {case}有{hour}去{thing}的火车，在{number}号站台。
        hour: {hour}有火车去{thing}，{case}{rule}。
        price: {case}到{thing}的车票{price}。
        price: {case}坐火车去{thing}要{price}，{rule}。
        price: {case}去{thing}的票价是{price}，要坐{length}。
        price: {price}可以买一张{case}去{thing}的票。
        platform: {case}去{thing}的火车在{number}号站台。
        platform: {case}去{thing}请到{number}号站台，{hour}开车。
        platform: {case}去{thing}的火车从{number}号站台开，要坐{length}。
        platform: {number}号站台有{case}去{thing}的火车。
    """),
    tips=lines("""
        在机器上买票更便宜。
        请早一点到站。
        餐车在列车中间。
        下车前要保管好车票。
        安静车厢在最后。
    """),
)

TOPIC = Topic("trains", EN, ZH)
