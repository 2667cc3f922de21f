"""Exercise: a sport and a situation."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "yoga | running | swimming | cycling | tennis | rowing | boxing | hiking | climbing | skating | football | golf"
    ),
    cases=choices(
        "at my age | at home | with a sore back | in the morning | after a cold | in hot weather | with my kids"
        " | during lunch"
    ),
    questions=lines("""
        Is {thing} good for me {case}?
        How do I start {thing} {case}?
        What do I need for {thing} {case}?
        How often should I train {thing} {case}?
        Can I do {thing} {case} without a coach?
        Which shoes suit {thing} {case}?
    """),
    answers=lines("""
        Start {thing} {case} with {minutes} minutes and {care}.
        For {thing} {case} you need {gear}, and you should {care}.
        Train {thing} {times} {case}, then {rest}.
        {thing} is healthy {case} if you {care} and {rest}.
        Do {thing} {case} {times}, with {gear} and no hurry.
    """),
    tips=lines("""
        Stop at once if something hurts.
        Please ask a doctor if you feel dizzy.
        Breathe slowly and keep your back straight.
        A friend makes training easier.
    """),
    slots={
        "minutes": choices("five | eight | ten | twelve | fifteen | twenty | thirty"),
        "care": choices(
            "warm up first | go slowly | drink enough | stretch your legs | keep it gentle | watch your pulse"
        ),
        "gear": choices("good shoes | a soft mat | a light shirt | a bottle of water | a cap | loose clothes"),
        "times": choices("once a week | twice a week | every second day | three times a week"),
        "rest": choices("rest for a day | take a warm bath | sleep early | walk a little"),
    },
)

ZH = Speech(
    things=choices("瑜伽 | 跑步 | 游泳 | 骑行 | 网球 | 划船 | 拳击 | 爬山 | 攀岩 | 滑冰 | 足球 | 太极拳"),
    cases=choices("我这个年纪 | 在家里 | 腰疼的时候 | 清晨 | 感冒以后 | 天热的时候 | 带着孩子 | 午休时"),
    questions=lines("""
        {case}适合练{thing}吗？
        {case}怎么开始练{thing}？
        {case}练{thing}要准备什么？
        {case}多久练一次{thing}好？
        没有教练，{case}能练{thing}吗？
        {case}练{thing}穿什么鞋？
    """),
    answers=lines("""
        {case}练{thing}，先练{minutes}分钟，并且{care}。
        {case}练{thing}要准备{gear}，还要{care}。
        {case}{times}练{thing}，然后{rest}。
        只要{care}，再{rest}，{case}练{thing}很健康。
        {case}可以{times}练{thing}，带上{gear}，不要着急。
    """),
    tips=lines("""
        哪里疼就马上停下来。
        如果头晕，请问问医生。
        慢慢呼吸，背要挺直。
        和朋友一起练更容易坚持。
    """),
    slots={
        "minutes": choices("五 | 八 | 十 | 十二 | 十五 | 二十 | 三十"),
        "care": choices("先热身 | 慢慢来 | 多喝水 | 拉伸双腿 | 动作轻一点 | 注意心跳"),
        "gear": choices("合脚的鞋 | 软垫子 | 轻便的衣服 | 一瓶水 | 帽子 | 毛巾"),
        "times": choices("每周一次 | 每周两次 | 隔一天 | 每周三次"),
        "rest": choices("休息一天 | 洗个热水澡 | 早点睡 | 散散步"),
    },
)

TOPIC = Topic("exercise", EN, ZH)
