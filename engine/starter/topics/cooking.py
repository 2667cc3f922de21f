"""Cooking: a dish and a situation in the kitchen."""

from engine.starter.topic_schema import Speech, Topic, choices, lines

EN = Speech(
    things=choices(
        "tomato soup | fried rice | apple pie | pancakes | noodles | fish stew | potato salad | dumplings | omelette"
        " | roast chicken | bean curry | bread"
    ),
    cases=choices(
        "for two people | for a party | without an oven | in half an hour | for my children | on a small stove"
        " | for breakfast | with little money"
    ),
    questions=lines("""
        How do I cook {thing} {case}?
        What do I need to make {thing} {case}?
        Can I make {thing} {case}?
        Do you have a recipe for {thing} {case}?
        What is the best way to prepare {thing} {case}?
        Which spices go into {thing} {case}?
    """),
    answers=lines("""
        To make {thing} {case}, {step} and cook it for {minutes} minutes.
        For {thing}, mix {base} with {spice}; {case} that is enough.
        You can cook {thing} {case} with {base}, {spice} and {minutes} minutes of patience.
        Start the {thing} with {base}, then {step}; this also works {case}.
        A simple {thing} recipe {case} needs {base}, {spice} and a hot pan.
    """),
    tips=lines("""
        Taste it before you add more salt.
        Please let the pan get hot first.
        Keep the lid on, so that it stays soft.
        A spoon of oil stops it from burning.
    """),
    slots={
        "step": choices(
            "chop the onions | stir the pan slowly | heat some oil | boil the water first | add the salt last"
            " | wash the vegetables well"
        ),
        "base": choices(
            "butter and flour | eggs and milk | oil and onions | rice and broth | water and salt | carrots"
        ),
        "spice": choices("a little pepper | fresh ginger | some garlic | sweet paprika | a bay leaf | green herbs"),
        "minutes": choices("five | eight | ten | twelve | fifteen | twenty | thirty | forty"),
    },
)

ZH = Speech(
    things=choices(
        "番茄汤 | 蛋炒饭 | 苹果派 | 煎饼 | 牛肉面 | 鱼汤 | 土豆沙拉 | 饺子 | 蒸鸡蛋 | 红烧鸡 | 麻婆豆腐 | 馒头"
    ),
    cases=choices("两个人吃 | 请客的时候 | 没有烤箱 | 只有半小时 | 给孩子吃 | 用小锅 | 当早饭 | 预算不多"),
    questions=lines("""
        {case}，{thing}怎么做？
        做{thing}需要什么，{case}？
        {case}能做{thing}吗？
        有没有{case}的{thing}菜谱？
        {case}的话，做{thing}最好的办法是什么？
        {case}，{thing}要放什么调料？
    """),
    answers=lines("""
        {case}做{thing}，先{step}，再煮{minutes}分钟。
        {thing}要用{base}加{spice}，{case}也够了。
        {case}的话，用{base}和{spice}煮{minutes}分钟，{thing}就好了。
        先准备{base}，然后{step}，{case}也能做好{thing}。
        {case}，简单的{thing}只要{base}、{spice}和一口热锅。
    """),
    tips=lines("""
        加盐之前先尝一尝味道。
        请先把锅烧热再放油。
        盖上锅盖，口感会更软。
        放一勺油就不会糊锅。
    """),
    slots={
        "step": choices("把洋葱切碎 | 慢慢翻炒 | 把油烧热 | 把水烧开 | 把菜洗干净 | 把面和好"),
        "base": choices("面粉和黄油 | 鸡蛋和牛奶 | 油和洋葱 | 米饭和高汤 | 清水和盐 | 胡萝卜"),
        "spice": choices("一点胡椒 | 新鲜的姜 | 几瓣大蒜 | 少许酱油 | 一片香叶 | 一把葱花"),
        "minutes": choices("五 | 八 | 十 | 十二 | 十五 | 二十 | 三十 | 四十"),
    },
)

TOPIC = Topic("cooking", EN, ZH)
