"""Poems: a subject and a reader."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "the moon | the sea | spring rain | an old tree | first snow | a paper boat | the mountains | a red kite"
        " | a quiet lake | summer wind | autumn leaves | a small lamp"
    ),
    cases=choices(
        "for my mother | for a friend | for my teacher | for a wedding | for a child | for my neighbour | for a sad day"
        " | for my brother"
    ),
    questions=lines("""
        Can you write a poem about {thing} {case}?
        I want two lines about {thing} {case}.
        Do you know a short poem on {thing} {case}?
        How would a poem about {thing} begin {case}?
        Could you make a verse about {thing} {case}?
        What could I rhyme about {thing} {case}?
    """),
    answers=lines("""
        Here is a short poem {case}: {thing} {verb}, and {image}.
        A verse {case} may begin like this: I saw {thing} {place}, and {image}.
        My lines {case} are these: {thing} {verb} {place}, while {image}.
        Write {case} that {thing} {verb}, then end the verse with how {image}.
        The poem {case} opens with {thing} {place}; after that {image}.
    """),
    tips=lines("""
        Read it aloud to hear the rhythm.
        Please change a word if the rhyme feels stiff.
        Short lines make the picture clearer.
        A last line without rhyme sounds calm.
    """),
    slots={
        "verb": choices(
            "sings softly | sleeps at dawn | waits in silence | shines on us | drifts away | calls my name"
        ),
        "image": choices(
            "the night grows warm | the village listens | our worries fall asleep | the road turns silver"
            " | a bird answers from the hill | the window keeps its light"
        ),
        "place": choices("above the roof | beside the river | behind the hill | near our door | over the fields"),
    },
)

ZH = Speech(
    things=choices("月亮 | 大海 | 春雨 | 老树 | 初雪 | 纸船 | 群山 | 红风筝 | 湖水 | 夏天的风 | 落叶 | 小油灯"),
    cases=choices("送给妈妈 | 送给朋友 | 送给老师 | 婚礼上读 | 给孩子听 | 送给邻居 | 难过时读 | 送给弟弟"),
    questions=lines("""
        能写一首关于{thing}的诗吗，{case}？
        我想要两句写{thing}的诗，{case}。
        有没有写{thing}的短诗，{case}的？
        写{thing}的诗怎么开头，{case}？
        请写一句{thing}的诗{case}。
        用什么词给{thing}押韵，{case}？
    """),
    answers=lines("""
        {case}的小诗是这样：{thing}{verb}，{image}。
        {case}的诗可以这样开头：{thing}在{place}，{image}。
        这两句诗{case}：{thing}在{place}{verb}，{image}。
        诗里先写{thing}{verb}，再写{image}，很适合{case}。
        {case}的诗从{place}的{thing}写起，然后{image}。
    """),
    tips=lines("""
        大声读一读，就能听出节奏。
        如果押韵不自然，请换一个字。
        句子短一些，画面会更清楚。
        最后一句不押韵也很安静。
    """),
    slots={
        "verb": choices("轻轻歌唱 | 睡在黎明 | 静静等待 | 照着我们 | 慢慢飘远 | 呼唤我的名字"),
        "image": choices("夜色变得温暖 | 村庄在聆听 | 忧愁都睡着了 | 小路成了银色 | 山上的鸟在回答 | 窗前还留着灯光"),
        "place": choices("屋顶上 | 小河边 | 山后面 | 家门口 | 田野上"),
    },
)

TOPIC = Topic("poems", EN, ZH)
