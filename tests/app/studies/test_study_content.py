"""The form of a study as a file: what the fields hold, over what the form has no field for."""

from dataclasses import replace
from typing import Any

from app.studies import study_content
from engine.spec import STUDIES, parse_study

FILE: dict[str, Any] = {
    "name": "long",
    "base": {
        "model": {"name": "starter"},
        "data": {"dataset": "pairs", "version": "4c1e9b20aa"},
        "reward": [{"kind": "length", "shortest": 2, "longest": 9}],
        "evaluation": {"prompts": 8},
    },
    "algorithms": ["dpo", "grpo"],
    "methods": {"grpo": {"kl_coefficient": 0.1}},
    "vary": {"optimizer.learning_rate": {"from": 1e-5, "to": 1e-3}, "grpo": {"epsilon": [0.1, 0.2]}},
    "search": {"kind": "random", "trials": 5, "seed": 3},
    "seeds": [4, 5],
    "budget": {"seconds": 30},
}


def test_fields_that_nobody_touched_give_the_file_back() -> None:
    for file in (FILE, STUDIES["fair-quartet"]):
        made = study_content.study_file(study_content.content(file), file)
        assert parse_study(made) == parse_study(file)


def test_a_field_changes_its_own_place_alone() -> None:
    fields = replace(study_content.content(FILE), prompts=16, seeds=3, unit="tokens", amount=900)
    made = study_content.study_file(fields, FILE)
    assert made["base"]["evaluation"] == {"prompts": 16}
    assert (made["seeds"], made["budget"]) == ([0, 1, 2], {"tokens": 900})
    same = ("methods", "vary", "search", "name", "algorithms")
    assert {key: made[key] for key in same} == {key: FILE[key] for key in same}


def test_another_dataset_has_another_version() -> None:
    made = study_content.study_file(replace(study_content.content(FILE), dataset="others"), FILE)
    assert made["base"]["data"] == {"dataset": "others"}
    kept = study_content.study_file(study_content.content(FILE), FILE)
    assert kept["base"]["data"] == FILE["base"]["data"]


def test_settings_of_a_method_go_with_it() -> None:
    made = study_content.study_file(replace(study_content.content(FILE), algorithms=("dpo",)), FILE)
    assert "methods" not in made
    assert made["vary"] == {"optimizer.learning_rate": FILE["vary"]["optimizer.learning_rate"]}


def test_a_search_is_changed_or_left_out() -> None:
    fields = study_content.content(FILE)
    assert study_content.study_file(replace(fields, search="tpe", trials=9), FILE)["search"] == {
        "kind": "tpe",
        "trials": 9,
    }
    assert "search" not in study_content.study_file(replace(fields, search="none"), FILE)


def test_shares_of_the_data_are_an_axis() -> None:
    fields = replace(study_content.content(FILE), fractions=(0.25, 1.0))
    made = study_content.study_file(fields, FILE)
    assert made["vary"]["data.fraction"] == [0.25, 1.0]
    assert study_content.content(made).fractions == (0.25, 1.0)
    assert "data.fraction" not in study_content.study_file(replace(fields, fractions=(1.0,)), made)["vary"]


def test_a_study_that_starts_from_a_run_goes_on_to_do_so_until_a_model_is_chosen() -> None:
    file = FILE | {"base": FILE["base"] | {"model": {"from": "run:r0123456789@3"}}}
    fields = study_content.content(file)
    assert study_content.study_file(fields, file)["base"]["model"] == {"from": "run:r0123456789@3"}
    assert study_content.study_file(replace(fields, model="starter"), file)["base"]["model"] == {"name": "starter"}
