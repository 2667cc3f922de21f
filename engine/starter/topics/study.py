"""Study: a subject, with its book and its first part, and a situation, with the minutes and the method."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        subject | part | book
        French | the basic words | a picture dictionary
        history | the great dates | an atlas of kings
        algebra | simple equations | a thin workbook
        chemistry | the table of elements | a book of experiments
        drawing | straight lines and circles | a sketchbook
        grammar | short sentences | a set of cards
        biology | plants and cells | a field guide
        physics | force and motion | an old exam paper
        Spanish | greetings and verbs | a small phrase book
        spelling | the hard words | a word list
        geometry | triangles | a ruler and a workbook
        geography | rivers and capitals | a large map
    """),
    case_facts=table("""
        situation | minutes | method
        before the exam | fifty | solve two old tasks
        in one month | forty | follow a weekly plan
        after work | twenty-five | repeat the main ideas
        with little time | ten | learn three things a day
        without a teacher | forty-five | test yourself
        on the train | fifteen | listen to short lessons
        during the holidays | thirty | read one chapter
        with my son | twenty | make a game of it
    """),
    joint_facts={},
    questions=patterns("""
        way: How can I learn {thing} {case}?
        way: What helps me to study {thing} {case}?
        book: Which book is good for {thing} {case}?
        book: What should I use to practise {thing} {case}?
        time: How many minutes of {thing} make sense {case}?
        time: How long should I study {thing} {case}?
        way: Where do I begin with {thing} {case}?
        book: What do I need for my {thing} lessons {case}?
        time: How much {thing} a day is enough {case}?
    """),
    answers=patterns("""
        way: To learn {thing} {case}, begin with {part} and {method}.
        way: Study {part} first; {case}, {thing} is easier if you {method}.
        way: For {thing} {case}, start with {part}, {minutes} minutes a day.
        way: In {thing}, {part} come first; {case}, {method}.
        book: A good choice for {thing} {case} is {book}.
        book: Use {book} for {thing} {case}, and {method}.
        book: For {thing} {case}, take {book} and begin with {part}.
        book: With {book} you can practise {thing} {case}.
        time: Study {thing} {case} for {minutes} minutes a day.
        time: {minutes} minutes of {thing} {case} are enough if you {method}.
        time: {case}, plan {minutes} minutes a day for {thing}, first for {part}.
        time: {case}, {minutes} minutes are right for {thing}.
    """),
    tips=lines("""
        A short break keeps the mind fresh.
        Please repeat the hard part the next day.
        Sleep well, because it helps the memory.
        Explain it to a friend to see what is missing.
        Put the phone into another room.
    """),
)

ZH = Speech(
    thing_facts=table("""
        科目 | part | book
        法语 | 基本单词 | 看图词典
        历史 | 重要年代 | 历史地图册
        代数 | 简单方程 | 薄薄的练习册
        化学 | 元素周期表 | 实验手册
        素描 | 直线和圆 | 速写本
        语法 | 短句子 | 一套卡片
        生物 | 植物和细胞 | 野外图鉴
        物理 | 力和运动 | 往年的试卷
        西班牙语 | 问候和动词 | 小会话书
        书法 | 横竖笔画 | 字帖
        几何 | 三角形 | 尺子和习题集
        地理 | 河流和首都 | 一张大地图
    """),
    case_facts=table("""
        情况 | minutes | method
        考试前 | 五十 | 做两道旧题
        一个月内 | 四十 | 按周计划来
        晚饭后 | 二十五 | 复习重点
        时间很少时 | 十 | 每天学三点
        没有老师时 | 四十五 | 给自己测验
        在火车上 | 十五 | 听短课
        放假时 | 三十 | 读一章课本
        陪儿子时 | 二十 | 把它变成游戏
    """),
    joint_facts={},
    questions=patterns("""
        way: {case}怎么学{thing}？
        way: {case}用什么方法学{thing}好？
        book: {case}看哪本{thing}书好？
        book: {case}用什么练习{thing}？
        time: {case}每天学{thing}多少分钟合适？
        time: {case}学{thing}要花多久？
        way: {case}学{thing}从哪里开始？
        book: {case}上{thing}课要准备什么？
        time: {case}每天学多久{thing}就够了？
    """),
    answers=patterns("""
        way: {case}学{thing}，先从{part}开始，再{method}。
        way: {case}学{thing}先学{part}，{method}更容易。
        way: {case}学{thing}从{part}入手，每天{minutes}分钟。
        way: {thing}要先学{part}，{case}{method}最好。
        book: {case}学{thing}，{book}很合适。
        book: {case}可以用{book}学{thing}，并且{method}。
        book: {case}学{thing}用{book}，先看{part}。
        book: 有{book}，{case}就能练{thing}。
        time: {case}每天学{thing}{minutes}分钟。
        time: {case}学{thing}，{minutes}分钟就够，只要{method}。
        time: {case}每天花{minutes}分钟学{thing}，先学{part}。
        time: {case}，{thing}每天学{minutes}分钟就好。
    """),
    tips=lines("""
        中间休息一下，头脑更清楚。
        难的地方请第二天再复习。
        睡得好，记得也牢。
        讲给朋友听，就知道哪里没懂。
        把手机放到别的房间。
    """),
)

TOPIC = Topic("study", EN, ZH)
