"""Cooking: a dish, with what goes into it, and a situation, with what follows from it."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        dish | base | step | minutes | spice
        tomato soup | ripe tomatoes and an onion | blend it until it is smooth | twenty | basil
        fried rice | cold rice and two eggs | stir it over a high flame | ten | soy sauce
        apple pie | apples and sweet dough | fold the edges over | forty | cinnamon
        pancakes | flour and milk | turn them once | five | vanilla
        noodles | flour and water | cut the dough into strips | eight | black pepper
        fish stew | white fish and potatoes | add the fish last | thirty | dill
        potato salad | boiled potatoes and cucumber | let it cool | twenty-five | mustard
        dumplings | thin dough and cabbage | pinch the edges shut | twelve | ginger
        scrambled eggs | three eggs and butter | stir them gently | four | chives
        roast chicken | a whole chicken and lemons | pour the juice over it | fifty | thyme
        bean curry | red beans and coconut milk | simmer it slowly | thirty-five | cumin
        bread | flour and yeast | let the dough rise | forty-five | sea salt
    """),
    case_facts=table("""
        situation | hint
        for two people | take half of everything
        for a party | make a double amount
        without an oven | use a heavy pan with a lid
        on a weekday | do the cutting the evening before
        for my children | keep it mild
        on a small stove | cook it in two rounds
        for breakfast | start the night before
        with little money | buy what is in season
    """),
    joint_facts={},
    questions=patterns("""
        steps: How do I cook {thing} {case}?
        steps: Do you have a recipe for {thing} {case}?
        needs: What do I need to make {thing} {case}?
        needs: What goes into {thing} {case}?
        spice: Which spices go into {thing} {case}?
        spice: How should I season {thing} {case}?
        steps: What is the best way to prepare {thing} {case}?
        needs: What should I buy to cook {thing} {case}?
        spice: What gives {thing} a good taste {case}?
    """),
    answers=patterns("""
        steps: To make {thing} {case}, take {base}, then {step}.
        steps: Cook the {thing} for {minutes} minutes and {step}; {case}, {hint}.
        steps: For {thing} {case}, start with {base}, {step} and wait {minutes} minutes.
        steps: {thing} {case}: take {base}, {step}, and give it {minutes} minutes.
        needs: You need {base} and some {spice} for {thing} {case}.
        needs: Buy {base} and some {spice} to make {thing} {case}.
        needs: To cook {thing} {case}, get {base}, and {hint}.
        needs: For {thing} {case}, have {base} and a little {spice} ready.
        spice: Season the {thing} with {spice}; {case}, {hint}.
        spice: The right spice for {thing} {case} is {spice}, added at the end.
        spice: Put a little {spice} into the {thing} {case}, and {step}.
        spice: {thing} {case} tastes best with {spice}.
    """),
    tips=lines("""
        Taste it before you add more salt.
        Please let the pan get hot first.
        A sharp knife saves time.
        A spoon of oil stops it from burning.
        Wash your hands before you begin.
    """),
)

ZH = Speech(
    thing_facts=table("""
        菜 | base | step | minutes | spice
        番茄汤 | 熟番茄和洋葱 | 把汤搅匀 | 二十 | 罗勒
        蛋炒饭 | 冷米饭和鸡蛋 | 大火快炒 | 十 | 酱油
        苹果派 | 苹果和甜面团 | 把边折起来 | 四十 | 肉桂粉
        煎饼 | 面粉和牛奶 | 翻一次面 | 五 | 葱花
        牛肉面 | 牛肉和面条 | 把汤烧开 | 三十五 | 香菜
        鱼汤 | 鲜鱼和豆腐 | 最后放鱼 | 三十 | 姜片
        土豆沙拉 | 煮熟的土豆和黄瓜 | 放凉再拌 | 二十五 | 芥末
        饺子 | 饺子皮和白菜 | 把边捏紧 | 十二 | 姜末
        蒸鸡蛋 | 三个鸡蛋和温水 | 盖好锅盖 | 八 | 香油
        红烧鸡 | 鸡块和冰糖 | 小火慢炖 | 五十 | 八角
        麻婆豆腐 | 嫩豆腐和肉末 | 轻轻翻动 | 十五 | 花椒
        馒头 | 面粉和酵母 | 等面发好 | 四十五 | 一点白糖
    """),
    case_facts=table("""
        情况 | hint
        两个人吃 | 材料减半就行
        请客的时候 | 分量加一倍
        没有烤箱 | 用带盖的厚锅
        平时下班后 | 前一晚先切好
        给孩子吃 | 味道要清淡
        用小锅 | 分两次做
        当早饭 | 前一晚就准备
        预算不多 | 买当季的材料
    """),
    joint_facts={},
    questions=patterns("""
        steps: {case}，{thing}怎么做？
        steps: 有没有{thing}的菜谱，{case}？
        needs: 做{thing}需要什么，{case}？
        needs: {case}，{thing}里要放什么材料？
        spice: {case}，{thing}要放什么调料？
        spice: {case}，{thing}怎么调味？
        steps: {case}的话，做{thing}最好的办法是什么？
        needs: {case}，做{thing}要买什么？
        spice: {case}，{thing}放什么才香？
    """),
    answers=patterns("""
        steps: {case}做{thing}，先准备{base}，再{step}。
        steps: {thing}要做{minutes}分钟，记得{step}，{case}的话{hint}。
        steps: {case}，用{base}做{thing}，{step}，等{minutes}分钟就好。
        steps: {case}的{thing}：备好{base}，{step}，做{minutes}分钟。
        needs: {case}做{thing}，需要{base}，还有{spice}。
        needs: {thing}里放{base}，再加{spice}，{case}也一样。
        needs: {case}，做{thing}要买{base}，{hint}。
        needs: {case}的{thing}要用{base}，加一点{spice}。
        spice: {thing}用{spice}调味，{case}的话{hint}。
        spice: {case}，{thing}最后放{spice}最香。
        spice: {case}做{thing}，调料用{spice}，再{step}。
        spice: {case}，{spice}最配{thing}。
    """),
    tips=lines("""
        加盐之前先尝一尝味道。
        请先把锅烧热。
        刀快一点更省时间。
        放一勺油就不会糊锅。
        做饭前先洗手。
    """),
)

TOPIC = Topic("cooking", EN, ZH)
