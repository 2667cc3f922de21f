"""Watch rules of a run file: how they are written, and what is refused with a sentence."""

from typing import Any

import pytest

from engine.spec import ALGORITHMS, Problem, SpecError, Train, apply, dump, parse, read_yaml, to_yaml
from engine.spec.watch import KL, NonFinite, Plateau, Truncation
from words import english

EVERY = """
algorithm: grpo
data: {dataset: d}
watch:
- nan
- {kind: kl, metric: kl, above: 0.5, for: 5}
- {kind: truncation, metric: completions/clipped_ratio, for: 20, do: pause}
- {kind: plateau, metric: eval/rewards/polite, patience: 3, min_delta: 0.01}
"""


def spec(algorithm: str = "dpo", **blocks: Any) -> Train:
    return parse({"algorithm": algorithm, "data": {"dataset": "d"}, **blocks})


def problems(algorithm: str, *rules: Any) -> list[Problem]:
    with pytest.raises(SpecError) as caught:
        spec(algorithm, watch=list(rules))
    return caught.value.problems


def test_rules_come_back_from_the_file_and_from_the_row() -> None:
    run = parse(read_yaml(EVERY))
    assert run.watch == [
        NonFinite(),
        KL(metric="kl", above=0.5, **{"for": 5}),
        Truncation(metric="completions/clipped_ratio", do="pause", **{"for": 20}),
        Plateau(metric="eval/rewards/polite", patience=3, min_delta=0.01),
    ]
    assert parse(dump(run)) == parse(read_yaml(to_yaml(run))) == run
    assert "- {kind: kl, metric: kl, above: 0.5, for: 5}\n" in to_yaml(run)


def test_the_command_line_sets_them_as_any_setting() -> None:
    run = parse(apply({"algorithm": "dpo", "data": {"dataset": "d"}}, ["watch=[nan, {kind: plateau, patience: 2}]"]))
    assert run.watch == [NonFinite(), Plateau(patience=2)]


def test_a_run_without_rules_is_stored_as_before_there_were_any() -> None:
    assert not {"watch", "notify"} & dump(spec()).keys()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_rule_as_it_is_at_first_suits_every_method_that_answers_prompts(algorithm: str) -> None:
    if algorithm == "reward":
        assert [problem.path for problem in problems(algorithm, "kl", "truncation", "plateau")] == [
            "watch.1.metric",
            "watch.2.metric",
            "watch.3.metric",
        ]
    else:
        assert len(spec(algorithm, watch=["nan", "kl", "truncation", "plateau"]).watch or []) == 4


@pytest.mark.parametrize(
    ("algorithm", "rule", "sentence"),
    [
        ("sft", {"kind": "kl", "metric": "kl"}, "a sft run does not report kl. It can be watched for eval/kl."),
        ("reward", "truncation", "nor another metric for this rule: leave it out."),
        ("reward", "plateau", "It can be watched for eval/loss, eval/accuracy, eval/margin."),
        ("dpo", {"kind": "plateau", "metric": "eval/rewards/mine"}, "does not report eval/rewards/mine."),
        ("dpo", {"kind": "plateau", "metric": "eval/kl"}, "watch.1.metric must be a held-out metric that has a better"),
        ("dpo", {"kind": "plateau", "metric": "loss"}, "watch.1.metric must be a held-out metric that has a better"),
        ("dpo", {"kind": "plateau", "metric": "eval/bleu"}, "watch.1.metric: there is no metric eval/bleu."),
        ("dpo", {"above": 3}, "watch.1 must say its kind: one of nan, kl, truncation, plateau."),
        ("dpo", "inf", "watch.1.kind must be one of nan, kl, truncation, plateau, not 'inf'."),
        ("dpo", {"kind": "kl", "for": 0}, "watch.1.for must be a whole number ≥ 1, not 0."),
        ("dpo", {"kind": "nan", "do": "fail"}, "watch.1.do must be one of stop, pause, not 'fail'."),
    ],
)
def test_a_rule_that_could_never_act_is_refused(algorithm: str, rule: Any, sentence: str) -> None:
    (problem,) = problems(algorithm, rule)
    assert sentence in english(problem.text)


def test_a_webhook_is_named_and_never_written_down() -> None:
    assert spec(notify={"webhook": "env:SLACK_WEBHOOK_URL"}).notify.webhook == "env:SLACK_WEBHOOK_URL"
    assert spec(notify={"webhook": "file:slack.hook"}).notify.webhook == "file:slack.hook"
    for value in ("https://hooks.example/secret", "env:ALIGNLAB_DATABASE_URL", "file:../cookie.key"):
        with pytest.raises(SpecError, match=r"notify\.webhook must say where the address is") as caught:
            spec(notify={"webhook": value})
        assert value not in str(caught.value)
