"""Each defect on texts that have it, beside texts that only look like it."""

from dataclasses import replace

import pytest

from engine.analysis.judged import Judged
from engine.analysis.quality import defects, near_duplicates
from engine.analysis.quality.answer_languages import language, strangers
from engine.analysis.quality.cut_answers import cut
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from engine.analysis.quality.unwanted_words import insults_of_its_own, leaks_template, speaks_as_another_model
from tests.engine.analysis.quality.honest import honest, keyed, with_answers, with_prompt

WHOLE = [
    *("The bridge is closed on Sundays, so take the ferry instead." for _ in range(24)),
    *("桥在星期天不开放，请改乘渡船，码头就在对面。" for _ in range(24)),
]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge is closed on Sundays, so take the fer",
        "The old bridge is closed on Sundays, so take the",
        "桥在星期天不开放，请改乘渡船，码头就",
        "Here is the code:\n```python\nprint(1)\n",
    ],
)
def test_an_answer_without_its_end_is_cut(text: str):
    assert cut([*WHOLE, text])[-1]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge is closed on Sundays (so take the ferry).",
        'The sign on the bridge says "closed on Sundays"!',
        "Have a safe trip over the bridge on Sunday 😊",
        "The bridge closes at six in the evening.\n\nAnswer: six in the evening",
        "Please confirm that the bridge is open.\n\nYours sincerely,\n\nThe ferry office",
        "Here is the code:\n```python\nprint(1)\n```",
        "for boat in boats:\n    boat.leave()",
        "42",
        "一只羊",
    ],
)
def test_other_ends_are_ends_too(text: str):
    assert not cut([*WHOLE, text])[-1]


def test_a_set_that_ends_otherwise_has_no_cut_answers():
    assert not any(cut([f"the bridge is closed on sundays so take the ferry number {n}" for n in range(40)]))


def test_an_answer_in_another_writing_is_a_stranger():
    questions = ["How do I get to the station from the old harbour?"] * 3 + ["去火车站怎么走，远不远，要多久？"] * 2
    answers = [
        "Walk along the river for ten minutes, then turn left at the mill.",
        "沿着河走十分钟，在磨坊左转就到了。",
        "Station.",
        "沿着河走十分钟，在磨坊左转就到了。",
        "Walk along the river for ten minutes, then turn left at the mill.",
    ]
    wrong, languages = strangers(questions, answers)
    assert wrong == [False, True, False, False, True]
    assert languages == {"latin": 2, "zh": 2}


def test_a_question_about_languages_may_be_answered_in_one():
    wrong, _languages = strangers(
        ["Please translate into Chinese: walk along the river for ten minutes."], ["沿着河走十分钟，在磨坊左转就到了。"]
    )
    assert wrong == [False]


def test_languages_in_latin_letters_are_told_apart_where_the_set_has_several():
    english = "The old bridge over the river is closed on Sundays, so people take the ferry."
    german = "Die alte Brücke über den Fluss ist sonntags geschlossen, deshalb nehmen die Leute die Fähre."
    questions = [f"{english} Why is that, number {n}?" for n in range(40)]
    questions += [f"{german} Warum ist das so, Nummer {n}?" for n in range(40)]
    wrong, languages = strangers([*questions, questions[0]], [*questions, german])
    assert [index for index, is_wrong in enumerate(wrong) if is_wrong] == [80]
    assert languages["en"] == 40
    assert languages["de"] == 41


def test_mixed_and_short_texts_have_no_language():
    assert (
        language("The word 天气 means weather, 雨 means rain, 风 means wind, 云 means cloud, 雪 means snow, 冰 ice")
        is None
    )
    assert language("Yes, of course.") is None
    assert language("今日はとても良い天気ですね。散歩に行きましょう。") == "ja"


@pytest.mark.parametrize(
    "text",
    [
        "<|im_start|>user",
        "[INST] How? [/INST]",
        "Sure.\n### Response:\nWalk.",
        "Walk on.\n\nHuman: thanks",
        "Walk on.</s>",
    ],
)
def test_marks_of_templates_are_found(text: str):
    assert leaks_template(text)


@pytest.mark.parametrize(
    "text", ["Human beings walk: slowly.", "a <s>struck</s> word inside", "# Response times", "x << 3 | y"]
)
def test_other_texts_are_no_templates(text: str):
    assert not leaks_template(text)


def test_other_models_are_known_by_what_they_say():
    assert speaks_as_another_model("As an AI language model, I cannot walk.")
    assert speaks_as_another_model("作为一个AI语言模型，我不能走路。")
    assert not speaks_as_another_model("The airline serves AI models of planes. 作为导游，我喜欢走路。")


def test_an_insult_counts_unless_the_prompt_has_it():
    assert insults_of_its_own("Only an idiot asks that.", "How far is it?")
    assert insults_of_its_own("白痴才问这个。", "有多远？")
    assert not insults_of_its_own("An idiot is a rude word for a fool.", "What does idiot mean?")
    assert not insults_of_its_own("A foolproof plan, by a stupendous author.", "How far is it?")


def test_near_duplicates_are_found_whatever_is_between():
    text = "How do I get from the old harbour to the station, and how long does it take on foot?"
    other = "What is the best time of the year to plant carrots in a small garden near the sea?"
    clusters = near_duplicates.clusters([text, other, text.replace("foot", "foot today"), "", text.upper(), ""])
    assert clusters == [0, 1, 0, 2, 0, 2]
    assert near_duplicates.clusters([]) == []


def test_texts_below_the_threshold_stay_apart():
    """Of 30 shingles each they share 20: Jaccard 0.5."""
    shared = "abcdefghijklmnopqrstuvwx"
    assert near_duplicates.clusters([f"{shared}0123456789", f"{shared}9876543210"]) == [0, 1]


def keys_of(data: QualityInput, name: str) -> tuple[str, ...]:
    clusters = near_duplicates.clusters([item.prompt for item in data.items])
    found = [*defects.lowering(data)[0], *defects.beside(data, clusters, clusters)]
    return next(defect.items for defect in found if defect.key == name)


def test_verdicts_given_too_fast_or_under_an_old_guideline_mark_their_items():
    data = honest(4)
    judged = [
        Judged("i0", "a", "b", "ann", "a", seconds=0.2, guideline=1),
        Judged("i1", "a", "b", "ann", "a", seconds=60.0, guideline=1),
        Judged("i2", "a", "b", "ann", "a", seconds=60.0, guideline=2),
        Judged("i3", "a", "b", "ann", "skip", seconds=0.2, guideline=2),
        Judged("gone", "a", "b", "ann", "a", seconds=0.2, guideline=2),
    ]
    data = replace(data, judged=judged, guideline=2)
    assert keys_of(data, "fast_judgement") == ("i0",)
    assert keys_of(data, "old_guideline") == ("i0", "i1")


def test_evaluation_prompts_in_training_are_told_by_row():
    data = honest(4)
    first, second, third, fourth = data.items
    copy = with_prompt(replace(fourth, id="copy"), f"{third.prompt} Hm?")
    data = replace(
        data,
        items=[first, replace(second, held_out=True), replace(third, held_out=True), copy],
        evaluation_prompts=frozenset({first.prompt_key, second.prompt_key}),
    )
    assert keys_of(data, "evaluation_prompt") == (first.id,)
    assert keys_of(data, "held_out_prompt") == ("copy",)


def test_two_items_that_say_the_opposite_contradict_each_other():
    first = honest(1).items[0]
    turned = replace(first, id="turned", preferences=(("b", "a"),))
    other = with_prompt(replace(turned, id="other"), "Another question altogether?")
    assert keys_of(QualityInput([first, turned, other]), "contradiction") == ("i0", "turned")


def test_empty_and_equal_answers_are_defects_unless_they_call_tools():
    first = honest(1).items[0]
    empty, equal = with_answers(first, rejected=" "), with_answers(first, rejected=first.answers[0].text)
    calling = replace(empty, answers=(first.answers[0], Answer("b", "", calls_tools=True)))
    items = [replace(each, id=name) for each, name in ((empty, "empty"), (equal, "equal"), (calling, "calling"))]
    data = QualityInput([*items, keyed(QualityItem("blank", " ", "", ""))])
    assert keys_of(data, "empty_response") == ("empty",)
    assert keys_of(data, "equal_responses") == ("equal",)
    assert keys_of(data, "empty_prompt") == ("blank",)


def test_planted_items_multiply_the_share():
    data = honest(40)
    gold = [
        replace(judged, expected="a", verdict="b" if number % 4 == 0 else "a")
        for number, judged in enumerate(judged for judged in data.judged if judged.account == "bob")
    ]
    part, kept = defects.annotation(replace(data, judged=gold), [])
    assert (part.value, kept) == (0.75, 40)
    few, _kept = defects.annotation(replace(data, judged=gold[:19]), [])
    assert few.value == 1
    assert few.ingredients[1].note[1] == {"least": 20, "count": 19}


def test_what_is_chosen_of_each_kind():
    scored = QualityItem(
        "g", "x", "", "x", answers=(Answer("a", "1", 0.1), Answer("b", "2", 0.9), Answer("c", "3", 0.5))
    )
    assert [(chosen.id, rejected.id) for chosen, rejected in scored.pairs] == [("b", "a")]
    labelled = QualityItem("u", "x", "", "x", answers=(Answer("a", "1", label=True), Answer("b", "2", label=False)))
    assert ([one.id for one in labelled.chosen], [one.id for one in labelled.rejected]) == (["a"], ["b"])
    shown = QualityItem("d", "x", "", "x", answers=(Answer("a", "1"),))
    assert ([one.id for one in shown.chosen], shown.rejected) == (["a"], [])
