"""A comparison of runs as one HTML file that needs nothing beside it, and no script: which is better, what keeps
figures from being compared, figures, curves, settings, relations, answers.

In English, in light colours, fit to be printed or sent. What model and data say is text, never markup. No Streamlit:
the command line writes it (`app.cli.compare_command`). Left out: comparing the runs (`engine.analysis`), the numbers
(`group_figures`), and the drawings (`relation_drawings`, `app.charts.drawings`).
"""

from collections.abc import Sequence

from markupsafe import Markup

from app.charts import axes, drawings
from app.charts.drawings import Curve
from app.charts.line_styles import LineStyle
from app.compare import group_figures, group_points, group_verdicts, group_words, relation_drawings, verdict_tables
from app.compare.compared_groups import Comparison, RunGroup
from app.compare.differing_rows import differing_rows, row_names
from app.compare.group_figures import Figures
from app.compare.group_verdicts import GroupVerdict
from app.markup import sure, texts
from app.markup.metric_names import declared, title
from app.runs import outcome
from app.theme import FONT, SHADES, printed_sheet
from app.translations import _, language_as
from engine.analysis import comparison as analysis
from engine.analysis import thinking
from engine.analysis.group_curves import GroupCurve
from engine.analysis.grouping import Spread
from storage import samples
from storage.database import Database
from storage.records import Sample, Series

PROMPTS = 5
MOST_ANSWERS = 6  # runs whose answers stand side by side: the first of each group

_PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer"><title>{title}</title><style>{style}</style></head>
<body><h1>{title}</h1>{body}<footer>Written by AlignLab.</footer></body></html>
""")
_STYLE = f"""
:root {{ color-scheme: light }}
body {{ font: 15px/1.5 {FONT}; color: {SHADES["text"].light}; margin: 2rem auto; max-width: 1180px; padding: 0 1rem }}
h1 {{ font-size: 1.6rem }} h2 {{ font-size: 1.1rem; margin: 2rem 0 .6rem }} h3 {{ font-size: .95rem; margin: 0 }}
p, footer, .soft {{ color: {SHADES["soft"].light} }} p {{ margin: .3rem 0 }}
.wide {{ overflow-x: auto }} .warnings li {{ color: {SHADES["warning"].light} }}
.al-answer-line {{ color: {SHADES["text"].light}; font-weight: 600 }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin-bottom: 1rem }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid {SHADES["line"].light} }}
th {{ font-weight: 600; color: {SHADES["soft"].light}; vertical-align: bottom }}
ul {{ padding-left: 1.1rem; color: {SHADES["soft"].light} }}
.grid {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 1rem }}
.drawn {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr)); gap: 1rem }}
.drawn section, .answer {{ border: 1px solid {SHADES["line"].light}; border-radius: 6px; padding: .7rem }}
.prompt {{ font-weight: 600; margin: 1.2rem 0 .5rem; white-space: pre-wrap }}
.answer {{ white-space: pre-wrap; overflow-wrap: anywhere }}
.al-looks {{ display: flex; flex-wrap: wrap; gap: .1rem 1.2rem }}
.al-who {{ display: inline-flex; gap: .4rem; align-items: center }}
.al-stroke {{ width: 24px; height: 8px }} .al-stroke path {{ fill: none; stroke-width: 2.2 }}
.al-scroll {{ overflow-x: auto }}
td {{ white-space: nowrap }} footer {{ margin-top: 2rem }}
"""


def page(db: Database, comparison: Comparison, heading: str, along: str = "") -> str:
    """The whole file, with the runs in the order in which they are to be read; `along` is one of `axes.AXES`."""
    with language_as("en"):
        body = _body(db, comparison, along)
    # Our own sheets are markup; all else is escaped where it is put in.
    return str(_PAGE.format(title=heading, style=Markup(_STYLE + printed_sheet()), body=body))


def heading(comparison: Comparison) -> str:
    """What a file is called whose writer says nothing else."""
    return f"{len(comparison.runs)} runs compared"


def _body(db: Database, comparison: Comparison, along: str) -> Markup:
    figures = group_figures.final_figures(db, comparison)
    judged = group_verdicts.of_comparison(db, comparison, detailed=True)
    parts = [
        verdict_tables.lines(judged) if judged else Markup(""),
        _warnings(comparison),
        _verdict(judged),
        _section("From the start to the end", _figures(comparison, figures)),
        _section("On the way", _curves(db, comparison, figures, along)),
        _section("Settings that differ", _settings(comparison)),
        _relations(db, comparison, figures),
        _section("The same prompts, answered by each", _answers(db, comparison)),
    ]
    return Markup("").join(parts)


def _section(heading: str, content: Markup) -> Markup:
    return Markup("<h2>{}</h2>{}").format(heading, content)


def _warnings(comparison: Comparison) -> Markup:
    sentences = map(texts.sentence, group_words.caveats(comparison))
    lines = Markup("").join(map(Markup("<li>{}</li>").format, sentences))
    if not lines:
        return lines
    return Markup('<ul class="warnings">{}</ul>').format(lines)


def _verdict(judged: GroupVerdict | None) -> Markup:
    """The figures behind the verdict; nothing where there is none."""
    if judged is None or judged.verdict is None:
        return Markup("")
    matched = _table(*verdict_tables.pairs(judged.matched, notes=False)) if judged.matched else Markup("")
    parts = [
        _table(*verdict_tables.pairs(judged.verdict, notes=False)),
        _table(*verdict_tables.methods(judged.verdict)),
        Markup("<h3>{}</h3>").format("At equal KL"),
        verdict_tables.at_equal_kl(judged),
        matched,
    ]
    return _section("The verdict in figures", Markup("").join(parts))


def _figures(comparison: Comparison, figures: Figures) -> Markup:
    """A table of groups where any has several runs, and one of the runs."""
    runs = _run_table(comparison, figures)
    if not (comparison.is_grouped or comparison.baseline):
        return runs
    heads = ["Group", *map(title, figures.keys)]
    rows = [
        [_name(group.style, group_words.counted(group)), *(_spread(figures, group, key) for key in figures.keys)]
        for group in comparison.groups
    ]
    words = ["Mean and standard deviation over the runs of a group, the lowest and the highest."]
    if comparison.baseline:
        words.append(f"Δ is the difference to {comparison.baseline.label}.")
    return Markup("<p>{}</p>").format(" ".join(words)) + _table(heads, rows) + runs


def _spread(figures: Figures, group: RunGroup, key: str) -> Markup:
    spread: Spread | None = figures.of_group(group, key)
    if spread is None:
        return Markup("–")
    difference = figures.difference(spread.mean, key)
    parts = [] if difference is None else [f"Δ {texts.signed(difference)}"]
    if spread.deviation is None:
        parts.append("one run: no spread")
        return Markup('<b>{}</b><br><span class="soft">{}</span>').format(texts.number(spread.mean), "; ".join(parts))
    parts.append(f"{texts.number(spread.low)} to {texts.number(spread.high)}")
    return Markup('<b>{}</b> ± {}<br><span class="soft">{}</span>').format(
        texts.number(spread.mean), texts.number(spread.deviation), "; ".join(parts)
    )


def _run_table(comparison: Comparison, figures: Figures) -> Markup:
    heads = ["Run", *map(title, figures.keys), "Steps", "Tokens", "Seconds", "Seed", "Ended"]
    rows = [
        [
            _name(comparison.styles[run.id], run.name),
            *(_first_and_last(figures.series[run.id].get(key)) for key in figures.keys),
            f"{run.step:,}",
            _whole(group_figures.tokens(figures, run)),
            _whole(outcome.seconds(run)),
            compared.seed,
            run.state,
        ]
        for run, compared in zip(comparison.runs, comparison.compared, strict=True)
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


def _name(style: LineStyle, name: str) -> Markup:
    """A piece of the line, and the name."""
    return Markup('<span class="al-who">{}{}</span>').format(drawings.stroke(style), name)


def _first_and_last(series: Series | None) -> Markup:
    if series is None:
        return Markup("–")
    return Markup('<span class="soft">{} →</span> <b>{}</b>').format(
        texts.number(series.first), sure.value(series.last, series.last_interval)
    )


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _curves(db: Database, comparison: Comparison, figures: Figures, along: str) -> Markup:
    """A drawing for each metric that a group has, along the axis of the page, or the one it would suggest."""
    axis = _axis(comparison, figures, along)
    curves = group_points.group_curves(db, comparison, figures.series, axis=axis.key, keys=group_points.CURVES)
    panels = [_panel(comparison, curves, key, _(axis.title)) for key in group_points.CURVES]
    words = [group_words.band(group_points.band_of(comparison))] if comparison.is_grouped else []
    words += [text for text in [group_words.averaged(group_points.stretch(figures.series))] if text]
    words += group_words.shortened(comparison.groups)
    return Markup('{}<p>{}</p><div class="drawn">{}</div>').format(
        relation_drawings.key_of_groups(comparison), " ".join(words), Markup("").join(panels)
    )


def _axis(comparison: Comparison, figures: Figures, along: str) -> axes.AxisKind:
    runs = comparison.runs
    names = [name for name in axes.offered(runs, figures.series) if not axes.AXES[name].scattered]
    return axes.AXES[along if along in names else axes.suggested(runs, names)]


def _panel(comparison: Comparison, curves: group_points.Curves, key: str, axis_title: str) -> Markup:
    lines = [_line(group, curves[group.id][key]) for group in comparison.groups if key in curves[group.id]]
    drawn = drawings.curves(lines, (axis_title, ""), title(key)) if lines else None
    if drawn is None:
        return Markup("")
    return Markup('<section><h3>{}</h3><p class="soft">{}</p>{}</section>').format(
        title(key), declared(key).help, drawn
    )


def _line(group: RunGroup, curve: GroupCurve) -> Curve:
    name = group_words.counted(group)
    x, mean, low, high = (values.tolist() for values in (curve.x, curve.mean, curve.low, curve.high))
    return Curve(x, mean, group.style, name) if group.is_single else Curve(x, mean, group.style, name, low, high)


def _settings(comparison: Comparison) -> Markup:
    rows = differing_rows(comparison)
    if not rows:
        return Markup("<p>None: they had the same settings, up to the seed.</p>")
    names = row_names([path for path, _values in rows])
    return _table(
        ["Setting", *(group_words.counted(group) for group in comparison.groups)],
        [[names[path], *(value or "–" for value in values)] for path, values in rows],
    )


def _relations(db: Database, comparison: Comparison, figures: Figures) -> Markup:
    """Settings, costs and figures against each other; nothing before there is a figure."""
    result = relation_drawings.result_key(figures)
    if result is None:
        return Markup("")
    measured = relation_drawings.measures(comparison, figures, linked=False)
    parts = [("Settings and result", relation_drawings.parallel(comparison, measured, result))]
    if analysis.on_one_scale(comparison.compared):
        kl = relation_drawings.reward_against_kl(db, comparison, figures, measured)
        parts.append(("Frontier of reward and KL: full points have more than any at a smaller KL", kl))
        parts += [
            (
                f"{title(result)} for its {measured.names[cost].lower()}: along the line, nothing better was cheaper",
                drawn,
            )
            for cost in relation_drawings.COSTS
            if cost in measured.names
            for drawn in [relation_drawings.cost_against_quality(comparison, measured, cost, result)]
        ]
        parts.append(("Importance of settings", _importance(comparison, measured, result)))
    else:
        parts.append(("", Markup("<p>{}</p>").format(relation_drawings.NOT_ON_ONE_SCALE)))
    shown = [Markup("<section><h3>{}</h3>{}</section>").format(heading, drawn) for heading, drawn in parts if drawn]
    return _section("Relations", Markup('<div class="drawn">{}</div>').format(Markup("").join(shown)))


def _importance(comparison: Comparison, measured: relation_drawings.Measures, result: str) -> Markup:
    drawn = relation_drawings.importance(comparison, measured, result)
    if not isinstance(drawn, Markup):
        return Markup("<p>{}</p>").format(drawn)
    return drawn + Markup("<p>{}</p>").format(relation_drawings.importance_words(comparison, result))


def _answers(db: Database, comparison: Comparison) -> Markup:
    """The first held-out prompts: what the first run answered before it learned, and what each answers at its end."""
    runs = [group.runs[0] for group in comparison.groups][:MOST_ANSWERS]
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
                + [_answer(_name(comparison.styles[run.id], run.name), last[run.id][prompt]) for run in runs]
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
