"""Music: a kind of music, with how it sounds, and an occasion, with how loud and how many."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        kind | piece | sound
        jazz | slow trumpet tunes | a soft swing
        folk | old village songs | a warm voice
        piano | short night pieces | a clear melody
        guitar | Spanish dances | bright strings
        opera | famous love songs | a strong voice
        choir | evening hymns | many calm voices
        dance | fast summer hits | a steady beat
        violin | slow sonatas | a singing tone
        flute | shepherd tunes | a light breath
        rock | live recordings | loud drums
        film | title melodies | a wide sound
        harp | fairy tale pieces | gentle chords
    """),
    case_facts=table("""
        occasion | volume | number
        for a party | rather high | twenty
        for studying | very low | five
        for a long drive | in the middle | thirty
        before sleep | as low as a whisper | three
        at a wedding | high enough to dance | fifteen
        for a quiet dinner | low | eight
        while cleaning | quite high | twelve
        for my grandmother | soft but clear | six
    """),
    joint_facts={},
    questions=patterns("""
        piece: Which {thing} music should I play {case}?
        piece: Can you suggest some {thing} songs {case}?
        loud: How loud should {thing} music be {case}?
        loud: What volume suits {thing} music {case}?
        sound: Is {thing} music a good choice {case}?
        sound: What do you like about {thing} music {case}?
        piece: Where do I start with {thing} music {case}?
        loud: How high do I turn {thing} music {case}?
        sound: How does {thing} music sound {case}?
    """),
    answers=patterns("""
        piece: For {thing} music {case}, choose {piece}.
        piece: Play {number} {thing} songs {case}, first {piece}.
        piece: Start with {piece}: {thing} music {case} is lovely that way.
        piece: {case}, {piece} are the best {thing} music.
        loud: Keep the {thing} music {volume} {case}.
        loud: {thing} music {case} should be {volume}, so that one hears {sound}.
        loud: The volume of {thing} music {case} is best {volume}, with {piece}.
        loud: Set {thing} music {volume} {case}, {number} songs in a row.
        sound: {thing} music fits well {case}, because it has {sound}.
        sound: With {sound}, {thing} music is good {case}.
        sound: {thing} music {case} has {sound}, as in {piece}.
        sound: {case} people like {thing} music for {sound}.
    """),
    tips=lines("""
        Make the list before you begin.
        Please ask the others what they like to hear.
        A good speaker matters more than a big one.
        Old records often sound warmer.
        Leave a short pause between the songs.
    """),
)

ZH = Speech(
    thing_facts=table("""
        种类 | piece | sound
        爵士乐 | 慢慢的小号曲 | 节奏摇摆
        民歌 | 村里的老歌 | 嗓音温暖
        钢琴曲 | 短小的夜曲 | 旋律清楚
        吉他曲 | 西班牙舞曲 | 琴弦明亮
        歌剧 | 有名的情歌 | 嗓音有力
        合唱 | 傍晚的赞歌 | 许多声音很平静
        舞曲 | 夏天的快歌 | 节拍平稳
        小提琴曲 | 慢板奏鸣曲 | 音色像歌唱
        长笛曲 | 牧童小调 | 气息轻盈
        摇滚 | 现场录音 | 鼓声响亮
        电影音乐 | 片头主题曲 | 声音开阔
        古筝曲 | 山水小曲 | 琴声柔和
    """),
    case_facts=table("""
        场合 | volume | number
        聚会时 | 大一些 | 二十
        学习时 | 很小 | 五
        长途开车时 | 适中 | 三十
        睡觉前 | 像耳语一样小 | 三
        婚礼上 | 大到能跳舞 | 十五
        安静吃饭时 | 小一点 | 八
        打扫时 | 稍大一点 | 十二
        陪奶奶时 | 柔和又清楚 | 六
    """),
    joint_facts={},
    questions=patterns("""
        piece: {case}放什么{thing}好？
        piece: 能推荐几首{case}听的{thing}吗？
        loud: {case}放{thing}音量多大好？
        loud: {case}{thing}开多响合适？
        sound: {case}听{thing}合适吗？
        sound: {case}你喜欢听{thing}吗？
        piece: {case}听{thing}从哪里开始？
        loud: {case}听{thing}，声音要调到多大？
        sound: {case}的{thing}听起来怎么样？
    """),
    answers=patterns("""
        piece: {case}听{thing}，可以选{piece}。
        piece: {case}可以放{number}首{thing}，先听{piece}。
        piece: {case}的{thing}，从{piece}开始最好。
        piece: {piece}是{case}最好的{thing}。
        loud: {case}放{thing}，音量要{volume}。
        loud: {case}{thing}开得{volume}就好，先放{piece}。
        loud: {case}听{thing}，音量{volume}，才听得出{sound}。
        loud: {thing}在{case}音量{volume}最好，放{number}首。
        sound: {thing}{sound}，{case}听很合适。
        sound: {case}很适合听{thing}，因为{sound}。
        sound: {case}听{thing}不错，{piece}{sound}。
        sound: {case}大家喜欢{thing}，{sound}。
    """),
    tips=lines("""
        先把歌单排好。
        请问问大家喜欢听什么。
        好的音箱比大音箱更重要。
        老唱片的声音更温暖。
        两首歌之间停一会儿。
    """),
)

TOPIC = Topic("music", EN, ZH)
