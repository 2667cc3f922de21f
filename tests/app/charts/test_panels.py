"""Which panels stand where: all of it follows from the declarations of the metrics."""

from dataclasses import replace

from app.charts import panels
from app.charts.line_styles import line_styles
from engine.spec import key_metrics, metric
from tests.app.compare.test_compare import run

SPEED, OWN = "tokens_per_second", "my/own"


def keys(shown: list[panels.Panel]) -> list[str]:
    return [panel.traces[0].key for panel in shown]


def test_a_run_shows_what_it_learns_with_ranked_metrics_first_then_how_it_trains_and_the_system() -> None:
    (_, learning), (title, machine), (last, system) = panels.sections(run("a"), [])
    assert keys(learning)[:2] == list(key_metrics.RANKED[:2])
    assert (title, last) == ("Optimizer and data", "System")
    assert keys(machine)[0] == "learning_rate"
    assert SPEED in keys(system)
    charted = {trace.key for panel in [*learning, *machine, *system] for trace in panel.traces}
    assert key_metrics.TRAINED_SAMPLES not in charted, "it is an axis"


def test_what_no_declaration_explains_keeps_its_name_under_other() -> None:
    """TRL logs margins of held-out pairs under a name that begins as that of a part of the reward does."""
    margins = "eval/rewards/margins"
    shown = dict(panels.sections(replace(run("a"), spec={}, origin="imported"), [OWN, margins]))
    assert keys(shown["Other"]) == [OWN, margins]
    assert [panel.title for panel in shown["Other"]] == [OWN, margins]
    assert margins not in keys(shown[""])


def test_compared_runs_show_the_headline_wide_and_what_it_cost_beside_it() -> None:
    pair = [run("a"), run("b", "grpo")]
    shown = dict(panels.compared(pair, {"a": [OWN], "b": []}, line_styles(pair)))
    headline, frontier = shown[""][:2]
    assert (headline.traces[0].key, headline.wide) == (key_metrics.HEADLINE, True)
    assert frontier.across is not None
    assert (frontier.traces[0].key, frontier.across.key) == (key_metrics.HEADLINE, key_metrics.HELD_OUT_KL)
    assert [panel.wide for panel in shown[""][1:]] == [False] * (len(shown[""]) - 1)
    assert OWN in keys(shown["Of one run only"])
    assert key_metrics.LOSS in keys(shown["In training"])
    assert SPEED in keys(shown["System"])


def test_the_only_part_of_a_reward_has_no_panel_and_two_parts_have() -> None:
    part = key_metrics.HELD_OUT_REWARD_PART.format(component="length")
    one, two = [{"kind": "length"}], [{"kind": "length"}, {"kind": "keyword", "words": ["tea"]}]
    for parts, present in ((one, False), (two, True)):
        learning = panels.sections(run("a", "grpo", reward=parts), [])[0][1]
        assert (part in [trace.key for panel in learning for trace in panel.traces]) is present


def test_points_are_marked_on_the_curves_of_evaluations_alone() -> None:
    pair = [run("a"), run("b", "grpo")]
    shown = [*panels.sections(pair[0], []), *panels.compared(pair, {"a": [], "b": []}, line_styles(pair))]
    traces = [trace for _title, members in shown for panel in members for trace in panel.traces if not trace.interval]
    for trace in traces:
        assert trace.marked == (metric(trace.key).section == "held_out"), trace.key
    assert {trace.marked for trace in traces} == {True, False}


def test_the_rewards_of_a_rollout_are_bands_under_one_line() -> None:
    parts = [f"reward/{part}" for part in ("min", "p05", "p25", "p50", "p75", "p95", "max")]
    learning = panels.sections(run("a", "grpo"), parts)[0][1]
    (spread,) = [panel for panel in learning if parts[0] in [trace.key for trace in panel.traces]]
    drawn = [(trace.key.removeprefix("reward/"), trace.band) for trace in spread.traces]
    assert drawn == [
        ("min", "lower"),
        ("max", "upper"),
        ("p05", "lower"),
        ("p95", "upper"),
        ("p25", "lower"),
        ("p75", "upper"),
        ("p50", ""),
    ]


def test_curves_whose_units_differ_stand_in_charts_of_their_own() -> None:
    shown = panels.sections(run("a", "grpo"), [])
    for panel in (panel for _title, members in shown for panel in members):
        assert len({metric(trace.key).unit for trace in panel.traces if not trace.interval}) == 1, panel.title


def test_evaluations_have_their_interval_as_a_band_around_their_curve() -> None:
    learning = panels.sections(run("a"), [])[0][1]
    headline = learning[0].traces
    assert [(trace.key, trace.band, trace.interval) for trace in headline] == [
        (key_metrics.HEADLINE, "", False),
        (f"{key_metrics.HEADLINE}:low", "lower", True),
        (f"{key_metrics.HEADLINE}:high", "upper", True),
    ]
    (loss,) = [panel for panel in learning if panel.traces[0].key == key_metrics.LOSS]
    assert not any(trace.interval for trace in loss.traces), "nothing says how sure a training loss is"


def test_figures_of_the_end_evaluation_are_no_curves() -> None:
    shown = panels.sections(run("a"), [key_metrics.FINAL_REWARD])
    assert key_metrics.FINAL_REWARD not in [trace.key for _, part in shown for panel in part for trace in panel.traces]
