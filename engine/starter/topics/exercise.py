"""Exercise: a sport, with its gear and its first move, and a situation, with how often and with what care."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        sport | gear | first
        yoga | a soft mat | three slow stretches
        running | light running shoes | a slow lap
        swimming | goggles and a cap | two easy lengths
        cycling | a helmet | a flat road
        tennis | a racket and flat shoes | soft strokes at the wall
        rowing | gloves and a life vest | a short pull on calm water
        boxing | wraps and padded gloves | shadow boxing
        hiking | boots and a stick | a short hill
        climbing | a rope and tight shoes | a low wall
        skating | knee pads | a lap along the rail
        football | boots with studs | passing in pairs
        golf | a club and a glove | short putts
    """),
    case_facts=table("""
        situation | times | care
        at my age | twice a week | keep your pulse low
        at home | every second day | open a window
        with a sore back | once a week | keep your back straight
        in the morning | three times a week | eat a little first
        after a cold | only once at first | stop when you feel weak
        in hot weather | every third day | drink enough
        with my kids | every weekend | make it a game
        during lunch | on two workdays | leave time for a shower
    """),
    joint_facts={},
    questions=patterns("""
        start: How do I start {thing} {case}?
        start: What is a good first step in {thing} {case}?
        gear: What do I need for {thing} {case}?
        gear: Which gear suits {thing} {case}?
        often: How often should I train {thing} {case}?
        often: How many times a week is {thing} good {case}?
        start: What do I do first in {thing} {case}?
        gear: What should I wear or bring for {thing} {case}?
        often: Is {thing} good for me {case}, and how often?
    """),
    answers=patterns("""
        start: Start {thing} {case} with {first}, and {care}.
        start: In {thing} {case}, begin with {first}.
        start: Try {first} first; {case}, {thing} is fine if you {care}.
        start: {case}, {first} is a good start in {thing}.
        gear: For {thing} {case} you need {gear}.
        gear: Take {gear} for {thing} {case}, and {care}.
        gear: {gear} will do for {thing} {case}; begin with {first}.
        gear: All you need for {thing} {case} is {gear}.
        often: Train {thing} {case} {times}, and {care}.
        often: {thing} {case} is healthy {times}.
        often: Do {thing} {times} {case}, always with {gear}.
        often: {times} is right for {thing} {case}; {care}.
    """),
    tips=lines("""
        Stop at once if something hurts.
        Please ask a doctor if you feel dizzy.
        Breathe slowly and evenly.
        A friend makes training easier.
        Write down what you have done.
    """),
)

ZH = Speech(
    thing_facts=table("""
        运动 | gear | first
        瑜伽 | 软垫子 | 慢慢拉伸三次
        跑步 | 轻便的跑鞋 | 慢跑一圈
        游泳 | 泳镜和泳帽 | 轻松游两趟
        骑行 | 头盔 | 平坦的路
        网球 | 球拍和平底鞋 | 对墙轻打
        划船 | 手套和救生衣 | 静水里慢划
        拳击 | 绑带和拳套 | 空击练习
        爬山 | 登山鞋和手杖 | 一座小山坡
        攀岩 | 绳子和紧身鞋 | 一面矮墙
        滑冰 | 护膝 | 扶栏滑一圈
        足球 | 钉鞋 | 两人传球
        太极拳 | 宽松的衣服 | 站稳呼吸
    """),
    case_facts=table("""
        情况 | times | care
        我这个年纪 | 每周两次 | 心跳别太快
        在家里 | 隔一天一次 | 打开窗户
        腰疼的时候 | 每周一次 | 背要挺直
        清晨 | 每周三次 | 先吃一点东西
        感冒以后 | 先只练一次 | 没力气就停
        天热的时候 | 三天一次 | 多喝水
        带着孩子 | 每个周末 | 当成游戏来玩
        午休时 | 两个工作日 | 留时间洗澡
    """),
    joint_facts={},
    questions=patterns("""
        start: {case}怎么开始练{thing}？
        start: {case}练{thing}第一步做什么？
        gear: {case}练{thing}要准备什么？
        gear: {case}练{thing}用什么装备好？
        often: {case}多久练一次{thing}好？
        often: {case}每周练几次{thing}？
        start: {case}练{thing}先练什么？
        gear: {case}练{thing}穿什么、带什么？
        often: {case}适合练{thing}吗，多久一次？
    """),
    answers=patterns("""
        start: {case}练{thing}，从{first}开始，{care}。
        start: {case}练{thing}，第一步是{first}。
        start: 先试试{first}，{case}练{thing}，{care}。
        start: {first}是{case}练{thing}的好开头。
        gear: {case}练{thing}要准备{gear}。
        gear: {case}练{thing}带上{gear}，还要{care}。
        gear: {case}练{thing}，{gear}就够了，先从{first}开始。
        gear: {gear}，{case}练{thing}有这些就够。
        often: {case}练{thing}，{times}，{care}。
        often: {case}{times}练{thing}很健康。
        often: {case}可以{times}练{thing}，每次带{gear}。
        often: {thing}{case}{times}最合适，{care}。
    """),
    tips=lines("""
        哪里疼就马上停下来。
        如果头晕，请问问医生。
        呼吸要慢要匀。
        和朋友一起练更容易坚持。
        把练过的内容记下来。
    """),
)

TOPIC = Topic("exercise", EN, ZH)
