"""Weather: a town and a day. The sky and the degrees follow from both, what to do about it from the sky."""

from engine.starter import numbers
from engine.starter.topic_schema import Speech, Topic, following, grid, lines, patterns, table

SKIES_EN = table("""
    sky | rain | plan
    sunny | it will stay dry | a walk is a good idea
    clear | it will stay dry | you can see the stars
    cloudy | it will stay dry | no umbrella is needed
    windy | it will stay dry | a scarf is useful
    foggy | it will stay dry | it is better to drive slowly
    rainy | it will rain | an umbrella is useful
    snowy | it will snow | warm boots are a good idea
""")

EN = Speech(
    thing_facts=table("""
        town
        London
        Paris
        Beijing
        Shanghai
        Rome
        Oslo
        Cairo
        Lima
        Boston
        Tokyo
        Madrid
        Dublin
    """),
    case_facts=table("""
        day
        today
        tonight
        tomorrow
        this weekend
        on Monday
        on Friday
        next week
        this evening
    """),
    joint_facts=following(
        grid(
            """
        town | today | tonight | tomorrow | this weekend | on Monday | on Friday | next week | this evening
        London | cloudy 10 | clear 6 | cloudy 11 | sunny 13 | rainy 10 | sunny 14 | foggy 10 | cloudy 6
        Paris | rainy 14 | foggy 9 | windy 13 | cloudy 16 | foggy 11 | windy 15 | sunny 13 | foggy 10
        Beijing | rainy 5 | cloudy 2 | windy 6 | rainy 6 | windy 4 | cloudy 7 | foggy 4 | snowy 0
        Shanghai | sunny 14 | clear 9 | sunny 17 | cloudy 16 | windy 13 | cloudy 17 | rainy 14 | windy 11
        Rome | windy 19 | rainy 13 | windy 19 | sunny 21 | cloudy 16 | sunny 20 | cloudy 16 | windy 14
        Oslo | rainy 4 | clear 0 | foggy 5 | rainy 6 | snowy 0 | foggy 5 | rainy 2 | snowy 1
        Cairo | sunny 27 | cloudy 22 | sunny 28 | windy 26 | sunny 23 | windy 28 | sunny 24 | clear 21
        Lima | sunny 21 | cloudy 15 | sunny 22 | cloudy 21 | rainy 17 | windy 24 | cloudy 19 | rainy 17
        Boston | cloudy 6 | snowy 1 | foggy 8 | rainy 9 | foggy 5 | rainy 9 | foggy 5 | windy 4
        Tokyo | rainy 15 | foggy 11 | rainy 18 | windy 17 | sunny 14 | rainy 19 | sunny 16 | clear 11
        Madrid | rainy 16 | cloudy 13 | rainy 19 | windy 19 | rainy 15 | cloudy 19 | rainy 16 | cloudy 14
        Dublin | windy 9 | cloudy 6 | foggy 12 | cloudy 13 | windy 8 | foggy 12 | rainy 10 | clear 5
            """,
            ("sky", "degrees"),
            numbers.english,
        ),
        "sky",
        SKIES_EN,
    ),
    questions=patterns("""
        sky: What is the weather like in {thing} {case}?
        sky: What will the sky be like in {thing} {case}?
        rain: Will it rain in {thing} {case}?
        rain: Do I need an umbrella in {thing} {case}?
        degrees: How cold will it be in {thing} {case}?
        degrees: What temperature do you expect in {thing} {case}?
        sky: Can you tell me the forecast for {thing} {case}?
        rain: Will it stay dry in {thing} {case}?
        degrees: How warm does it get in {thing} {case}?
    """),
    answers=patterns("""
        sky: In {thing} it will be {sky} {case}, around {degrees} degrees.
        sky: The weather in {thing} {case} is {sky}, so {plan}.
        sky: Expect {sky} weather in {thing} {case}, with about {degrees} degrees.
        sky: The forecast for {thing} {case} says {sky}, and {rain}.
        sky: {case} the sky over {thing} is {sky}, with around {degrees} degrees.
        rain: In {thing} {rain} {case}, and {plan}.
        rain: {case} {rain} in {thing}, and the sky is {sky}.
        rain: The forecast says that {rain} in {thing} {case}, and {plan}.
        rain: For {thing} the forecast is {sky} {case}, which means that {rain}.
        degrees: It will be about {degrees} degrees in {thing} {case}, and {sky}.
        degrees: In {thing} the air stays near {degrees} degrees {case}, and {plan}.
        degrees: The temperature in {thing} {case} is {degrees} degrees, and {rain}.
        degrees: Count on {degrees} degrees in {thing} {case}, with {sky} weather.
    """),
    tips=lines("""
        The sky changes fast near the sea.
        Please look at the forecast once more before you go.
        By the river it feels a little colder.
        The evening is cooler than the day.
        The air is fresh in the morning.
    """),
)

SKIES_ZH = table("""
    sky | rain | plan
    晴天 | 不会下雨 | 很适合散步
    晴朗 | 不会下雨 | 能看到星星
    多云 | 不会下雨 | 不用带伞
    大风 | 不会下雨 | 最好围条围巾
    大雾 | 不会下雨 | 开车要慢一点
    小雨 | 会下雨 | 要带上雨伞
    小雪 | 会下雪 | 要穿暖和的靴子
""")

ZH = Speech(
    thing_facts=table("""
        城市
        北京
        上海
        广州
        成都
        西安
        武汉
        杭州
        昆明
        哈尔滨
        青岛
        拉萨
        厦门
    """),
    case_facts=table("""
        日子
        今天
        今晚
        明天
        周末
        星期一
        星期五
        下周
        后天夜里
    """),
    joint_facts=following(
        grid(
            """
        城市 | 今天 | 今晚 | 明天 | 周末 | 星期一 | 星期五 | 下周 | 后天夜里
        北京 | 小雨 8 | 多云 1 | 大雾 9 | 多云 8 | 大风 4 | 小雨 11 | 多云 7 | 晴朗 2
        上海 | 大风 16 | 晴朗 10 | 晴天 15 | 多云 16 | 小雨 12 | 多云 18 | 晴天 15 | 晴朗 12
        广州 | 多云 25 | 晴朗 20 | 晴天 26 | 多云 25 | 大风 21 | 多云 26 | 大风 22 | 晴朗 21
        成都 | 多云 15 | 晴朗 9 | 大风 15 | 多云 17 | 小雨 12 | 晴天 16 | 多云 14 | 大雾 11
        西安 | 大风 11 | 多云 5 | 大雾 11 | 多云 13 | 小雨 9 | 晴天 14 | 大风 9 | 小雨 7
        武汉 | 小雨 16 | 大风 10 | 晴天 15 | 小雨 16 | 晴天 13 | 大风 17 | 晴天 14 | 大风 10
        杭州 | 晴天 15 | 大雾 10 | 多云 16 | 晴天 19 | 多云 14 | 大风 19 | 多云 15 | 小雨 11
        昆明 | 晴天 17 | 大风 12 | 晴天 19 | 多云 20 | 大风 15 | 晴天 20 | 大风 18 | 晴朗 13
        哈尔滨 | 多云 -2 | 晴朗 -8 | 小雪 -2 | 多云 -3 | 小雪 -4 | 多云 1 | 小雪 -5 | 晴朗 -6
        青岛 | 多云 8 | 大雾 4 | 大风 11 | 多云 10 | 小雨 6 | 大雾 11 | 多云 8 | 大雾 6
        拉萨 | 大风 5 | 小雪 1 | 大风 6 | 多云 8 | 大风 5 | 大雾 8 | 多云 4 | 大雾 3
        厦门 | 晴天 23 | 晴朗 18 | 晴天 23 | 大风 24 | 晴天 20 | 多云 26 | 晴天 21 | 晴朗 19
            """,
            ("sky", "degrees"),
            numbers.chinese,
        ),
        "sky",
        SKIES_ZH,
    ),
    questions=patterns("""
        sky: {thing}{case}天气怎么样？
        sky: {case}{thing}是什么天气？
        rain: {case}{thing}会下雨吗？
        rain: {case}去{thing}要带伞吗？
        degrees: {case}{thing}冷不冷？
        degrees: {thing}{case}气温多少度？
        sky: 能告诉我{thing}{case}的天气预报吗？
        rain: {thing}{case}下不下雨？
        degrees: {case}在{thing}暖和吗，有几度？
    """),
    answers=patterns("""
        sky: {thing}{case}{sky}，气温在{degrees}度左右。
        sky: {case}{thing}的天气是{sky}，{plan}。
        sky: 预报说{thing}{case}{sky}，大约{degrees}度。
        sky: {case}{thing}{sky}，{rain}。
        sky: {case}{thing}{sky}，{plan}，大约{degrees}度。
        rain: {thing}{case}{rain}，{plan}。
        rain: {case}{thing}{rain}，天气是{sky}。
        rain: 预报说{case}{thing}{rain}，{plan}。
        rain: {thing}{case}是{sky}，{rain}。
        degrees: {thing}{case}大约{degrees}度，{sky}。
        degrees: {case}{thing}的气温是{degrees}度，{plan}。
        degrees: {case}{thing}气温在{degrees}度左右，{rain}。
        degrees: {thing}{case}有{degrees}度，天气是{sky}。
    """),
    tips=lines("""
        海边的天气变得快。
        出门前请再看一次预报。
        河边会更凉一些。
        夜里比白天冷。
        早上的空气很清新。
    """),
)

TOPIC = Topic("weather", EN, ZH)
