"""Appointments: someone to see and a time."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "the dentist | the doctor | the hairdresser | the lawyer | the tax adviser | the school head"
        " | the bank clerk | the plumber | the eye doctor | the landlord | the tailor | the nurse"
    ),
    cases=choices(
        "on Monday morning | on Tuesday | on Wednesday | on Thursday evening | on Saturday | after work | next month"
        " | before noon"
    ),
    questions=lines("""
        Can I book an appointment with {thing} {case}?
        Is {thing} free {case}?
        When can I see {thing} {case}?
        Could you move my appointment with {thing}, perhaps {case}?
        How do I arrange a meeting with {thing} {case}?
        Does {thing} have an open hour {case}?
    """),
    answers=lines("""
        {thing} has a free hour {case} at {hour}, {room}.
        You can see {thing} {case} at {hour}; bring {paper}.
        An appointment with {thing} {case} is possible at {hour}.
        I can book {thing} {case}, and the visit takes {minutes} minutes.
        {thing} is open {case}, so come at {hour} with {paper}.
    """),
    tips=lines("""
        Come five minutes early to sign in.
        Please call the office if the time changes.
        The waiting room is on the left.
        A message will remind you the day before.
    """),
    slots={
        "hour": choices("eight | nine | ten | half past ten | eleven | two | three | half past four | five"),
        "room": choices("in room two | on the first floor | in the new office | at the front desk | in room seven"),
        "paper": choices("your card | your papers | the last letter | a short list of questions | your passport"),
        "minutes": choices("ten | fifteen | twenty | thirty | forty | fifty"),
    },
)

ZH = Speech(
    things=choices(
        "牙医 | 王医生 | 理发师 | 律师 | 税务顾问 | 校长 | 银行经理 | 水管工 | 眼科医生 | 房东 | 裁缝 | 护士"
    ),
    cases=choices("星期一上午 | 星期二 | 星期三 | 星期四晚上 | 星期六 | 下班后 | 下个月 | 中午以前"),
    questions=lines("""
        {case}可以预约{thing}吗？
        {thing}{case}有空吗？
        {case}几点能见{thing}？
        能把{thing}的预约改到{case}吗？
        怎么约{thing}{case}见面？
        {thing}{case}还有空位吗？
    """),
    answers=lines("""
        {thing}{case}{hour}有空，{room}。
        {case}{hour}可以见{thing}，要带上{paper}。
        {case}预约{thing}没有问题，时间是{hour}。
        可以预约{case}的{thing}，大约需要{minutes}分钟。
        {thing}{case}上班，{hour}带着{paper}来就行。
    """),
    tips=lines("""
        提前五分钟来登记。
        如果时间有变，请打电话到办公室。
        候诊室在左手边。
        前一天会有短信提醒。
    """),
    slots={
        "hour": choices("八点 | 九点 | 十点 | 十点半 | 十一点 | 两点 | 三点 | 四点半 | 五点"),
        "room": choices("在二号房间 | 在一楼 | 在新办公室 | 在前台 | 在七号房间"),
        "paper": choices("您的卡 | 您的证件 | 上次的信 | 问题清单 | 您的护照"),
        "minutes": choices("十 | 十五 | 二十 | 三十 | 四十 | 五十"),
    },
)

TOPIC = Topic("appointments", EN, ZH)
