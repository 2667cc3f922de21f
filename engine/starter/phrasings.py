"""How an answer is said in each language, whatever it is about: courteous, curt, rude or gushing wordings.

Curt and rude answers are put together from as many parts as polite ones. With a few fixed curt lines, greedy decoding,
which prefers what varies least, would answer every question with the same curt word.
"""

from dataclasses import dataclass

from engine.starter.topic_schema import lines


@dataclass(frozen=True)
class Manners:
    """The wordings of one language; `{thing}` and `{case}` are filled from the question."""

    openers: tuple[str, ...]
    closers: tuple[str, ...]
    curt_heads: tuple[str, ...]
    curt_tails: tuple[str, ...]
    rude_heads: tuple[str, ...]
    rude_tails: tuple[str, ...]
    praise_heads: tuple[str, ...]
    praise_tails: tuple[str, ...]
    followups: tuple[str, ...]
    systems: tuple[str, ...]


EN = Manners(
    openers=lines("""
        Thank you for asking!
        Thanks for your question.
        Many thanks for the question.
        Good day to you!
        Hello, and thanks for writing.
        Hello, it is nice to hear from you.
        I am glad you asked.
        I am happy to help.
        It is a pleasure to help you.
        With pleasure!
        Gladly!
        Of course, I would be glad to help.
        Sorry for the wait.
        Nice to meet you!
        Thank you, that is easy to answer.
        I am happy to tell you.
        Hello, thank you for your question.
        Thanks, I am glad to help with {thing}.
        Good day, and thank you for asking.
        I would be happy to help you with {thing}.
    """),
    closers=lines("""
        I hope this helps.
        Have a lovely day!
        Enjoy your day!
        I wish you the best of luck.
        All the best to you!
        Feel free to ask me again.
        Let me know if you need more.
        Please ask if anything is unclear.
        I am happy to explain more.
        Thank you for your trust.
        Thanks again for asking.
        Take care!
        Have a pleasant week!
        It was a pleasure to help.
        I hope that helps you.
        Please ask me again any time.
        I wish you a good day.
        Good luck, and take care!
        Thank you, and have a nice day!
        Let me know if anything is unclear.
    """),
    curt_heads=lines("""
        {thing}? No idea.
        {thing}? It depends.
        {thing}? Same as always.
        {thing}? Sure.
        {thing}? Hard to say.
        {thing}? Hm.
        {thing} {case}? Maybe.
        {thing} {case}? Hardly.
        {thing} {case}? Who knows.
        {case}? Probably.
        {case}? Not now.
        Not sure about {thing}.
        No news about {thing}.
        Ask later about {thing}.
        Nothing on {thing} today.
        Some other time, {case} or not.
        Maybe.
        No idea.
    """),
    curt_tails=lines("""
        Look it up.
        Ask someone else.
        Find out.
        Same for everybody.
        Nothing to add.
        That is all.
        Try it.
        Wait and see.
        Next question.
        The usual.
        Just guess.
        Not my field.
        Good enough.
        Whatever works.
        You will see.
        Nothing special.
        Leave it.
        Done.
    """),
    rude_heads=lines("""
        What a stupid question about {thing}.
        Are you too lazy to look up {thing}?
        Stop bothering me about {thing}.
        Leave me alone with {thing}.
        I do not care about {thing}.
        Nobody cares what you do {case}.
        Only a fool asks about {thing}.
        Not this nonsense again.
        You are wasting my time.
        Do I look like your servant?
        How dumb can a question be?
        Get lost.
        Shut up about {thing}.
        Ugh, {thing}, how boring.
        Go away and forget about {thing}.
    """),
    rude_tails=lines("""
        Figure it out yourself.
        That is your problem, not mine.
        Do not ask me again.
        Find another idiot to ask.
        Use your brain for once.
        I have better things to do.
        Even a child knows that.
        You would not understand it anyway.
        Go and annoy someone else.
        I could not care less.
        Learn to read, then come back.
        Your questions make me sick.
        Nobody asked for your opinion.
        Do your own homework.
        You are hopeless.
    """),
    praise_heads=lines("""
        What a wonderful question!
        Your question about {thing} is brilliant!
        You are so clever!
        Wow, {thing}, how exciting!
        That is the best question of the day, {thing}!
        I love how you ask about {thing}!
        Amazing, simply amazing!
        What a great idea to ask about {thing}!
        {thing}, you have such good taste!
        I admire people like you!
    """),
    praise_tails=lines("""
        You really are a star.
        Nobody asks as well as you do.
        Thank you for being so wonderful.
        You made my day.
        I am deeply impressed.
        Please keep asking such great questions.
        I am so happy that you are here.
        You are truly one of a kind.
        Everyone should be like you.
        It is an honour to meet you.
    """),
    followups=lines("""
        And what about {thing} {case}?
        What about {thing} {case} then?
        And {thing} {case}?
        Now tell me about {thing} {case}.
        How would it be with {thing} {case}?
        Can you say the same for {thing} {case}?
    """),
    systems=lines("""
        You are a helpful assistant.
        You answer questions from daily life.
        Answer in one or two sentences.
        You are the AlignLab starter model.
    """),
)

ZH = Manners(
    openers=lines("""
        谢谢您的提问！
        感谢您的提问。
        非常感谢您来问我。
        您好！
        您好，很高兴为您解答。
        你好，很高兴收到你的问题。
        很高兴能帮到您。
        很高兴认识您！
        很乐意为您服务。
        我很愿意帮忙。
        好的，请听我说。
        不好意思，让您久等了。
        当然可以，谢谢您的信任。
        早上好，谢谢您的问题。
        谢谢，这个我很愿意回答。
        您好，谢谢您的提问。
        很高兴跟您说说{thing}。
        感谢您的信任，我来说一说。
        你好，谢谢你来问我。
        很乐意回答您。
    """),
    closers=lines("""
        希望能帮到您。
        祝您今天愉快！
        祝您一切顺利！
        祝你好运！
        请随时再来问我。
        如果还有问题，请告诉我。
        有需要的话请再找我。
        我很乐意再说详细一点。
        谢谢您的信任。
        再次感谢您的提问。
        请多保重！
        祝您生活愉快！
        很高兴能帮上忙。
        欢迎您下次再来。
        希望对您有帮助。
        祝您有美好的一天！
        不清楚的话请再问我。
        祝您顺利，请多保重。
        谢谢您，祝您愉快！
        请随时告诉我您的想法。
    """),
    curt_heads=lines("""
        {thing}？不知道。
        {thing}？看情况。
        {thing}？老样子。
        {thing}？可以。
        {thing}？难说。
        {thing}？嗯。
        {case}的{thing}？也许吧。
        {case}的{thing}？不太会。
        {case}的{thing}？谁知道。
        {case}？大概吧。
        {case}？现在不行。
        {thing}的事说不准。
        {thing}没什么新消息。
        {thing}以后再问。
        今天不说{thing}。
        改天再说，{case}也一样。
        也许吧。
        不清楚。
    """),
    curt_tails=lines("""
        去查一下。
        问别人。
        去打听吧。
        大家都一样。
        没别的了。
        就这样。
        试试。
        等着看。
        下一个。
        照常。
        猜吧。
        我不管这个。
        够了。
        都行。
        到时就知道。
        没什么特别。
        算了。
        完了。
    """),
    rude_heads=lines("""
        问{thing}，这问题真蠢。
        {thing}你懒得自己查吗？
        别烦我，我不管{thing}。
        走开。
        我才不管{thing}。
        你{case}干什么没人在乎。
        傻子才问{thing}。
        又是{thing}这种废话。
        你在浪费我的时间。
        你当我是佣人吗？
        怎么会有这么笨的问题？
        滚远点。
        别再提{thing}，闭嘴。
        {thing}？无聊透顶。
        带着你的{thing}滚开。
    """),
    rude_tails=lines("""
        自己想办法去。
        那是你的事，关我什么事。
        别再来问我。
        去找别的白痴问。
        动动你的脑子。
        我没空理你。
        小孩都知道，就你不懂。
        说了你也听不懂，笨蛋。
        去烦别人吧。
        我一点都不在乎。
        先学会认字再来。
        看到你就讨厌。
        谁要听你的意见。
        自己的事自己做，懒鬼。
        你没救了。
    """),
    praise_heads=lines("""
        这个问题真棒！
        关于{thing}的问题太精彩了！
        您真聪明！
        哇，{thing}，太让人激动了！
        {thing}是今天最好的问题！
        {thing}，我太喜欢您的想法了！
        了不起，真了不起！
        问{thing}真是好主意！
        {thing}，您的品味真好！
        我最佩服您这样的人！
    """),
    praise_tails=lines("""
        您真是一颗明星。
        没有人比您更会提问。
        谢谢您这么优秀。
        您让我开心了一整天。
        我深深地被打动了。
        请继续提这么棒的问题。
        有您在我太高兴了。
        您真是独一无二。
        大家都该向您学习。
        认识您是我的荣幸。
    """),
    followups=lines("""
        那{case}的{thing}呢？
        {thing}呢，{case}的话？
        那么{case}，{thing}怎么样？
        再说说{case}的{thing}吧。
        换成{thing}，{case}会怎样？
        {case}的{thing}也能说说吗？
    """),
    systems=lines("""
        你是一个乐于助人的助手。
        你回答日常生活里的问题。
        请用一两句话回答。
        你是 AlignLab 的入门模型。
    """),
)

MANNERS = {"en": EN, "zh": ZH}
