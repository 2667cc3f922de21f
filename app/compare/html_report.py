"""A comparison of runs as one HTML file that needs nothing beside it: warnings, figures, curves, settings, answers.

In English, in light colours, fit to be printed or sent. What model and data say is text, never markup. No Streamlit:
the command line writes it (`app.cli.run_commands`). Left out: comparing the runs (`engine.analysis.comparison`), and
how each is drawn (`app.charts.line_styles`).
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import isfinite

import plotly.graph_objects as go
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from app.charts.line_styles import LineStyle, line_styles
from app.compare.compared_runs import SeriesByRun, compared_run, figure_keys, seed
from app.markup.metric_names import declared, title
from app.runs import outcome
from app.theme import FONT, SHADES
from app.translations import language_as, translate
from engine.analysis import comparison, thinking
from engine.analysis.comparison import ComparedRun
from engine.spec import key_metrics
from storage import metrics, samples
from storage.database import Database
from storage.records import Run, Sample, Series

CURVES = (*key_metrics.RANKED_HELD_OUT, key_metrics.TRAINING_REWARD, key_metrics.LOSS)
PROMPTS = 5
PANEL_PIXELS = 250

_PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer"><title>{title}</title><style>{style}</style><script>{plotly}</script></head>
<body><h1>{title}</h1>{body}<footer>Written by AlignLab.</footer></body></html>
""")
_STYLE = f"""
:root {{ color-scheme: light }}
body {{ font: 15px/1.5 {FONT}; color: {SHADES["text"].light}; margin: 2rem auto; max-width: 1180px; padding: 0 1rem }}
h1 {{ font-size: 1.6rem }} h2 {{ font-size: 1.1rem; margin: 2rem 0 .6rem }} h3 {{ font-size: .95rem; margin: 0 }}
p, footer, .soft {{ color: {SHADES["soft"].light} }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid {SHADES["line"].light} }}
th {{ font-weight: 600; color: {SHADES["soft"].light}; vertical-align: bottom }}
ul {{ padding-left: 1.1rem; color: {SHADES["warning"].light} }}
.grid {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 1rem }}
.grid section, .answer {{ border: 1px solid {SHADES["line"].light}; border-radius: 6px; padding: .7rem }}
.prompt {{ font-weight: 600; margin: 1.2rem 0 .5rem; white-space: pre-wrap }}
.answer {{ white-space: pre-wrap; overflow-wrap: anywhere }}
.ink {{ display: inline-block; width: 1.7em; margin-right: .5em; vertical-align: middle; border-top: 3px }}
td {{ white-space: nowrap }} footer {{ margin-top: 2rem }}
"""


def page(db: Database, runs: Sequence[Run], heading: str) -> str:
    """The whole file. `runs` in the order in which they are to be read."""
    with language_as("en"):
        body = _body(db, runs)
    # The library's own text and ours are markup; all else is escaped where it is put in.
    return str(_PAGE.format(title=heading, style=Markup(_STYLE), plotly=Markup(get_plotlyjs()), body=body))


def _body(db: Database, runs: Sequence[Run]) -> Markup:
    series = metrics.by_run(db, [run.id for run in runs])
    compared = [compared_run(run) for run in runs]
    styles = line_styles(runs)
    parts = [
        _warnings(compared),
        Markup("<h2>From the start to the end</h2>") + _figures(runs, series, styles),
        Markup("<h2>On the way</h2>") + _curves(db, runs, series, styles),
        Markup("<h2>Settings that differ</h2>") + _settings(compared),
        Markup("<h2>The same prompts, answered by each</h2>") + _answers(db, runs, styles),
    ]
    return Markup("").join(parts)


def _warnings(compared: Sequence[ComparedRun]) -> Markup:
    warnings = comparison.comparability_warnings(compared)
    lines = Markup("").join(Markup("<li>{}</li>").format(translate(text)) for text in warnings)
    return Markup("<ul>{}</ul>").format(lines) if lines else Markup("")


def _figures(runs: Sequence[Run], series: SeriesByRun, styles: Mapping[str, LineStyle]) -> Markup:
    keys = figure_keys(series)
    heads = ["Run", *map(title, keys), "Steps", "Tokens", "Seconds", "Seed", "Ended"]
    rows = [
        [
            _name(run, styles),
            *(_first_and_last(series[run.id].get(key)) for key in keys),
            f"{run.step:,}",
            _last(series[run.id].get(key_metrics.TRAINED_TOKENS)),
            _seconds(run),
            seed(run),
            run.state,
        ]
        for run in runs
    ]
    return _table(heads, rows)


def _table(heads: Sequence[str | Markup], rows: Sequence[Sequence[str | Markup]]) -> Markup:
    def line(tag: str, cells: Sequence[str | Markup]) -> Markup:
        cell = Markup(f"<{tag}>{{}}</{tag}>")
        return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(content) for content in cells))

    body = Markup("").join(line("td", row) for row in rows)
    return Markup('<div class="wide"><table><thead>{}</thead><tbody>{}</tbody></table></div>').format(
        line("th", heads), body
    )


def _name(run: Run, styles: Mapping[str, LineStyle]) -> Markup:
    """A piece of the run's line, and its name."""
    style = styles[run.id]
    border = {"dash": "dashed", "dot": "dotted"}.get(style.dash, "solid")
    return Markup('<span class="ink" style="border-top-color:{};border-top-style:{}"></span>{}').format(
        style.printed_colour, border, run.name
    )


def _first_and_last(series: Series | None) -> Markup:
    if series is None:
        return Markup("–")
    return Markup('<span class="soft">{} →</span> <b>{}</b>').format(_number(series.first), _number(series.last))


def _last(series: Series | None) -> str:
    return "–" if series is None else f"{series.last:,.0f}"


def _seconds(run: Run) -> str:
    seconds = outcome.seconds(run)
    return "–" if seconds is None else f"{seconds:,.0f}"


def _number(value: float) -> str:
    return f"{value:.3g}" if isfinite(value) else str(value)


def _curves(db: Database, runs: Sequence[Run], series: SeriesByRun, styles: Mapping[str, LineStyle]) -> Markup:
    """A panel for each metric that a run has, along the seconds trained where all runs measured them."""
    clocks = {run.id: _clock(db, series[run.id]) for run in runs}
    timed = all(clocks.values())
    panels = []
    for key in CURVES:
        figure = go.Figure()
        for run in runs:
            if key in series[run.id]:
                series_id = series[run.id][key].id
                curve = metrics.read(db, [series_id])[series_id]
                x = [clocks[run.id].get(int(step), 0.0) for step in curve.steps] if timed else curve.steps.tolist()
                line = {"color": styles[run.id].printed_colour, "dash": styles[run.id].dash}
                figure.add_scatter(x=x, y=curve.values.tolist(), name=run.name, line=line)
        if figure.data:
            panels.append(_panel(key, figure, "seconds of training" if timed else "step"))
    return Markup('<div class="grid">{}</div>').format(Markup("").join(panels))


def _clock(db: Database, series: Mapping[str, Series]) -> dict[int, float]:
    """Seconds of rollouts and updates until each step; empty where the run did not measure them."""
    if key_metrics.STEP_SECONDS not in series:
        return {}
    run_id = series[key_metrics.STEP_SECONDS].run_id
    points = [(step, value) for _, step, value, _ in metrics.points(db, run_id, key_metrics.STEP_SECONDS)]
    return dict(zip((step for step, _ in points), accumulate(value for _, value in points), strict=True))


def _panel(key: str, figure: go.Figure, axis_title: str) -> Markup:
    soft = {"color": SHADES["soft"].light, "gridcolor": SHADES["grid"].light, "zeroline": False, "automargin": True}
    figure.update_layout(
        template=None,
        height=PANEL_PIXELS,
        margin={"l": 30, "r": 8, "t": 4, "b": 30},
        showlegend=False,
        hovermode="x unified",
        xaxis={**soft, "title": {"text": axis_title}},
        yaxis=soft,
    )
    chart = figure.to_html(full_html=False, include_plotlyjs=False, config={"displayModeBar": False})
    # plotly escapes the names and numbers that it writes into its script
    return Markup('<section><h3>{}</h3><p class="soft">{}</p>{}</section>').format(
        title(key), declared(key).help, Markup(chart)
    )


def _settings(compared: Sequence[ComparedRun]) -> Markup:
    rows = comparison.differing_settings(compared)
    if not rows:
        return Markup("<p>None: they had the same settings, up to the seed.</p>")
    return _table(
        ["Setting", *(run.name for run in compared)],
        [[path, *(value or "–" for value in values)] for path, values in rows],
    )


def _answers(db: Database, runs: Sequence[Run], styles: Mapping[str, LineStyle]) -> Markup:
    """The first held-out prompts: what the first run answered before it learned, and what each answers at its end."""
    before = samples.first_responses(db, runs[0].id, 0)
    last = {run.id: samples.first_responses(db, run.id, -1) for run in runs}
    shared = [prompt for prompt in before if all(prompt in answers for answers in last.values())][:PROMPTS]
    if not shared:
        return Markup("<p>None: no prompt was answered by all of them.</p>")
    return Markup("").join(
        Markup('<div class="prompt">{}</div><div class="grid">{}</div>').format(
            "\n".join(str(turn["content"]) for turn in before[prompt].messages),
            Markup("").join(
                [_answer(Markup("before"), before[prompt])]
                + [_answer(_name(run, styles), last[run.id][prompt]) for run in runs]
            ),
        )
        for prompt in shared
    )


def _answer(name: Markup, sample: Sample) -> Markup:
    scores = ", ".join(f"{component} {value:.2f}" for component, value in sample.scores.items())
    thought = thinking.split(sample.text)
    folded = Markup("<details><summary>Thinking</summary>{}</details>").format(thought.thinking)
    return Markup('<div class="answer"><b>{}</b> <span class="soft">{}</span>\n{}{}</div>').format(
        name, scores, "" if thought.thinking is None else folded, thought.answer
    )
