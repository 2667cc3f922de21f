"""A run among those that it came from and that came from it: as a strip of stages, and as a graph."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from app import clients
from app.bridge.fragment import SLOW_SECONDS, Fragment
from app.markup import texts
from app.runs import graph_layout
from app.runs.lineage import Link, kin, layers, line, links
from app.theme import mark
from app.translations import N_, _, ngettext
from storage import runs
from storage.records import ACTIVE, Run

SHOWN = 4  # runs of one layer that the strip has room for
WHAT = {"weights": N_("weights of {run}"), "reward": N_("reward of {run}"), "turn": N_("its turn after {run}")}
KINDS = {"weights": N_("takes its weights"), "reward": N_("takes its reward"), "turn": N_("only waits for it")}
_STAGE = Markup(
    '<a class="al-stage al-hue-{hue}" data-go="run" href="run?id={id}" aria-current="{current}">'
    '<i class="al-shape-{shape}"></i><span><b>{name}</b>{state}</span></a>'
)
_BOX = Markup(
    '<li class="al-box" style="left:{left:g}px;top:{top:g}px;width:{width}px;height:{height}px">{stage}'
    '<span class="al-soft al-takes">{takes}</span></li>'
)
_GRAPH = Markup(
    '<div class="al-scroll"><div class="al-dag" style="width:{width:g}px;height:{height:g}px">'
    '<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" aria-hidden="true">{lines}</svg>'
    '<ul aria-label="{label}">{boxes}</ul></div></div><p class="al-note al-soft al-kinds">{kinds}</p>'
)
_LINE = Markup('<path class="al-link al-link-{what}" d="{path}"/>')
_KIND = Markup(
    '<span><svg viewBox="0 0 24 8" class="al-stroke" aria-hidden="true"><path class="al-link al-link-{what}" '
    'd="M0 4H24"/></svg>{words}</span>'
)


def stages(query: Mapping[str, str]) -> Fragment:
    """The stages that lead to the run and those that follow it; nothing for a run that stands alone."""
    known, linked = everything()
    members = line(query["id"], linked)
    if len(members) < 2:
        return Fragment(Markup(""), every=None)
    staged = layers(members, linked, {run: place for place, run in enumerate(known)})
    told = Markup("").join(_layer([known[run] for run in layer], query["id"]) for layer in staged)
    html = Markup('<nav aria-label="{}"><ol class="al-chain">{}</ol></nav>').format(_("Stages"), told)
    return Fragment(html, every=_every(known[run] for run in members))


def graph(query: Mapping[str, str]) -> Fragment:
    """All runs that are linked with the run, and what each takes of which."""
    known, linked = everything()
    members = kin(query["id"], linked)
    if len(members) < 2:
        words = _(
            "This run came from no other, and no other came from it. Launch a chain, or start a run from this one."
        )
        return Fragment(Markup('<p class="al-soft">{}</p>').format(words), every=None)
    inner = [link for link in linked if link.parent in members]
    staged = layers(members, inner, {run: place for place, run in enumerate(known)})
    drawing = graph_layout.draw(staged, list(dict.fromkeys((link.parent, link.child) for link in inner)))
    lines = Markup("").join(_LINE.format(what=link.what, path=drawing.lines[link.parent, link.child]) for link in inner)
    boxes = Markup("").join(
        _box(known[run], drawing, [link for link in inner if link.child == run], known, run == query["id"])
        for layer in staged
        for run in layer
    )
    used = dict.fromkeys(link.what for link in inner)
    kinds = Markup("").join(_KIND.format(what=what, words=_(KINDS[what])) for what in used)
    html = _GRAPH.format(
        width=drawing.width, height=drawing.height, lines=lines, boxes=boxes, kinds=kinds, label=_("Linked runs")
    )
    return Fragment(html, every=_every(known[run] for run in members))


def everything() -> tuple[dict[str, Run], list[Link]]:
    """All runs, the oldest first, and their links."""
    listed = runs.listing(clients.database())[::-1]
    return {run.id: run for run in listed}, links(listed)


def alone(run: Run) -> bool:
    """Whether the run is linked with no other."""
    return len(kin(run.id, everything()[1])) < 2


def _every(members: Iterable[Run]) -> float | None:
    return SLOW_SECONDS if any(run.state in ACTIVE for run in members) else None


def _layer(members: Sequence[Run], here: str) -> Markup:
    """One stage, or several side by side; the one whose page this is is always among those shown."""
    shown = sorted(members, key=lambda run: run.id != here)[:SHOWN] if len(members) > SHOWN else members
    rest = len(members) - len(shown)
    more = Markup('<span class="al-soft">{}</span>').format(ngettext("and {count} more", "and {count} more", rest))
    told = Markup("").join(_stage(run, run.id == here) for run in shown)
    return Markup("<li>{}{}</li>").format(told, more if rest else "")


def _stage(run: Run, here: bool) -> Markup:
    look = mark(run.algorithm)
    share = Markup(' <span class="al-soft">{}</span>').format(texts.percent(run.fraction))
    return _STAGE.format(
        hue=look.hue,
        shape=look.shape,
        id=run.id,
        name=run.name,
        state=texts.state(run.state) + (share if run.state == "running" else ""),
        current="page" if here else "false",
    )


def _box(
    run: Run, drawing: graph_layout.Drawing, takes: Sequence[Link], known: Mapping[str, Run], here: bool
) -> Markup:
    left, top = drawing.boxes[run.id]
    told = " · ".join(_(WHAT[link.what]).format(run=_source(link, known)) for link in takes)
    place = {"left": left, "top": top, "width": graph_layout.WIDTH, "height": graph_layout.HEIGHT}
    return _BOX.format(stage=_stage(run, here), takes=told or _("starts from a model"), **place)


def _source(link: Link, known: Mapping[str, Run]) -> str:
    return known[link.parent].name + (f"@{link.step}" if link.step else "")
