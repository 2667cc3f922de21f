"""The studies of a workspace as a table that keeps itself up to date, newest first."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import SLOW_SECONDS, Fragment
from app.markup import tables, texts
from app.studies import study_tables
from app.studies.study_progress import bar
from app.translations import _, ngettext
from engine.spec import StudySpec, readable_study
from storage import studies
from storage.records import Study
from storage.studies import Progress

_NAME = Markup('<a class="al-name" data-go="studies" href="studies?id={id}">{name}</a>')


def studies_table(query: Mapping[str, str]) -> Fragment:
    """A row for each study. The version is their number, so that the page around it changes with the first one."""
    db = clients.database()
    listed = studies.listing(db)
    progress = studies.progress(db)
    heads = [_("Study"), _("State"), _("Methods"), _("Progress"), _("Created")]
    rows = [_row(study, progress.get(study.id, Progress())) for study in listed]
    every = SLOW_SECONDS if any(study.state == "running" for study in listed) else None
    table = tables.table(heads, rows, kinds=("al-first", "", "", "al-wide", "al-soft"), name="al-studies")
    return Fragment(table, version=str(len(listed)), every=every)


def _row(study: Study, progress: Progress) -> list[tables.Cell]:
    spec = readable_study(study.spec)
    return [
        _NAME.format(id=study.id, name=study.name),
        texts.state(study.state),
        study_tables.methods(spec),
        _progress(study, spec, progress),
        texts.moment(study.created_at, "both"),
    ]


def _progress(study: Study, spec: StudySpec | None, progress: Progress) -> Markup:
    """A bar while there is something to come; then how many runs there are, and how many failed."""
    if study.state in ("running", "paused") and spec is not None:
        fraction = progress.done / max(1, spec.run_count)
        return Markup('<div class="al-progress">{}<b>{}</b></div>').format(
            bar(study.name, fraction), texts.percent(fraction)
        )
    runs = ngettext("{count} run", "{count} runs", progress.runs)
    failed = progress.counts.get("failed", 0)
    if not failed:
        return Markup("{}").format(runs)
    words = ngettext("{count} failed", "{count} failed", failed)
    return Markup("{} · {}").format(runs, texts.tone(words, "bad", "✕"))
