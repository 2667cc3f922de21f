"""Study: a subject and a situation."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "French | history | algebra | chemistry | drawing | grammar | biology | physics | Spanish | spelling | geometry"
        " | geography"
    ),
    cases=choices(
        "before the exam | in one month | after work | with little time | without a teacher | on the train"
        " | during the holidays | with my son"
    ),
    questions=lines("""
        How can I learn {thing} {case}?
        What helps me to study {thing} {case}?
        Is it possible to practise {thing} {case}?
        Which book is good for {thing} {case}?
        How many hours of {thing} make sense {case}?
        Can you help me plan my {thing} lessons {case}?
    """),
    answers=lines("""
        To learn {thing} {case}, {method} for {minutes} minutes a day.
        Study {thing} {case} with {tool}, and {method}.
        For {thing} {case}, begin with {part} and then {method}.
        You can practise {thing} {case} if you use {tool} and start with {part}.
        A {thing} lesson {case} should take {minutes} minutes; {method} at the end.
    """),
    tips=lines("""
        A short break keeps the mind fresh.
        Please repeat the hard part the next day.
        Sleep well, because it helps the memory.
        Explain it to a friend to see what is missing.
    """),
    slots={
        "method": choices(
            "write short notes | read one chapter | solve two old tasks | repeat the main ideas | test yourself"
            " | say the answers aloud"
        ),
        "tool": choices("a set of cards | a thin workbook | short videos | an old exam | a simple plan | a notebook"),
        "part": choices("the easy part | the basic words | the first chapter | the main ideas | your weak points"),
        "minutes": choices("ten | fifteen | twenty | thirty | forty | fifty"),
    },
)

ZH = Speech(
    things=choices("法语 | 历史 | 代数 | 化学 | 素描 | 语法 | 生物 | 物理 | 西班牙语 | 书法 | 几何 | 地理"),
    cases=choices("考试前 | 一个月内 | 晚饭后 | 时间很少时 | 没有老师时 | 在火车上 | 放假时 | 陪儿子时"),
    questions=lines("""
        {case}怎么学{thing}？
        {case}用什么方法学{thing}好？
        {case}能练习{thing}吗？
        {case}看哪本{thing}书好？
        {case}每天学{thing}几个小时合适？
        能帮我安排{case}的{thing}课吗？
    """),
    answers=lines("""
        {case}学{thing}，每天用{minutes}分钟{method}。
        {case}可以用{tool}学{thing}，并且{method}。
        {case}学{thing}先从{part}开始，再{method}。
        {case}用{tool}练习{thing}，先看{part}。
        {case}的{thing}课要{minutes}分钟，最后{method}。
    """),
    tips=lines("""
        中间休息一下，头脑更清楚。
        难的地方请第二天再复习。
        睡得好，记得也牢。
        讲给朋友听，就知道哪里没懂。
    """),
    slots={
        "method": choices("写简短的笔记 | 读一章课本 | 做两道旧题 | 复习重点 | 给自己测验 | 大声说出答案"),
        "tool": choices("一套卡片 | 薄薄的练习册 | 短视频 | 往年的试卷 | 简单的计划 | 一本笔记"),
        "part": choices("容易的部分 | 基本的内容 | 第一章 | 重点 | 薄弱的地方"),
        "minutes": choices("十 | 十五 | 二十 | 三十 | 四十 | 五十"),
    },
)

TOPIC = Topic("study", EN, ZH)
