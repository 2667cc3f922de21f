"""The head of a run's page: what it is, how far it has come, and the three numbers that matter."""

import time
from collections.abc import Mapping
from urllib.parse import urlencode

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.markup import notices, sure, texts
from app.markup.metric_names import declared, title
from app.quality import reports, score_words
from app.runs import outcome, queue_list, run_origin, run_progress
from app.translations import _, ngettext
from engine.spec import Generate, RunSpec, Train, readable
from storage import datasets, metrics, run_links, run_lists, run_sources, runs, samples
from storage.records import ACTIVE, CheckpointReference, Run, Series

_HEAD = Markup(
    '<div class="al-head"><div class="al-line">{chip}{state}<span class="al-soft">{about}</span></div>{reason}'
    '<div class="al-progress"><b>{steps}</b>{bar}<b>{percent}</b><span class="al-soft">{pace}</span></div>'
    '<div class="al-numbers">{numbers}</div></div>'
)
_DATASET = Markup('<a data-go="data" href="data?{query}">{name}</a>{version}')
_ABSENT = Markup("{name}{version}")  # of a run from elsewhere, whose data is not in this workspace
_FORKED = Markup('<a data-go="run" href="run?id={id}">{words}</a>')
MOST_FORKS = 6  # that are named; Lineage has them all
_NUMBER = Markup(
    '<div class="al-number"><span class="al-label">{title}{help}</span><span class="al-value">{value}'
    '<small>{unit}</small></span><span class="al-change">{change} <span class="al-soft">{since}</span></span>'
    '<span class="al-change al-soft">{sure}</span></div>'
)


def head(query: Mapping[str, str]) -> Fragment:
    """The page runs again when the state, a request, or the last step with samples changes."""
    db = clients.database()
    run = runs.get(db, query["id"])
    spec = readable(run.spec, RunSpec)
    series = metrics.by_run(db, [run.id])[run.id]
    sampled = samples.steps(db, run.id)
    source = run_sources.get(db, run.id)
    silent = run_origin.silence(run, source)
    head = _HEAD.format(
        chip=texts.chip(run.algorithm, run.kind),
        state=texts.state(run.state, run.request),
        about=about(run, spec),
        reason=run_origin.sentences(run, source) + _reason(run) + _forks(run) + _no_split(spec) + _notes(run),
        steps=run_progress.steps(run),
        bar=run_progress.bar(run),
        percent=texts.percent(run.fraction),
        pace="" if silent else run_progress.pace(run, series) or _first_words(run),
        numbers=Markup("").join(_number(metric_series) for metric_series in outcome.headline(series)),
    )
    shown = run.step > 0 if run.kind == "generate" else sampled[-1:]
    every = QUICK_SECONDS if run.state == "running" else SLOW_SECONDS if run.state in ACTIVE else None
    return Fragment(head, version=f"{run.state} {run.request} {run.attempt} {shown}", every=every)


def _first_words(run: Run) -> str:
    """What happens before there is anything to count."""
    if run.state != "running" or run.origin != "local":
        return ""
    if run.kind != "train":
        return _("getting ready: it loads the model")
    if run.attempt > 1:
        return _("getting ready: it loads the model and its last checkpoint")
    return _("getting ready: it loads the model and answers the prompts of the evaluation first")


def about(run: Run, spec: RunSpec | None) -> Markup:
    """Model, data and seed in a few words, and when it ran; without a readable run file, what the row says."""
    name = run.model or ("" if spec is None else _parent(spec.model.from_))
    parts = [Markup("{}").format(name)] if name else []
    if isinstance(spec, Train) and (fork := CheckpointReference.parse(spec.fork or "")) and fork.step is not None:
        parts.append(_FORKED.format(id=fork.run, words=texts.fork_of(fork.run, fork.step)))
    if isinstance(spec, Generate) and spec.against is not None:
        parts.append(
            Markup("{}").format(_("against {model}").format(model=spec.against.name or _parent(spec.against.from_)))
        )
    if run.dataset:
        version = "" if spec is None else f"@{spec.data.version[:6]}"
        dataset = _DATASET if run.origin == "local" else _ABSENT
        parts.append(dataset.format(query=urlencode({"dataset": run.dataset}), name=run.dataset, version=version))
        score = None if spec is None else reports.score_of_version(clients.database(), spec.data.version)
        if score is not None:
            parts.append(Markup("{}").format(_("data quality {score}").format(score=score_words.words(score))))
    if spec is not None:
        parts.append(Markup("{}").format(_("seed {seed}").format(seed=spec.seed)))
    if run.started_at is not None:
        parts.append(Markup("{} {}").format(_("started"), texts.moment(run.started_at, "both")))
    return Markup(" · ").join(parts)


def _parent(reference: str | None) -> str:
    """The checkpoint that it starts from, in words."""
    parent = CheckpointReference.parse(reference or "")
    if parent is None:
        return ""
    sentence = _("from run {run}") if parent.step is None else _("from run {run}, step {step}")
    return sentence.format(run=texts.short(parent.run), step=parent.step)


def _forks(run: Run) -> Markup:
    """The runs that go on from one of its checkpoints."""
    db = clients.database()
    links = run_links.forks(db, run.id)
    members = run_lists.by_id(db, {link.child for link in links})
    words = [
        _FORKED.format(id=link.child, words=f"{members[link.child].name} @{link.step}")
        for link in links[-MOST_FORKS:]
        if link.child in members
    ]
    if not words:
        return Markup("")
    title = ngettext("{count} fork:", "{count} forks:", len(links))
    return Markup('<p class="al-soft">{} {}</p>').format(title, Markup(" · ").join(words))


def _reason(run: Run) -> Markup:
    """Why it ended, or what keeps it from going on; a failure has a box of its own on the page."""
    lines = (
        [Markup('<p class="al-soft">{}</p>').format(texts.sentence(run.reason))]
        if run.reason and run.state != "failed"
        else []
    )
    if run.state == "waiting":
        lines.append(Markup("<p>{}</p>").format(queue_list.awaited_run_link(run, queue_list.awaited([run]))))
    if run.state in ("waiting", "queued"):
        lines.append(queue_list.nothing_starts())
    if run.state == "running" and run.lease_until is not None and run.lease_until < time.time():
        words = _("Its engine gives no sign of life. It goes on from its last checkpoint as soon as an engine runs.")
        lines.append(Markup("<p>{}</p>").format(texts.tone(words, "warning", "▲")))
    return Markup("").join(lines)


def _no_split(spec: RunSpec | None) -> Markup:
    """That figures called held-out are not, where the data was too small for that."""
    if not isinstance(spec, Train) or spec.evaluated_elsewhere:
        return Markup("")
    if datasets.held_out_count(clients.database(), spec.data.version) != 0:
        return Markup("")
    words = _("Too few different prompts to hold any out: it is evaluated on the prompts it trains on.")
    return Markup("<p>{}</p>").format(texts.tone(words, "warning", "▲"))


def _notes(run: Run) -> Markup:
    """What its attempts noted: what was left out, and that nothing was learned."""
    return notices.sentences(runs.notes(clients.database(), run.id), "warning")


def _number(series: Series) -> Markup:
    metric = declared(series.key)
    return _NUMBER.format(
        title=title(series.key),
        help=texts.help_mark(_(metric.help)) if metric.help else "",
        value=sure.value(series.last, series.last_interval),
        unit=_(metric.unit) if metric.unit else "",
        change=outcome.change(series),
        since=_("since the start") if series.count > 1 else "",
        sure=sure.about_last(series),
    )
