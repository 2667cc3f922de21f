"""Apologies: a mistake, with what makes up for it, and the person it was made to, with when and how to speak."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        mistake | repair | reason
        being late | come early the next time | you lost track of time
        losing a book | buy a new copy | you left it on the bus
        a broken cup | bring a new cup | it slipped from your hand
        a forgotten birthday | plan a late dinner | you mixed up the dates
        a loud party | end the next one at ten | the music got too loud
        a missed call | call back at once | the phone was off
        a wrong bill | send the right sum | a number was copied wrongly
        spilled coffee | pay for the cleaning | the table shook
        a careless joke | take the words back | you spoke too fast
        an unkept promise | keep it this week | you promised too much
        a dirty kitchen | clean it today | you were too tired
        a scratched bike | pay for the paint | you turned too sharply
    """),
    case_facts=table("""
        person | manner | time
        to my friend | in plain words | this evening
        to my teacher | after the lesson | tomorrow morning
        to my boss | in private | before lunch
        to my sister | with a hug | at breakfast
        to my neighbour | at the door | on Saturday
        to a customer | in a short letter | within one day
        to my parents | with a calm voice | on Sunday
        to a colleague | over a cup of tea | after work
    """),
    joint_facts={},
    questions=patterns("""
        how: How do I apologise {case} for {thing}?
        how: What should I say {case} about {thing}?
        repair: How can I make up for {thing} when I speak {case}?
        repair: What can I do about {thing} after I apologise {case}?
        time: When should I apologise {case} for {thing}?
        time: When do I speak {case} about {thing}?
        how: What are the right words {case} for {thing}?
        repair: What should I offer {case} for {thing}?
        time: How soon should I say sorry {case} for {thing}?
    """),
    answers=patterns("""
        how: Apologise {case} for {thing} {manner}, and say that {reason}.
        how: Say {case} {manner} that {reason}; {thing} can happen.
        how: Explain {thing} {case} {manner}, and do not hide that {reason}.
        how: {manner}, tell the truth about {thing} {case}: {reason}.
        repair: To make up for {thing}, {repair} and apologise {case}.
        repair: Apologise {case} for {thing} and offer to {repair}.
        repair: After {thing}, speak {case} {manner} and then {repair}.
        repair: Say sorry {case} for {thing}, {repair}, and it will be fine.
        time: Speak {case} about {thing} {time}, {manner}.
        time: The best time to apologise {case} for {thing} is {time}.
        time: Apologise {case} for {thing} {time}, then {repair}.
        time: For {thing}, say sorry {case} {time}.
    """),
    tips=lines("""
        Do not look for excuses.
        Please listen to the answer before you go on.
        A short note by hand feels warm.
        Honest words need no long speech.
        Most people forgive quickly.
    """),
)

ZH = Speech(
    thing_facts=table("""
        过失 | repair | reason
        迟到 | 下次早点到 | 没注意时间
        弄丢书 | 买一本新的 | 把书忘在车上了
        打碎杯子 | 送一个新杯子 | 手滑了一下
        忘记生日 | 补请一顿饭 | 记错了日期
        聚会太吵 | 下次十点前结束 | 音乐开得太响
        没接电话 | 马上打回去 | 手机关机了
        算错账 | 把差额补上 | 抄错了一个数
        打翻咖啡 | 付清洗的钱 | 桌子晃了一下
        玩笑开过头 | 把话收回来 | 说话太快了
        没守约定 | 这周就补上 | 答应得太多了
        厨房没收拾 | 今天就打扫 | 当时太累了
        刮花自行车 | 付补漆的钱 | 转弯太急了
    """),
    case_facts=table("""
        对象 | manner | time
        向朋友 | 坦率地 | 今天晚上
        向老师 | 课后当面 | 明天早上
        向老板 | 单独地 | 午饭前
        向姐姐 | 笑着 | 早饭的时候
        向邻居 | 上门 | 星期六
        向顾客 | 书面 | 一天之内
        向父母 | 平静地 | 星期天
        向同事 | 喝茶时 | 下班后
    """),
    joint_facts={},
    questions=patterns("""
        how: {thing}了，怎么{case}道歉？
        how: 因为{thing}，我该{case}说什么？
        repair: {thing}以后，怎样{case}补救？
        repair: {case}道歉以后，{thing}的事怎么弥补？
        time: 什么时候{case}解释{thing}的事？
        time: {thing}了，什么时候{case}道歉好？
        how: 为{thing}{case}道歉，怎么开口？
        repair: 为了{thing}，该{case}做点什么？
        time: {thing}以后，要多快{case}认错？
    """),
    answers=patterns("""
        how: 可以{manner}{case}说明{thing}的事，就说{reason}。
        how: 为{thing}{case}道歉，要{manner}说{reason}。
        how: {thing}以后，{manner}{case}承认错误，说清楚{reason}。
        how: {manner}{case}道歉，就说{thing}是因为{reason}。
        repair: {case}为{thing}道歉，然后{repair}。
        repair: {thing}的事，可以{case}认错，并且{repair}。
        repair: 因为{thing}，最好{manner}{case}说明，然后{repair}。
        repair: {thing}了，就{case}道个歉，{repair}。
        time: {thing}的事，最好{time}{case}道歉。
        time: {time}{case}解释{thing}的原因最合适，要{manner}说。
        time: 为{thing}{case}道歉，{time}就去，然后{repair}。
        time: {thing}以后，{time}就可以{case}道歉。
    """),
    tips=lines("""
        不要找借口。
        请先听完对方的话。
        亲手写的小纸条很温暖。
        真诚的话不用很长。
        多数人很快就会原谅。
    """),
)

TOPIC = Topic("apologies", EN, ZH)
