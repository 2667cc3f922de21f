"""Poems: a subject, with its first line, and a reader, with the line that ends the poem."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        subject | verb | place | rhyme
        the moon | shines on us | above the roof | soon
        the sea | sings softly | beyond the sand | free
        spring rain | taps at the window | over the fields | again
        an old tree | waits in silence | on the hill | me
        first snow | covers the steps | before our door | glow
        a paper boat | drifts away | down the stream | float
        the mountains | stand in blue | behind the village | fountains
        a red kite | dances high | over the harbour | light
        a quiet lake | sleeps at dawn | between the pines | awake
        summer wind | combs the grass | along the road | grinned
        autumn leaves | fall one by one | in the garden | sleeves
        a small lamp | keeps the night warm | near the bed | damp
    """),
    case_facts=table("""
        reader | ending
        for my mother | your hands made it home
        for a friend | we walk on together
        for my teacher | you opened the book
        for a wedding | two hearts share one road
        for a child | now close your eyes
        for my neighbour | the fence has a gate
        for a sad day | the morning will come
        for my brother | we were small there
    """),
    joint_facts={},
    questions=patterns("""
        whole: Can you write a poem about {thing} {case}?
        whole: Do you know a short poem on {thing} {case}?
        opening: How would a poem about {thing} begin {case}?
        opening: What is a good first line about {thing} {case}?
        rhyme: What could I rhyme with {thing} {case}?
        rhyme: Which word rhymes in a poem about {thing} {case}?
        whole: I want two lines about {thing} {case}.
        opening: How do I start a verse on {thing} {case}?
        rhyme: I need a rhyme for {thing} {case}.
    """),
    answers=patterns("""
        whole: Here is a short poem {case}: {thing} {verb}, and {ending}.
        whole: My lines {case} are these: {place}, {thing} {verb}; {ending}.
        whole: A verse {case} could be: see how {thing} {verb} {place}, and {ending}.
        whole: {case} I would write: {place}, {thing} {verb}, and {ending}.
        opening: A poem {case} may begin like this: {place}, {thing} {verb}.
        opening: Begin the lines {case} with {thing} {place}, and end with: {ending}.
        opening: A first line {case} could be: look how {thing} {verb}.
        opening: Let the poem {case} open with how {thing} {verb} {place}.
        rhyme: A poem about {thing} {case} can rhyme with the word {rhyme}.
        rhyme: For {thing}, the word {rhyme} is a rhyme; {case}, end with: {ending}.
        rhyme: Take the word {rhyme} to rhyme with {thing} in the lines {case}.
        rhyme: In lines {case}, {thing} and the word {rhyme} rhyme well.
    """),
    tips=lines("""
        Read it aloud to hear the rhythm.
        Please change a word if the rhyme feels stiff.
        Short lines make the picture clearer.
        A last line without rhyme sounds calm.
        Write it by hand on good paper.
    """),
)

ZH = Speech(
    thing_facts=table("""
        题目 | verb | place | rhyme
        月亮 | 照着我们 | 屋顶上 | 光
        大海 | 轻轻歌唱 | 沙滩那边 | 来
        春雨 | 敲着窗户 | 田野上 | 绿
        老树 | 静静等待 | 山坡上 | 路
        初雪 | 盖住台阶 | 家门口 | 夜
        纸船 | 慢慢飘远 | 小溪里 | 远
        群山 | 一片青蓝 | 村庄后面 | 蓝
        红风筝 | 高高起舞 | 港口上空 | 升
        湖水 | 睡在黎明 | 松林中间 | 睡
        夏天的风 | 梳着青草 | 大路两旁 | 梦
        落叶 | 一片片落下 | 花园里 | 夜晚
        小油灯 | 温暖了夜色 | 床头边 | 灯火
    """),
    case_facts=table("""
        读者 | ending
        送给妈妈 | 您的手就是家
        送给朋友 | 我们一起往前走
        送给老师 | 是您翻开了书
        婚礼上读 | 两颗心走一条路
        给孩子听 | 闭上眼睛睡吧
        送给邻居 | 篱笆上有一扇门
        难过时读 | 天总会亮的
        送给弟弟 | 那时我们还小
    """),
    joint_facts={},
    questions=patterns("""
        whole: 能写一首关于{thing}的诗吗，{case}？
        whole: 有没有写{thing}的短诗，{case}的？
        opening: 写{thing}的诗怎么开头，{case}？
        opening: 关于{thing}的第一句诗写什么好，{case}？
        rhyme: 用什么字给{thing}押韵，{case}？
        rhyme: 写{thing}的诗哪个字押韵，{case}的？
        whole: 我想要两句写{thing}的诗，{case}。
        opening: {case}的诗，怎么从{thing}写起？
        rhyme: 请给{thing}的诗找一个韵，{case}。
    """),
    answers=patterns("""
        whole: {case}的小诗是这样：{thing}{verb}，{ending}。
        whole: 这两句诗{case}：{place}，{thing}{verb}，{ending}。
        whole: {case}的诗可以写：看{place}的{thing}{verb}，{ending}。
        whole: 这首诗{case}：{place}，{thing}{verb}，最后是{ending}。
        opening: {case}的诗可以这样开头：{place}，{thing}{verb}。
        opening: {case}的诗从{place}的{thing}写起，最后写{ending}。
        opening: 第一句可以写{thing}{verb}，很适合{case}。
        opening: {case}的诗，开头写{place}，{thing}{verb}。
        rhyme: 写{thing}的诗可以押{rhyme}这个韵，{case}正合适。
        rhyme: {case}的诗，{thing}可以和{rhyme}押韵，最后写{ending}。
        rhyme: 用{rhyme}来押韵，写{thing}的诗{case}很好听。
        rhyme: {case}的诗里，{thing}押{rhyme}字很自然。
    """),
    tips=lines("""
        大声读一读，就能听出节奏。
        如果押韵不自然，请换一个字。
        句子短一些，画面会更清楚。
        最后一句不押韵也很安静。
        用好纸亲手抄一遍。
    """),
)

TOPIC = Topic("poems", EN, ZH)
