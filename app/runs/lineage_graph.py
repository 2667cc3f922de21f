"""A run among those that it came from and that came from it: as a strip of stages, and as a graph."""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from app import clients
from app.bridge.fragment import SLOW_SECONDS, Fragment
from app.markup import texts
from app.runs import graph_layout
from app.runs.lineage import layers
from app.theme import mark
from app.translations import N_, _, ngettext
from storage import run_links, run_lists
from storage.records import ACTIVE, RunLink, RunSummary

SHOWN = 4  # runs of one layer that the strip has room for
WHAT = {
    "weights": N_("weights of {run}"),
    "fork": N_("goes on from {run}"),
    "reward": N_("reward of {run}"),
    "turn": N_("its turn after {run}"),
}
KINDS = {
    "weights": N_("takes its weights"),
    "fork": N_("goes on from its checkpoint"),
    "reward": N_("takes its reward"),
    "turn": N_("only waits for it"),
}
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
_LINE = Markup('<path class="al-link al-link-{role}" d="{path}"/>')
_KIND = Markup(
    '<span><svg viewBox="0 0 24 8" class="al-stroke" aria-hidden="true"><path class="al-link al-link-{role}" '
    'd="M0 4H24"/></svg>{words}</span>'
)


def stages(query: Mapping[str, str]) -> Fragment:
    """The stages that lead to the run and those that follow it; nothing for a run that stands alone."""
    links = run_links.lineage(clients.database(), query["id"])
    members = _members(links)
    if not members:
        return Fragment(Markup(""), every=None)
    strip = Markup("").join(_layer([members[run] for run in layer], query["id"]) for layer in _layers(members, links))
    html = Markup('<nav aria-label="{}"><ol class="al-stages">{}</ol></nav>').format(_("Stages"), strip)
    return Fragment(html, every=_every(members.values()))


def graph(query: Mapping[str, str]) -> Fragment:
    """All runs that are linked with the run, and what each takes of which."""
    links = run_links.family(clients.database(), query["id"])
    members = _members(links)
    if not members:
        words = _(
            "This run came from no other, and no other came from it. Launch a chain, or start a run from this one."
        )
        return Fragment(Markup('<p class="al-soft">{}</p>').format(words), every=None)
    layered = _layers(members, links)
    drawing = graph_layout.draw(layered, list(dict.fromkeys((link.parent, link.child) for link in links)))
    lines = Markup("").join(_LINE.format(role=link.role, path=drawing.lines[link.parent, link.child]) for link in links)
    boxes = Markup("").join(
        _box(members[run], drawing, [link for link in links if link.child == run], members, run == query["id"])
        for layer in layered
        for run in layer
    )
    kinds = Markup("").join(
        _KIND.format(role=role, words=_(KINDS[role])) for role in dict.fromkeys(link.role for link in links)
    )
    html = _GRAPH.format(
        width=drawing.width, height=drawing.height, lines=lines, boxes=boxes, kinds=kinds, label=_("Linked runs")
    )
    return Fragment(html, every=_every(members.values()))


def _members(links: Sequence[RunLink]) -> dict[str, RunSummary]:
    """The runs at the ends of the links, the oldest first."""
    return run_lists.by_id(clients.database(), {run for link in links for run in (link.parent, link.child)})


def _layers(members: Mapping[str, RunSummary], links: Sequence[RunLink]) -> list[list[str]]:
    return layers(members, links, {run: position for position, run in enumerate(members)})


def _every(members: Iterable[RunSummary]) -> float | None:
    return SLOW_SECONDS if any(run.state in ACTIVE for run in members) else None


def _layer(members: Sequence[RunSummary], here: str) -> Markup:
    """One stage, or several side by side; the one whose page this is is always among those shown."""
    members_shown = sorted(members, key=lambda run: run.id != here)[:SHOWN] if len(members) > SHOWN else members
    rest = len(members) - len(members_shown)
    more = Markup('<span class="al-soft">{}</span>').format(ngettext("and {count} more", "and {count} more", rest))
    stage_links = Markup("").join(_stage(run, run.id == here) for run in members_shown)
    return Markup("<li>{}{}</li>").format(stage_links, more if rest else "")


def _stage(run: RunSummary, here: bool) -> Markup:
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
    run: RunSummary,
    drawing: graph_layout.Drawing,
    links: Sequence[RunLink],
    members: Mapping[str, RunSummary],
    here: bool,
) -> Markup:
    left, top = drawing.boxes[run.id]
    takes = Markup(" · ").join(escape(_(WHAT[link.role])).format(run=_source(link, members)) for link in links)
    size = {"width": graph_layout.WIDTH, "height": graph_layout.HEIGHT}
    return _BOX.format(stage=_stage(run, here), takes=takes or _("starts from a model"), left=left, top=top, **size)


def _source(link: RunLink, members: Mapping[str, RunSummary]) -> Markup:
    return texts.name(members[link.parent].name) + (f"@{link.step}" if link.step is not None else "")
