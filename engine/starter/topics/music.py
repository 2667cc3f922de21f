"""Music: a kind of music and an occasion."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices("jazz | folk | piano | guitar | opera | choir | dance | violin | flute | rock | film | harp"),
    cases=choices(
        "for a party | for studying | for a long drive | before sleep | at a wedding | for a quiet dinner"
        " | while cleaning | for my grandmother"
    ),
    questions=lines("""
        Which {thing} music should I play {case}?
        Do you like {thing} music {case}?
        Can you suggest some {thing} songs {case}?
        Is {thing} music a good choice {case}?
        How loud should {thing} music be {case}?
        Where do I start with {thing} music {case}?
    """),
    answers=lines("""
        For {thing} music {case}, choose {kind} and keep the volume {volume}.
        Some {thing} songs with {sound} fit well {case}.
        Play {number} {thing} songs {case}, first {kind}.
        {thing} music works {case} if you pick {kind} with {sound}.
        Start with {kind}: {thing} music with {sound} is lovely {case}.
    """),
    tips=lines("""
        Make the list before you begin.
        Please ask the others what they like to hear.
        A good speaker matters more than a loud one.
        Old records often sound warmer.
    """),
    slots={
        "kind": choices("slow pieces | old favourites | short songs | calm tunes | live recordings | bright melodies"),
        "sound": choices("a soft voice | a steady beat | few words | a clear melody | gentle drums | a deep bass"),
        "number": choices("three | five | eight | ten | twelve | twenty"),
        "volume": choices("low | soft | in the middle | a bit higher"),
    },
)

ZH = Speech(
    things=choices(
        "爵士乐 | 民歌 | 钢琴曲 | 吉他曲 | 歌剧 | 合唱 | 舞曲 | 小提琴曲 | 长笛曲 | 摇滚 | 电影音乐 | 古筝曲"
    ),
    cases=choices("聚会时 | 学习时 | 长途开车时 | 睡觉前 | 婚礼上 | 安静吃饭时 | 打扫时 | 陪奶奶时"),
    questions=lines("""
        {case}放什么{thing}好？
        {case}你喜欢听{thing}吗？
        能推荐几首{case}听的{thing}吗？
        {case}听{thing}合适吗？
        {case}放{thing}音量多大好？
        {case}听{thing}从哪里开始？
    """),
    answers=lines("""
        {case}听{thing}，可以选{kind}，音量{volume}。
        {sound}的{thing}很适合{case}。
        {case}可以放{number}首{thing}，先听{kind}。
        选{sound}的{kind}，{case}听{thing}就很合适。
        从{kind}开始，{sound}的{thing}在{case}很好听。
    """),
    tips=lines("""
        先把歌单排好。
        请问问大家喜欢听什么。
        好的音箱比大音量更重要。
        老唱片的声音更温暖。
    """),
    slots={
        "kind": choices("慢一点的曲子 | 老歌 | 短的曲子 | 安静的旋律 | 现场录音 | 明快的旋律"),
        "sound": choices("声音柔和 | 节奏平稳 | 歌词不多 | 旋律清楚 | 鼓点轻 | 低音深"),
        "number": choices("三 | 五 | 八 | 十 | 十二 | 二十"),
        "volume": choices("小一点 | 柔和一点 | 适中 | 稍大一点"),
    },
)

TOPIC = Topic("music", EN, ZH)
