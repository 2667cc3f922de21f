"""Pets: an animal, with its food and its room, and a situation, with the care that it takes."""

from engine.starter.topic_schema import Speech, Topic, lines, patterns, table

EN = Speech(
    thing_facts=table("""
        animal | food | room | sign
        my dog | dry food and a bone | a basket by the door | barks at night
        my cat | a little fish | a warm windowsill | hides all day
        my rabbit | hay and carrots | a dry hutch | stops hopping
        my parrot | nuts and fruit | a tall cage | loses feathers
        my goldfish | small flakes | a wide tank | swims on its side
        my hamster | grain and seeds | a box with a wheel | sleeps too long
        my pony | oats and hay | a clean stable | limps
        my turtle | lettuce and snails | a shallow pond | leaves its shell soft
        my puppy | soft meat | a small blanket | will not play
        my kitten | warm milk food | a padded box | cries a lot
        my canary | millet | a bright cage | stops singing
        my mouse | oats and cheese | a nest of paper | grows thin
    """),
    case_facts=table("""
        situation | care
        in summer | keep it in the shade
        in winter | keep it away from the draught
        every day | clean its bowl
        at night | leave a small light on
        during a trip | ask a friend to look after it
        in a small flat | play with it twice a day
        after a long day | give it some quiet time
        when it is ill | keep it warm and still
    """),
    joint_facts={},
    questions=patterns("""
        food: What should I feed {thing} {case}?
        food: Which food is good for {thing} {case}?
        room: How much room does {thing} need {case}?
        room: Where should {thing} stay {case}?
        vet: Should I take {thing} to the vet {case}?
        vet: How do I see {case} that {thing} is not well?
        food: What can {thing} eat {case}?
        room: What is a good place for {thing} {case}?
        vet: When does {thing} need a vet {case}?
    """),
    answers=patterns("""
        food: Give {thing} {food} {case}, and {care}.
        food: {thing} needs {food} {case}.
        food: {case} {thing} can eat {food}; also {care}.
        food: {case}, let {thing} have {food}.
        room: {thing} needs {room} {case}.
        room: A good place for {thing} {case} is {room}, and {care}.
        room: Let {thing} stay in {room} {case}, with {food}.
        room: {case}, {thing} likes {room}, and you should {care}.
        vet: Take {thing} to the vet {case} if it {sign}.
        vet: {thing} is not well {case} if it {sign}; then call the vet.
        vet: A vet should see {thing} {case} when it {sign}; until then, {care}.
        vet: If {thing} {sign} {case}, it needs a vet.
    """),
    tips=lines("""
        Fresh water matters most.
        Please ask the vet if it stops eating.
        Speak to it in a low voice.
        A regular hour for meals helps.
        Too many sweets are bad for it.
    """),
)

ZH = Speech(
    thing_facts=table("""
        动物 | food | room | sign
        小狗 | 狗粮和骨头 | 门边的篮子 | 夜里总叫
        猫咪 | 一点鱼肉 | 暖和的窗台 | 整天躲着
        兔子 | 干草和胡萝卜 | 干燥的木箱 | 不肯跳
        鹦鹉 | 坚果和水果 | 高高的笼子 | 掉羽毛
        金鱼 | 细小的鱼食 | 宽大的鱼缸 | 侧着游
        仓鼠 | 谷物和瓜子 | 带转轮的盒子 | 睡得太久
        小马 | 燕麦和干草 | 干净的马棚 | 走路跛脚
        乌龟 | 生菜和蜗牛 | 浅浅的水池 | 龟壳变软
        金毛犬 | 软软的肉 | 一块小毯子 | 不想玩
        橘猫 | 温热的奶糕 | 铺垫子的纸箱 | 叫个不停
        画眉 | 小米 | 明亮的笼子 | 不再唱歌
        小白鼠 | 燕麦和奶酪 | 纸做的窝 | 越来越瘦
    """),
    case_facts=table("""
        情况 | care
        夏天 | 让它待在阴凉处
        冬天 | 别让它吹冷风
        每天 | 把碗洗干净
        晚上 | 留一盏小灯
        出门旅行时 | 请朋友照看它
        住小房子 | 每天陪它玩两次
        下班以后 | 让它安静一会儿
        生病的时候 | 让它暖和地躺着
    """),
    joint_facts={},
    questions=patterns("""
        food: {case}该喂{thing}吃什么？
        food: {case}给{thing}吃哪种东西好？
        room: {case}{thing}需要多大的地方？
        room: {case}让{thing}待在哪里好？
        vet: {case}要带{thing}去看兽医吗？
        vet: {case}怎么看出{thing}不舒服？
        food: {case}{thing}能吃什么？
        room: {case}给{thing}准备什么样的窝？
        vet: {case}什么时候要给{thing}找兽医？
    """),
    answers=patterns("""
        food: {case}给{thing}喂{food}，还要{care}。
        food: {case}{thing}需要吃{food}。
        food: {thing}{case}可以吃{food}，并且{care}。
        food: {food}很适合{case}的{thing}。
        room: {case}{thing}需要{room}。
        room: {case}适合{thing}的地方是{room}，还要{care}。
        room: {case}让{thing}待在{room}，再放点{food}。
        room: {thing}{case}喜欢{room}，{care}。
        vet: {case}如果{thing}{sign}，就带它去看兽医。
        vet: {thing}{case}{sign}就是不舒服，要找兽医。
        vet: {case}{thing}{sign}的话要看兽医，先{care}。
        vet: {thing}{case}{sign}，就该去看兽医。
    """),
    tips=lines("""
        干净的水最重要。
        如果它不吃东西，请问问兽医。
        跟它说话声音要轻。
        按时喂食对它好。
        零食不要给太多。
    """),
)

TOPIC = Topic("pets", EN, ZH)
