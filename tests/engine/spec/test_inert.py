"""Which settings change nothing beside which others, and that only those somebody set are warned of."""

from typing import Any

import pytest

from engine.spec import ALGORITHMS, Setting, inert, parse, set_in_vain, settings
from words import english

SAMPLED = ["sampling.group_size", "sampling.epochs", "sampling.minibatches", "sampling.temperature", "sampling.top_p"]
OFTEN = {"epochs": 2}
JUDGE = {"kind": "judge", "url": "http://localhost:1/v1", "model": "m", "template": "{prompt} {answer}"}
ONE_WORD = {"kind": "keyword", "words": ["thanks"]}


def warm_up(share: float) -> dict[str, Any]:
    return {"optimizer": {"warmup_ratio": share}}


def run(algorithm: str, **changes: Any) -> Any:
    return parse({"algorithm": algorithm, "data": {"dataset": "any"}, **changes})


@pytest.mark.parametrize(
    ("algorithm", "changes", "kind", "paths"),
    [
        ("sft", {}, None, SAMPLED),
        ("sft", {"evaluation": {"dataset": "other"}}, None, SAMPLED),
        ("grpo", {}, None, ["epsilon", "epsilon_high"]),
        ("grpo", {"sampling": OFTEN}, None, []),
        ("rloo", {}, "prompts", ["epsilon", "epsilon_high"]),
        ("gspo", {}, None, ["ratio"]),
        ("gspo", {"sampling": {"minibatches": 1}}, None, ["epsilon", "epsilon_high", "ratio"]),
        ("ppo", {}, None, ["epsilon", "value_epsilon", "kl_horizon"]),
        ("ppo", {"kl_target": 5, "sampling": OFTEN}, None, []),
        ("ppo", {"kl_target": 5, "kl_coefficient": 0, "sampling": OFTEN}, None, ["kl_target", "kl_horizon"]),
        ("ppo", {"kl_target": 5, "value_coefficient": 0, "sampling": OFTEN}, None, ["value_epsilon", "value_rate"]),
        ("dpo", {}, None, [*SAMPLED, "label_smoothing"]),
        ("dpo", {"variant": "robust"}, "pairs", [*SAMPLED, "pairs"]),
        ("dpo", {"variant": "robust"}, "groups", SAMPLED),
        ("dpo", {"variant": "robust", "data": {"dataset": "any", "source": "sampled"}}, "pairs", []),
        (
            "dpo",
            {
                "variant": "robust",
                "data": {"dataset": "any", "source": "sampled"},
                "sampling": {"group_size": 2},
            },
            "prompts",
            ["pairs"],
        ),
        ("gspo_selective", {}, "pairs", [*SAMPLED, "tau"]),
        ("gspo_selective", {"tau": 1.0}, "pairs", SAMPLED),
        ("gspo_selective", {"reward": [{"kind": "polite"}]}, "pairs", SAMPLED),
        ("kto", {"budget": {"steps": 4}, **warm_up(0.1)}, None, [*SAMPLED, "optimizer.warmup_ratio"]),
        ("kto", {"budget": {"steps": 5}, **warm_up(0.1)}, None, SAMPLED),
        ("kto", {"budget": {"steps": 4}, **warm_up(0.0)}, None, SAMPLED),
        ("kto", {"evaluation": {"reward": [ONE_WORD]}}, None, [*SAMPLED, "evaluation.reward.1.match"]),
        ("gspo", {"reward": [{"kind": "polite"}, JUDGE]}, None, ["ratio", "reward.2.rubric"]),
        ("gspo", {"reward": [{**JUDGE, "template": "{rubric} {prompt} {answer}"}]}, None, ["ratio"]),
    ],
)  # fmt: skip
def test_what_changes_nothing(algorithm: str, changes: dict[str, Any], kind: str | None, paths: list[str]) -> None:
    always = [] if "dataset" in changes.get("evaluation", {}) else ["evaluation.version"]
    assert sorted(inert(run(algorithm, **changes), kind)) == sorted([*paths, *always])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_path_is_one_of_a_setting_and_defaults_are_not_warned_of(algorithm: str) -> None:
    declared: list[Setting] = [*settings(ALGORITHMS[algorithm])]
    assert set(inert(run(algorithm), "pairs")) <= {setting.path for setting in declared}
    assert list(set_in_vain(run(algorithm), "pairs")) == []


def test_what_was_set_in_vain_is_told_with_its_reason() -> None:
    spec = run("grpo", epsilon=0.3, reward=[{"kind": "polite"}, {**ONE_WORD, "match": "all"}])
    sentences = {problem.path: english(problem.text) for problem in set_in_vain(spec)}
    assert list(sentences) == ["reward.2.match", "epsilon"]
    assert sentences["epsilon"].startswith("epsilon changes nothing here. With 1 epoch and 1 minibatch")
