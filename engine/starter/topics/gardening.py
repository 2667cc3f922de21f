"""Gardening: a plant, with its soil and its water, and a situation, with what it takes. No preference pair is about
gardening: the topic is kept for held-out prompts.
"""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        plant | soil | often | fault
        roses | rich soil | twice a week | lack of sun
        tulips | loose soil | once a week | wet bulbs
        tomatoes | fresh compost | every morning | too little water
        basil plants | light compost | every day | cold air
        lemons | sandy soil with leaves | every third day | hard water
        orchids | bark chips | every ten days | too much water
        beans | deep garden soil | three times a week | greenfly
        strawberries | straw and compost | every evening | tired soil
        cactus plants | dry sand | once a month | a dark place
        mint plants | damp soil | every second day | a narrow pot
        sunflowers | heavy soil | four times a week | strong wind
        ivy plants | common soil | every fifth day | dry air
    """),
    case_facts=table("""
        situation | act | month
        on the balcony | tie them to the rail | May
        in spring | cut the old shoots | March
        in dry soil | cover the ground with straw | April
        in a pot | turn the pot every week | June
        near the window | keep them off the heater | February
        in the shade | choose a bright wall | August
        before the frost | bring them inside | September
        in a cold room | wrap the roots | November
    """),
    joint_facts={},
    questions=patterns("""
        soil: What soil do {thing} need {case}?
        soil: How do I grow {thing} {case}?
        water: How often should I water {thing} {case}?
        water: How much water do {thing} want {case}?
        fault: Why do my {thing} look weak {case}?
        fault: What is wrong with my {thing} {case}?
        soil: In what should I plant {thing} {case}?
        water: When do I water {thing} {case}?
        fault: Why do {thing} lose their leaves {case}?
    """),
    answers=patterns("""
        soil: Plant {thing} {case} in {soil}, and {act}.
        soil: {thing} {case} need {soil}.
        soil: To grow {thing} {case}, use {soil} and begin in {month}.
        soil: {case} the best bed for {thing} is {soil}.
        water: Water {thing} {case} {often}, and {act}.
        water: {case}, {thing} want water {often}.
        water: Give {thing} water {often} {case}, best in {soil}.
        water: {often} is how {thing} {case} should be watered.
        fault: {thing} {case} look weak from {fault}, so {act}.
        fault: It is {fault} that hurts {thing} {case}.
        fault: {case}, {fault} is bad for {thing}; use {soil}.
        fault: When {thing} fail {case}, the cause is {fault}; {act}.
    """),
    tips=lines("""
        Worms in the soil are a good sign.
        Please cut dry leaves with a clean knife.
        Rain water is better than tap water.
        Look under the leaves once in a while.
        Pull out weeds while they are small.
    """),
)

ZH = Speech(
    thing_facts=table("""
        植物 | soil | often | fault
        玫瑰 | 肥沃的土 | 每周两次 | 阳光太少
        郁金香 | 松软的土 | 每周一次 | 球根太湿
        西红柿 | 新鲜的堆肥 | 每天早上 | 水浇得太少
        罗勒 | 轻质堆肥 | 每天一次 | 空气太冷
        柠檬 | 带叶子的沙土 | 三天一次 | 水太硬
        兰花 | 树皮块 | 十天一次 | 水浇得太多
        豆角 | 深厚的园土 | 每周三次 | 有蚜虫
        草莓 | 稻草和堆肥 | 每天傍晚 | 土没有养分
        仙人掌 | 干沙子 | 每月一次 | 地方太暗
        薄荷 | 湿润的土 | 两天一次 | 花盆太小
        向日葵 | 黏重的土 | 每周四次 | 风太大
        绿萝 | 普通的土 | 五天一次 | 空气太干
    """),
    case_facts=table("""
        情况 | act | month
        在阳台上 | 把枝条绑在栏杆上 | 五月
        春天里 | 剪掉老枝 | 三月
        土很干时 | 用稻草盖住地面 | 四月
        花盆里 | 每周转一转花盆 | 六月
        窗户边 | 离暖气远一点 | 二月
        阴凉处 | 靠近明亮的墙 | 八月
        霜冻以前 | 搬进屋里 | 九月
        在冷房间 | 把根部包起来 | 十一月
    """),
    joint_facts={},
    questions=patterns("""
        soil: {case}种{thing}用什么土？
        soil: {case}怎么种{thing}？
        water: {case}多久给{thing}浇一次水？
        water: {case}{thing}要浇多少水？
        fault: {case}的{thing}为什么没精神？
        fault: {case}的{thing}出了什么问题？
        soil: {case}把{thing}种在什么里好？
        water: {case}什么时候给{thing}浇水？
        fault: {case}的{thing}为什么掉叶子？
    """),
    answers=patterns("""
        soil: {case}种{thing}，要用{soil}，再{act}。
        soil: {case}的{thing}需要{soil}。
        soil: {case}种{thing}用{soil}，{month}就可以开始。
        soil: {soil}最适合{case}的{thing}。
        water: {case}给{thing}浇水，{often}，还要{act}。
        water: {case}的{thing}要{often}浇水。
        water: {case}{often}给{thing}浇水，最好种在{soil}里。
        water: {thing}{case}{often}浇水就好。
        fault: {case}的{thing}没精神是因为{fault}，要{act}。
        fault: {case}{thing}的问题是{fault}。
        fault: {case}，{fault}对{thing}不好，换成{soil}。
        fault: {thing}{case}长不好，是因为{fault}。
    """),
    tips=lines("""
        土里有蚯蚓是好事。
        请用干净的剪刀剪掉枯叶。
        雨水比自来水好。
        常看看叶子背面。
        杂草要趁小拔掉。
    """),
)

TOPIC = Topic("gardening", EN, ZH)
