"""The tabs of a run's page, and the box of its failure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st
import yaml
from markupsafe import Markup

from app import clients, people
from app.bridge import live
from app.charts import axis_choice, branches, event_marks, live_panels
from app.charts.event_marks import EVENTS
from app.charts.panels import sections
from app.markup import notices, tables, texts
from app.review import human_ceiling
from app.runs import end_table, findings_list, machine_facts
from app.samples import before_and_after, samples_tab
from app.translations import _
from engine.spec import ResolvedGenerate, ResolvedTrain, RunSpec, flat, readable, to_yaml
from storage import manifests, metrics, runs, samples
from storage.records import ACTIVE, Checkpoint, CheckpointReference, Event, Run, Series
from words import names

_START = Markup('<a class="al-name" data-go="launch" href="launch?{query}">{words}</a>')


def failure(run: Run) -> None:
    """Cause and remedy of a failure, and the end of its log; it stays until the run is resumed."""
    if run.state != "failed":
        return
    cause = texts.sentence(run.reason) or _("The worker ended without saying why; its log may tell.")
    with st.container(key="failure", border=True):
        st.html(
            Markup('<div class="al-failure"><b>{}</b><p>{}</p><p class="al-soft">{}</p></div>').format(
                texts.tone(_("failed at step {step}").format(step=run.step), "bad", "✕"),
                cause,
                _("Nothing is lost: resume it from its last checkpoint, or duplicate it with other settings.")
                if run.origin == "local"
                else "",
            )
        )


def curves(run: Run) -> None:
    """What the curves say, answers before and after, then the panels."""
    live.show(findings_list.findings_list, key="findings_fragment", id=run.id)
    db = clients.database()
    series = metrics.by_run(db, [run.id])[run.id]
    end_evaluation(run, series)
    keys = list(series)
    before_and_after.show(run)
    shown = sections(run, keys, human_ceiling.baselines(db, [run]))
    with st.container(key="axis", horizontal_alignment="right"):
        axis = axis_choice.choose([run], {run.id: keys})
    live_panels.show(
        f"panels_{run.id}",
        shown,
        [run.id],
        active=run.state in ACTIVE,
        axis=axis,
        origins=branches.origins(db, [run]),
        marks=event_marks.marks(db, [run]),
        on_step=samples_tab.open_step if samples.steps(db, run.id) else None,
    )
    live.show(machine_facts.machine, key="machine_fragment", id=run.id)
    history(run)


def end_evaluation(run: Run, series: Mapping[str, Series]) -> None:
    """What the run reports, in an expander that starts closed: the head has its first figures, and curves are near."""
    if figures := end_table.table(series):
        with st.expander(_("End evaluation: every figure, with how sure it is"), key="end_evaluation"):
            live.static(figures, key="end_table")
    elif end_table.is_missing(run, series):
        st.caption(
            _(
                "This run has no end evaluation: its figures are of its last evaluation, on the prompts that its best "
                "checkpoint was chosen by."
            )
        )


def history(run: Run) -> None:
    """The run's checkpoints and events, in an expander that starts closed."""
    db = clients.database()
    checkpoints, events = runs.checkpoints(db, run.id), runs.events(db, run.id)
    with st.expander(_("Checkpoints and events"), key="history"):
        if checkpoints:
            heads = (_("Step"), "", _("Size"), _("Saved"), _("Folder"), "")
            kinds = ["al-num", "", "al-num", "al-num"]
            live.static(tables.table(heads, map(_checkpoint_row, checkpoints), kinds=kinds), key="checkpoints")
            st.caption(_("The files lie in this folder of the machine that runs the dashboard:"))
            st.code(str(db.workspace.checkpoints(run.id)), language=None)
            if damaged := manifests.damaged_of(run, checkpoints):
                st.html(notices.sentences(damaged, "warning"))
        columns = (_("Time"), _("Event"), _("Step"), "")
        live.static(tables.table(columns, map(_event_row, events), kinds=["", "", "al-num", ""]), key="events")


def _checkpoint_row(checkpoint: Checkpoint) -> list[tables.Cell]:
    best = _("best by the prompts on the way") if checkpoint.best else ""
    start = Markup("")
    if people.current().may("researcher"):
        reference = str(CheckpointReference(checkpoint.run_id, checkpoint.step))
        start = _START.format(query=urlencode({"start": reference}), words=_("start a run from it"))
    saved = texts.moment(checkpoint.at, "both")
    return [str(checkpoint.step), best, names.size(checkpoint.bytes), saved, checkpoint.path.name, start]


def _event_row(event: Event) -> list[tables.Cell]:
    step = "" if event.step is None else str(event.step)
    return [texts.moment(event.at, "both"), _(EVENTS.get(event.kind, event.kind)), step, texts.sentence(event.text)]


def settings(run: Run) -> None:
    """The run file as a person would write it, and every resolved value."""
    left, right = st.columns(2, gap="medium")
    with left:
        spec = readable(run.spec, RunSpec)
        st.html(texts.section(_("Run file") if spec is not None else _("Settings, as its trainer wrote them")))
        text = yaml.safe_dump(run.spec, sort_keys=False, allow_unicode=True) if spec is None else to_yaml(spec)
        st.code(text, language="yaml")
    with right:
        resolved = ResolvedTrain.read(run.resolved) or ResolvedGenerate.read(run.resolved)
        if resolved is not None:
            st.html(texts.section(_("What auto became"), _("settled by the first attempt, kept by all later ones")))
            st.html(_values(resolved.state()))
        st.html(texts.section(_("Every value")))
        st.html(_values(run.spec))


def _values(settings: Mapping[str, Any]) -> Markup:
    """Each value with its path; a hash is cut, and stands whole in what the pointer shows."""
    whole = Markup('<span title="{}">{}</span>')
    return tables.pairs([(path, whole.format(value, texts.short_hash(value))) for path, value in flat(settings)])
