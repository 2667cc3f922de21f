"""Weather: a city and a day."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "London | Paris | Beijing | Shanghai | Rome | Oslo | Cairo | Lima | Boston | Tokyo | Madrid | Dublin"
    ),
    cases=choices("today | tonight | tomorrow | this weekend | on Monday | on Friday | next week | this evening"),
    questions=lines("""
        What is the weather like in {thing} {case}?
        Will it rain in {thing} {case}?
        Is it sunny in {thing} {case}?
        Do I need an umbrella in {thing} {case}?
        Can you tell me the forecast for {thing} {case}?
        How cold will it be in {thing} {case}?
    """),
    answers=lines("""
        The weather in {thing} will be {sky} {case}, around {degrees} degrees.
        Expect {sky} weather in {thing} {case}, with {wind}.
        In {thing} it will be {sky} {case}, and the air stays near {degrees} degrees.
        The forecast for {thing} {case} is {sky}, with {wind} and {degrees} degrees.
        It looks {sky} in {thing} {case}, so {plan}.
    """),
    tips=lines("""
        A light coat is enough for a walk.
        Please take an umbrella with you in case the sky changes.
        The sky clears up a little after lunch.
        It gets colder by the river, so a scarf helps.
    """),
    slots={
        "sky": choices("sunny | cloudy | rainy | dry | windy | warm | cold | foggy | mild"),
        "degrees": choices("three | five | eight | ten | twelve | fifteen | eighteen | twenty | thirty"),
        "wind": choices("a soft wind | a strong wind | hardly any wind | a few clouds | some light rain | clear skies"),
        "plan": choices(
            "a walk is a good idea | a warm coat is a good idea | an umbrella is useful | you can sit outside"
            " | boots are better than light shoes"
        ),
    },
)

ZH = Speech(
    things=choices("北京 | 上海 | 广州 | 成都 | 西安 | 武汉 | 杭州 | 昆明 | 哈尔滨 | 青岛 | 拉萨 | 厦门"),
    cases=choices("今天 | 今晚 | 明天 | 后天 | 周末 | 星期一 | 星期五 | 下周"),
    questions=lines("""
        {thing}{case}天气怎么样？
        {case}{thing}会下雨吗？
        {thing}{case}出太阳吗？
        {case}去{thing}要带伞吗？
        能告诉我{thing}{case}的天气预报吗？
        {case}{thing}冷不冷？
    """),
    answers=lines("""
        {thing}{case}{sky}，气温在{degrees}度左右。
        {case}{thing}的天气是{sky}，{wind}。
        {thing}{case}会是{sky}，{wind}，大约{degrees}度。
        预报说{case}{thing}{sky}，最高{degrees}度。
        {case}{thing}{sky}，所以{plan}。
    """),
    tips=lines("""
        出门带一件薄外套就够了。
        请带上雨伞，以防天气变化。
        午后云会少一些。
        河边风大，围一条围巾会暖和些。
    """),
    slots={
        "sky": choices("晴天 | 多云 | 有小雨 | 阴天 | 有风 | 有雾 | 比较暖和 | 比较凉快"),
        "degrees": choices("三 | 五 | 八 | 十 | 十二 | 十五 | 十八 | 二十 | 三十"),
        "wind": choices("有微风 | 风比较大 | 几乎没有风 | 云不多 | 傍晚有阵雨 | 空气很清新"),
        "plan": choices("很适合散步 | 最好穿暖和一点 | 带把雨伞比较好 | 可以在户外坐坐 | 穿雨鞋会更方便"),
    },
)

TOPIC = Topic("weather", EN, ZH)
