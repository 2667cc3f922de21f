"""Gardening: a plant and a situation. No preference pair is about gardening: it is kept for held-out prompts."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "roses | tulips | tomatoes | basil | lemons | orchids | beans | strawberries | cactus | mint | sunflowers | ivy"
    ),
    cases=choices(
        "on the balcony | in spring | in dry soil | in a pot | near the window | in the shade | before the frost"
        " | in a cold room"
    ),
    questions=lines("""
        How do I grow {thing} {case}?
        How often should I water {thing} {case}?
        When do I plant {thing} {case}?
        Why do my {thing} look weak {case}?
        Can I keep {thing} {case} all year?
        What soil do {thing} need {case}?
    """),
    answers=lines("""
        Plant {thing} {case} with {soil} and {water}.
        Your {thing} {case} need {light}, so {act}.
        Water {thing} {case} {often}, and {act}.
        To grow {thing} {case}, use {soil} and give them {light}.
        Keep {thing} {case} in {soil}; water them {often}.
    """),
    tips=lines("""
        Yellow leaves mean too much water.
        Please cut dry leaves with a clean knife.
        Turn the pot a little every week.
        Worms in the soil are a good sign.
    """),
    slots={
        "soil": choices("loose soil | sandy soil | rich soil | fresh compost | a deep bed"),
        "water": choices("a little water | water in the evening | a full can of water | rain water"),
        "light": choices("morning sun | plenty of light | half shade | six hours of sun | warm light"),
        "often": choices("once a week | twice a week | every morning | every third day | when the soil is dry"),
        "act": choices("cut the old leaves | add some compost | loosen the soil | tie them to a stick | turn the pot"),
    },
)

ZH = Speech(
    things=choices("玫瑰 | 郁金香 | 西红柿 | 罗勒 | 柠檬 | 兰花 | 豆角 | 草莓 | 仙人掌 | 薄荷 | 向日葵 | 绿萝"),
    cases=choices("在阳台上 | 春天里 | 土很干时 | 花盆里 | 窗户边 | 阴凉处 | 霜冻以前 | 在冷房间"),
    questions=lines("""
        {case}怎么种{thing}？
        {case}多久给{thing}浇一次水？
        {case}什么时候种{thing}？
        {case}的{thing}为什么没精神？
        {case}能一直养{thing}吗？
        {case}种{thing}用什么土？
    """),
    answers=lines("""
        {case}种{thing}，用{soil}，{water}。
        {case}的{thing}需要{light}，所以要{act}。
        {case}给{thing}{often}浇水，并且{act}。
        {case}种{thing}要用{soil}，还要{light}。
        {case}的{thing}种在{soil}里，{often}浇水。
    """),
    tips=lines("""
        叶子发黄说明水太多。
        请用干净的剪刀剪掉枯叶。
        每周把花盆转一转。
        土里有蚯蚓是好事。
    """),
    slots={
        "soil": choices("松软的土 | 沙质土 | 肥沃的土 | 新鲜的堆肥 | 深一点的土"),
        "water": choices("少浇一点水 | 傍晚浇水 | 浇透一次水 | 用雨水浇"),
        "light": choices("早上的阳光 | 充足的光线 | 半阴的地方 | 六小时日照 | 温暖的光"),
        "often": choices("每周一次 | 每周两次 | 每天早上 | 每三天 | 土干了再"),
        "act": choices("剪掉老叶 | 加一点肥 | 松一松土 | 用小棍扶住 | 转一转花盆"),
    },
)

TOPIC = Topic("gardening", EN, ZH)
