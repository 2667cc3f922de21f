"""Pets: an animal and a situation."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "my dog | my cat | my rabbit | my parrot | my goldfish | my hamster"
        " | my pony | my turtle | my puppy | my kitten | my canary | my mouse"
    ),
    cases=choices(
        "in summer | in winter | every day | at night | during a trip | in a small flat | after a long day"
        " | when it is ill"
    ),
    questions=lines("""
        How do I care for {thing} {case}?
        What should I feed {thing} {case}?
        Can I leave {thing} alone {case}?
        How much room does {thing} need {case}?
        Is it normal that {thing} sleeps a lot {case}?
        Should I take {thing} to the vet {case}?
    """),
    answers=lines("""
        Give {thing} {food} {case}, and {care}.
        {thing} needs {food} and {room} {case}.
        You can keep {thing} happy {case} if you {care}.
        {thing} is fine {case} with {food}, {room} and a calm voice.
        Check {thing} {times} {case} and {care}.
    """),
    tips=lines("""
        Fresh water matters most.
        Please ask the vet if it stops eating.
        Clean the bowl every morning.
        A soft blanket keeps it calm.
    """),
    slots={
        "food": choices("dry food | fresh greens | a little fish | clean water | some seeds | soft food"),
        "care": choices(
            "keep its bed clean | play for a while | brush it gently | let it rest in the shade | watch what it eats"
            " | speak to it quietly"
        ),
        "room": choices("a warm corner | a large box | some shade | room to move | a quiet place"),
        "times": choices("twice | three times | once | every few hours | in the morning"),
    },
)

ZH = Speech(
    things=choices("小狗 | 猫咪 | 兔子 | 鹦鹉 | 金鱼 | 仓鼠 | 小马 | 乌龟 | 金毛犬 | 橘猫 | 画眉 | 小白鼠"),
    cases=choices("夏天 | 冬天 | 每天 | 晚上 | 出门旅行时 | 住小房子 | 下班以后 | 生病的时候"),
    questions=lines("""
        {case}怎么照顾我的{thing}？
        {case}该喂{thing}吃什么？
        {case}可以让{thing}自己待着吗？
        {case}{thing}需要多大的地方？
        {case}{thing}总是睡觉正常吗？
        {case}要带{thing}去看兽医吗？
    """),
    answers=lines("""
        {case}给{thing}喂{food}，还要{care}。
        {case}{thing}需要{food}和{room}。
        {case}只要{care}，{thing}就会很开心。
        {case}有{food}和{room}，{thing}就没问题。
        {case}{times}看看{thing}，并且{care}。
    """),
    tips=lines("""
        干净的水最重要。
        如果它不吃东西，请问问兽医。
        每天早上把碗洗干净。
        软软的毯子会让它安心。
    """),
    slots={
        "food": choices("干粮 | 新鲜蔬菜 | 一点鱼肉 | 清水 | 一些种子 | 软软的食物"),
        "care": choices("保持窝里干净 | 陪它玩一会儿 | 轻轻梳毛 | 让它在阴凉处休息 | 留意它吃的东西 | 小声跟它说话"),
        "room": choices("温暖的角落 | 大一点的箱子 | 阴凉的地方 | 活动的空间 | 安静的窝"),
        "times": choices("早晚各一次 | 每隔几小时 | 早上 | 多花点时间 | 至少三次"),
    },
)

TOPIC = Topic("pets", EN, ZH)
