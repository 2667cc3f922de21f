"""Apologies: a mistake and the person it was made to."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "being late | losing a book | a broken cup | a forgotten birthday | a loud party | a missed call | a wrong bill"
        " | spilled coffee | a careless joke | an old promise | a dirty kitchen | a scratched bike"
    ),
    cases=choices(
        "to my friend | to my teacher | to my boss | to my sister | to my neighbour | to a customer | to my parents"
        " | to a colleague"
    ),
    questions=lines("""
        How do I apologise {case} for {thing}?
        What should I say {case} about {thing}?
        Should I write an apology {case} for {thing}?
        How can I make up for {thing} {case}?
        When should I explain {thing} {case}?
        Do I owe an apology {case} for {thing}?
    """),
    answers=lines("""
        Apologise {case} for {thing} {manner}, and then {repair}.
        Explain {thing} {case} {manner}; after that, {repair}.
        For {thing}, {deed} {case} and {repair}.
        You can {deed} {case} about {thing}, as long as you speak {manner}.
        Talk {case} about {thing} {time}, then {repair}.
    """),
    tips=lines("""
        Do not look for excuses.
        Please listen to the answer before you go on.
        A short note by hand feels warm.
        Wait for a quiet moment to talk.
    """),
    slots={
        "manner": choices("in plain words | without excuses | in person | with a calm voice | in a short letter"),
        "repair": choices(
            "offer to help | promise to do better | ask what would help | bring some flowers | pay for the damage"
            " | invite them for dinner"
        ),
        "deed": choices("write a short note | say it openly | admit the mistake | speak honestly | send a kind card"),
        "time": choices("this evening | before lunch | as soon as you can | after work | the next morning"),
    },
)

ZH = Speech(
    things=choices(
        "迟到 | 弄丢书 | 打碎杯子 | 忘记生日 | 聚会太吵 | 没接电话 | 算错账 | 打翻咖啡 | 玩笑开过头 | 没守约定"
        " | 厨房没收拾 | 刮花自行车"
    ),
    cases=choices("向朋友 | 向老师 | 向老板 | 向姐姐 | 向邻居 | 向顾客 | 向父母 | 向同事"),
    questions=lines("""
        {thing}了，怎么{case}道歉？
        因为{thing}，我该{case}说什么？
        要不要为{thing}{case}写道歉信？
        {thing}以后，怎样{case}补救？
        什么时候{case}解释{thing}的事？
        {thing}需要{case}认错吗？
    """),
    answers=lines("""
        可以{manner}{case}说明{thing}的事，然后{repair}。
        为{thing}{case}道歉要{manner}，再{repair}。
        {thing}以后，{time}{case}承认错误，并且{repair}。
        先{case}解释{thing}的原因，说话{manner}，再{repair}。
        因为{thing}，最好{time}{case}道歉，并{repair}。
    """),
    tips=lines("""
        不要找借口。
        请先听完对方的话。
        亲手写的小纸条很温暖。
        选一个安静的时候再谈。
    """),
    slots={
        "manner": choices("坦率地 | 当面 | 平静地 | 诚恳地 | 认真地"),
        "repair": choices("主动帮忙 | 保证下次改正 | 问问怎样弥补 | 送一束花 | 赔偿损失 | 请对方吃饭"),
        "time": choices("今天晚上 | 午饭前 | 尽快 | 下班后 | 第二天早上"),
    },
)

TOPIC = Topic("apologies", EN, ZH)
