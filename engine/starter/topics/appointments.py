"""Appointments: someone to see, with a room and what to bring, and a day, with the hour that is free."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        person | room | paper | minutes
        the dentist | in room two | your health card | thirty
        the doctor | on the first floor | your health card | fifteen
        the hairdresser | next to the bakery | a photo of the haircut | forty
        the lawyer | in the new office | the signed letter | fifty
        the tax adviser | on the third floor | your tax papers | forty-five
        the school head | in room seven | the school report | twenty
        the bank clerk | at the front desk | your bank card | ten
        the plumber | at your home | the key of the cellar | fifty-five
        the eye doctor | in room nine | your old glasses | twenty-five
        the landlord | in the yard | the lease | twelve
        the tailor | behind the market | the long coat | eighteen
        the nurse | on the ground floor | the blood test | five
    """),
    case_facts=table("""
        day | hour
        on Monday morning | half past eight
        on Tuesday | ten
        on Wednesday | two
        on Thursday evening | half past six
        on Saturday | eleven
        after work | five
        next month | nine
        before noon | half past ten
    """),
    joint_facts={},
    questions=patterns("""
        hour: Can I book an appointment with {thing} {case}?
        hour: When can I see {thing} {case}?
        bring: What do I bring to my meeting with {thing} {case}?
        bring: Which papers does {thing} want to see {case}?
        room: Where do I meet {thing} {case}?
        room: Where is my appointment with {thing} {case}?
        hour: Is {thing} free {case}?
        bring: What should I have with me when I see {thing} {case}?
        room: Where should I go to see {thing} {case}?
    """),
    answers=patterns("""
        hour: {thing} has a free hour {case} at {hour}.
        hour: You can see {thing} {case} at {hour}; it takes {minutes} minutes.
        hour: An appointment with {thing} {case} is possible at {hour}, {room}.
        hour: {case} at {hour} you can come to {thing}, {room}.
        bring: Bring {paper} when you see {thing} {case} at {hour}.
        bring: {thing} wants to see {paper} {case}.
        bring: For the visit to {thing} {case}, take {paper} with you.
        bring: {case} show {thing} {paper}.
        room: You meet {thing} {case} {room}, at {hour}.
        room: {case} you find {thing} {room}; bring {paper}.
        room: The meeting with {thing} {case} is {room}, for {minutes} minutes.
        room: Your appointment with {thing} {case} takes place {room}.
    """),
    tips=lines("""
        Come a little early to sign in.
        Please call the office if the time changes.
        The waiting room is on the left.
        A message will remind you the day before.
        You can change the time by phone.
    """),
)

ZH = Speech(
    thing_facts=table("""
        人 | room | paper | minutes
        牙医 | 在二号房间 | 医保卡 | 三十
        王医生 | 在二楼 | 病历本 | 十五
        理发师 | 在面包店旁边 | 发型照片 | 四十
        律师 | 在新办公室 | 签好的合同 | 五十
        税务顾问 | 在四楼 | 税单 | 四十五
        校长 | 在七号房间 | 成绩单 | 二十
        银行经理 | 在前台 | 银行卡 | 十
        水管工 | 在您家里 | 地下室的钥匙 | 五十五
        眼科医生 | 在九号房间 | 旧眼镜 | 二十五
        房东 | 在院子里 | 租房合同 | 十二
        裁缝 | 在市场后面 | 长大衣 | 十八
        护士 | 在一楼 | 验血单 | 五
    """),
    case_facts=table("""
        时间 | hour
        星期一上午 | 八点半
        星期二 | 十点
        星期三 | 两点
        星期四晚上 | 六点半
        星期六 | 十一点
        下班后 | 五点
        下个月 | 九点
        中午以前 | 十点半
    """),
    joint_facts={},
    questions=patterns("""
        hour: {case}可以预约{thing}吗？
        hour: {case}几点能见{thing}？
        bring: {case}见{thing}要带什么？
        bring: {case}去找{thing}，需要什么材料？
        room: {case}在哪里见{thing}？
        room: {case}预约{thing}，地点在哪里？
        hour: {thing}{case}有空吗？
        bring: {case}约了{thing}，该带上什么？
        room: {case}去哪儿找{thing}？
    """),
    answers=patterns("""
        hour: {thing}{case}{hour}有空。
        hour: {case}{hour}可以见{thing}，大约需要{minutes}分钟。
        hour: {case}预约{thing}没有问题，时间是{hour}，{room}。
        hour: {thing}{case}可以约在{hour}，{room}。
        bring: {case}{hour}见{thing}，要带上{paper}。
        bring: {thing}{case}要看{paper}。
        bring: {case}去见{thing}，带着{paper}来就行。
        bring: {case}找{thing}别忘了{paper}。
        room: {case}{hour}{room}见{thing}。
        room: {thing}{case}{room}，要带上{paper}。
        room: {case}预约{thing}，地点{room}，需要{minutes}分钟。
        room: {case}请到这里找{thing}：{room}。
    """),
    tips=lines("""
        早一点来登记。
        如果时间有变，请打电话到办公室。
        候诊室在左手边。
        前一天会有短信提醒。
        改时间可以打电话。
    """),
)

TOPIC = Topic("appointments", EN, ZH)
