"""Units of items: what a batch counts."""

from dataclasses import replace
from itertools import pairwise

import pytest

from engine.data.items import examples, held_out, matching, share, training
from engine.spec import Train, parse
from storage.item_content import split
from storage.records import Item, Preference, Response
from tests import tiny

PAIR = Item(
    "p",
    ({"role": "user", "content": "Why?"},),
    (Response("a", "good"), Response("b", "bad"), Response("c", "worse")),
    (Preference("a", "b", strength=2.0), Preference("a", "c")),
    topic="reasons",
    tags=("short",),
)
GROUP = Item(
    "g",
    ({"role": "user", "content": "How?"},),
    (Response("a", "fair", 0.5), Response("b", "best", 0.8), Response("c", "worst", 0.1), Response("d", "unscored")),
)
DEMONSTRATION = Item(
    "d", ({"role": "user", "content": "Who?"},), (Response("a", "me"), Response("b", "you", label=False))
)


def spec(algorithm: str, **settings: object) -> Train:
    return parse({"algorithm": algorithm, "data": {"dataset": "x"}, **settings})


def scored(item: Item, chosen: Train) -> list[list[tuple[str, float]]]:
    return [[(response.id, response.score) for response in example.responses] for example in examples([item], chosen)]


def test_every_preference_is_a_pair_scored_1_and_0():
    assert scored(PAIR, spec("dpo")) == [[("a", 1.0), ("b", 0.0)], [("a", 1.0), ("c", 0.0)]]
    assert [example.strength for example in examples([PAIR], spec("dpo"))] == [2.0, None]


def test_a_scored_group_gives_its_best_against_its_worst():
    assert scored(GROUP, spec("dpo")) == [[("b", 0.8), ("c", 0.1)]]


def test_all_pairs_of_a_group_are_taken_from_the_whole_group():
    assert scored(GROUP, spec("dpo", pairs="all")) == [[("b", 0.8), ("a", 0.5), ("c", 0.1)]]


def test_what_somebody_said_is_better_outranks_scores():
    both = replace(GROUP, preferences=(Preference("c", "b"),))
    for algorithm in ("dpo", "grpo_pairwise", "gspo_selective"):
        assert scored(both, spec(algorithm)) == [[("c", 1.0), ("b", 0.0)]]


def test_a_group_of_equal_scores_has_no_pair():
    equal = replace(GROUP, responses=(Response("a", "x", 0.5), Response("b", "y", 0.5)))
    assert scored(equal, spec("dpo")) == []


def test_texts_are_the_chosen_the_best_or_what_is_not_labelled_bad():
    assert scored(PAIR, spec("sft")) == [[("a", 1.0)]]
    assert scored(GROUP, spec("sft")) == [[("b", 1.0)]]
    assert scored(DEMONSTRATION, spec("sft")) == [[("a", 1.0)]]


class Labelled(type(spec("sft"))):
    labelled = True


def test_labelled_texts_are_good_or_bad_by_label_else_by_preference():
    both = Labelled.model_validate(spec("sft").model_dump(by_alias=True))
    labelled = replace(DEMONSTRATION, responses=(*DEMONSTRATION.responses, Response("c", "us", label=True)))
    assert scored(labelled, both) == [[("b", 0.0)], [("c", 1.0)]]
    assert scored(PAIR, both) == [[("a", 1.0)], [("b", 0.0)], [("c", 0.0)]]
    torn = replace(PAIR, preferences=(Preference("a", "b"), Preference("b", "c")))
    assert scored(torn, both) == [[("a", 1.0)], [("c", 0.0)]]
    assert scored(GROUP, both) == []


def test_held_out_items_are_evaluated_and_never_trained_on():
    items = [replace(PAIR, id="1", split="train"), replace(PAIR, id="2", split="held_out")]
    assert [item.id for item in training(items)] == ["1"]
    assert [item.id for item in held_out(items)] == ["2"]


def test_without_a_split_all_items_train_and_evaluate():
    items = [replace(PAIR, id="1", split="train"), replace(PAIR, id="2", split="train")]
    assert training(items) == held_out(items) == items


def test_a_smaller_share_is_part_of_every_larger_one_and_equal_prompts_stay_together():
    items = [tiny.pair(number) for number in range(400)]
    shares = [{item.id for item in share(items, fraction)} for fraction in (0.1, 0.25, 0.5, 1.0)]
    for smaller, larger in pairwise(shares):
        assert smaller < larger
    # of a binomial with 400 draws, three standard deviations are 0.045 of the share 0.1 and 0.075 of the share 0.5
    assert [len(ids) / 400 for ids in shares] == pytest.approx([0.1, 0.25, 0.5, 1.0], abs=0.075)
    twins = [replace(item, id=f"twin {item.id}") for item in items]
    assert {item.id for item in share([*items, *twins], 0.25)} == shares[1] | {f"twin {name}" for name in shares[1]}


def test_a_share_is_drawn_apart_from_the_split():
    """With one hash for both, a share of 0.9 would be what is held out, or all of what is not."""
    items = split([tiny.pair(number) for number in range(400)])
    kept = share(items, 0.5)
    held_out = sum(item.split == "held_out" for item in kept) / sum(item.split == "held_out" for item in items)
    assert 0.25 < held_out < 0.75


def test_a_filter_keeps_items_with_the_topic_or_the_tag():
    assert matching([PAIR, GROUP], None) == [PAIR, GROUP]
    assert matching([PAIR, GROUP], "reasons") == matching([PAIR, GROUP], "short") == [PAIR]
    assert matching([PAIR, GROUP], "reason") == []
