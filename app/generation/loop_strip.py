"""The strip over a dataset that says how far its answers have come: sampled, judged, frozen, trained on; sample again.

Left out: the steps themselves, which each have a page or a dialog of their own.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup, escape

from app import judging_words, people
from app.bridge import dialogs, live
from app.markup import texts
from app.translations import _, ngettext
from storage import judging_loop
from storage.database import Database
from storage.judging_loop import JudgingLoop
from storage.records import ACTIVE, Dataset, RunSummary

_STRIP = Markup('<nav aria-label="{label}"><ol class="al-stages">{steps}</ol></nav>')
_BODY = '<span><b>{title}</b><span class="al-soft">{about}</span></span>'
_STEP = Markup(f'<li><div class="al-stage">{_BODY}</div></li>')
_LINK = Markup(f'<li><a class="al-stage" data-go="{{page}}" href="{{page}}?{{query}}">{_BODY}</a></li>')
_AGAIN = Markup(
    f'<li><button type="button" class="al-stage" data-do="sample" data-id="{{model}}">{_BODY}</button></li>'
)


def show(db: Database, data: Dataset) -> None:
    """The strip of a dataset of pairs that were sampled, or that people judge."""
    if data.kind != "pairs":
        return
    loop = judging_loop.of_dataset(db, data)
    if not loop.generated_by and not loop.judged and loop.open_round is None:
        return
    steps = Markup("").join(_steps(data, loop))
    pressed = live.static(_STRIP.format(label=_("From answers to a trained model"), steps=steps), key="loop")
    if pressed is not None:
        own = {"into": data.name} if loop.generated_by else {}
        dialogs.ask("generate", {"model": pressed["id"], "prompts": _prompts(data, loop), **own})
        st.rerun()


def _steps(data: Dataset, loop: JudgingLoop) -> Iterator[Markup]:
    yield _sampled(data, loop)
    yield _judged(data, loop)
    if loop.unasked and people.current().may("researcher"):
        yield _new_round(data, loop)
    yield _frozen(loop)
    yield _trained(data, loop)
    if people.current().may("researcher"):
        yield _again(loop)


def _sampled(data: Dataset, loop: JudgingLoop) -> Markup:
    items = ngettext("{count} item", "{count} items", data.items)
    if not loop.generated_by:
        return _STEP.format(title=_("Imported"), about=items)
    newest = loop.generated_by[0]
    if newest.state in ACTIVE:
        items = f"{items} · {texts.percent(newest.fraction)}"
    return _LINK.format(page="run", query=f"id={newest.id}", title=_("Sampled"), about=items)


def _judged(data: Dataset, loop: JudgingLoop) -> Markup:
    about = _("{judged} of {items} items").format(judged=f"{loop.judged:,}", items=f"{data.items:,}")
    query = {"dataset": data.name}
    if loop.open_round is not None and loop.progress is not None:
        if people.current().may("annotator"):
            query["round"] = str(loop.open_round.number)
        left = loop.progress.total - loop.progress.done_questions
        about += " · " + ngettext("{count} question open", "{count} questions open", left)
        if left and loop.progress.skipped:
            about += f" ({judging_words.skips(loop.progress.skipped)})"
    return _LINK.format(page="annotate", query=urlencode(query), title=_("Judged"), about=about)


def _new_round(data: Dataset, loop: JudgingLoop) -> Markup:
    """To where a round is opened for the items that came since the last one."""
    about = ngettext("{count} item in no round", "{count} items in no round", loop.unasked)
    return _LINK.format(page="annotate", query=urlencode({"dataset": data.name}), title=_("Open a round"), about=about)


def _frozen(loop: JudgingLoop) -> Markup:
    if not loop.versions:
        return _STEP.format(title=_("Version"), about=_("not frozen yet"))
    newest = loop.versions[0]
    count = loop.verdicts[newest.hash]
    verdicts = ngettext("{count} verdict", "{count} verdicts", count.verdicts)
    about = " · ".join(filter(None, [newest.hash[:7], verdicts, judging_words.decisions(count)]))
    return _STEP.format(title=_("Version"), about=about)


def _trained(data: Dataset, loop: JudgingLoop) -> Markup:
    if not loop.trained and not people.current().may("researcher"):
        return _STEP.format(title=_("Trained"), about=_("not yet"))
    if not loop.trained:
        query = urlencode({"dataset": data.name})
        return _LINK.format(page="launch", query=query, title=_("Train"), about=_("on what was judged"))
    newest = loop.trained[0]
    return _LINK.format(page="run", query=f"id={newest.id}", title=_("Trained"), about=_runs(loop, newest))


def _runs(loop: JudgingLoop, newest: RunSummary) -> Markup:
    more = len(loop.trained) - 1
    name = texts.name(newest.name)
    return name if not more else name + escape(" · " + ngettext("and {count} more", "and {count} more", more))


def _again(loop: JudgingLoop) -> Markup:
    """With the newest run that was trained on it, else with the model that gave the answers."""
    newest = next((run for run in loop.trained if run.step > 0), None)
    if newest is not None:
        return _AGAIN.format(model=f"run:{newest.id}", title=_("Sample again"), about=texts.name(newest.name))
    model = next((run.model for run in loop.generated_by if run.model), None) or "starter"
    return _AGAIN.format(model=model, title=_("Sample more"), about=model)


def _prompts(data: Dataset, loop: JudgingLoop) -> str:
    """The dataset whose prompts were answered; of one that was imported, itself."""
    return next((run.dataset for run in loop.generated_by if run.dataset), data.name)
