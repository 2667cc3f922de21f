"""Items of datasets as readable text: prompt, answers, which is better, what is remarkable. Returns escaped markup.

Left out: which items are shown (`datasets.dataset_page`) and how one is edited (`datasets.item_editor`).
"""

import json
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from app.markup import text_difference, texts, tool_calls
from app.translations import N_, _, ngettext
from engine.analysis.quality import defects
from storage import formats
from storage.formats.responses import message_fields
from storage.generated_items import EXTRA
from storage.item_content import CALLS, FLAGS, KINDS, kinds_in_words
from storage.records import Item, Response
from words import render
from words.names import shortened

UNJUDGED = "unjudged"
"""The kind of rows of sampled answers before anybody has judged one: none is chosen and none rejected yet."""
FACET_TITLES = {"script": N_("Language"), "topic": N_("Topic"), "tag": N_("Tag"), "origin": N_("Origin")}
"""The titles of the facets that a person filters by."""
_SCRIPTS = {"han": N_("Chinese"), "latin": N_("Latin letters"), "other": N_("other")}
_ORIGINS = {"import": N_("imported"), "edited": N_("edited"), "judged": N_("judged"), "starter": N_("starter")}
_PENCIL = Markup(
    '<button type="button" class="al-act" data-do="edit" data-id="{id}" title="{name}" aria-label="{label}">✎</button>'
)
LIKE = 0.5  # share of common words from which two answers count as two wordings of one
MOST_CHARACTERS = 48  # by which an item is called
MOST_EXTRA = 500  # characters of an extra field in a row
LONGEST = 300  # words, or Chinese characters, up to which answers are compared: it takes their product


def kind_name(kind: str) -> str:
    """A dataset's kind in the reader's language."""
    return _(KINDS.get(kind, kind))


def either(kinds: Sequence[str]) -> str:
    """Names of kinds as alternatives."""
    return render(kinds_in_words(kinds), _)


def facet_name(facet: str, value: str) -> str:
    """A value of a facet in the reader's language; topics and tags are the data's own words."""
    words = {"flag": FLAGS, "script": _SCRIPTS, "origin": _ORIGINS}.get(facet, {})
    return _(words.get(value, value))


def flag_name(flag: str) -> str:
    """A flag that storage sets, or a defect that measuring quality found, in the reader's language."""
    return _({**defects.TITLES, **FLAGS}.get(flag, flag))


def flag_glyph(flag: str) -> str:
    """The sign before a flag; a cross where the row does harm."""
    return "✕" if flag in defects.BAD else "▲"


def count(kind: str, number: int) -> str:
    """So many items of a kind."""
    forms = {
        "pairs": lambda: ngettext("{count} pair", "{count} pairs", number),
        "groups": lambda: ngettext("{count} group", "{count} groups", number),
        "unpaired": lambda: ngettext("{count} labelled answer", "{count} labelled answers", number),
        "demonstrations": lambda: ngettext("{count} demonstration", "{count} demonstrations", number),
        "prompts": lambda: ngettext("{count} prompt", "{count} prompts", number),
    }
    return forms[kind]() if kind in forms else ngettext("{count} item", "{count} items", number)


def called(item: Item) -> str:
    """An item in a few words: the beginning of the user's last message, which is how a reader knows it."""
    questions = [str(turn.get("content", "")) for turn in item.messages if turn.get("role") == "user"]
    line = " ".join((questions[-1] if questions else "").split())
    if not line:
        return item.id
    return _("“{words}”").format(words=shortened(line, MOST_CHARACTERS))


def table(kind: str, items: Iterable[Item], act: bool = True) -> Markup:
    """Rows of items under the heads of their kind; a row that has the focus shows all of its text."""
    items = list(items)
    if kind == "pairs" and all(EXTRA in item.extra and not item.preferences for item in items):
        kind = UNJUDGED
    heads = [_("Prompt"), *(_(head) for head in _HEADS.get(kind, ())), _("About")]
    head_row = Markup("").join(
        Markup("<span>{}</span>").format(texts.tone(head, "good", "✓") if kind == "pairs" and column == 1 else head)
        for column, head in enumerate(heads)
    )
    rows = Markup("").join(_row(kind, heads, item, act) for item in items)
    return Markup(
        '<div class="al-items al-of-{kind}"><div class="al-item al-item-head">{head}</div>{rows}</div>'
    ).format(kind=kind, head=head_row, rows=rows)


def _row(kind: str, heads: Sequence[str], item: Item, act: bool) -> Markup:
    cells = [_clip(texts.conversation(item.messages)), *_ANSWERS.get(kind, _no_answer)(item), about(item)]
    classes = _CLASSES.get(kind, ())
    if kind == "pairs" and not item.preferences:
        classes, heads = ("tied", "tied"), [heads[0], _("Answer"), _("Answer {place}").format(place=2), heads[-1]]
        cells[-1] = Markup("<span>{}</span>").format(_("neither is preferred")) + cells[-1]
    columns = zip(["asked", *classes, "about"], heads, cells, strict=True)
    body = Markup("").join(Markup('<div class="al-{}" data-head="{}">{}</div>').format(*column) for column in columns)
    pencil = _PENCIL.format(id=item.id, name=_("Edit"), label=_("Edit: {item}").format(item=called(item)))
    return Markup('<div class="al-item" tabindex="0">{}{}{}</div>').format(body, _extra(item), pencil if act else "")


def extra_fields(item: Item) -> list[tuple[str, str]]:
    """(name, value as text) of the fields that the imported row had and no form understands, and of calls of tools."""
    fields = [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in item.extra.items()
        if name not in formats.KEPT
    ]
    return fields + [
        (f"{response.id}.{name}", call) for response in item.responses for name, call in _calls(item, response)
    ]


def _extra(item: Item) -> Markup:
    """The extra fields, under a row that has the focus."""
    fields = [(name, shortened(value, MOST_EXTRA)) for name, value in extra_fields(item)]
    if not fields:
        return Markup("")
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*field) for field in fields)
    return Markup('<dl class="al-extra">{}</dl>').format(rows)


def _clip(text: Markup) -> Markup:
    return Markup('<div class="al-clip">{}</div>').format(text)


def _no_answer(item: Item) -> list[Markup]:
    return []


def _pair(item: Item) -> list[Markup]:
    """The first preference; where the item has more, it says how many."""
    by_id = {response.id: response for response in item.responses}
    if not item.preferences:
        answers = [_score(response) + _clip(_answer(_text(item, response))) for response in item.responses]
        return [Markup("").join(answers[:1]), Markup("").join(answers[1:])]
    first = item.preferences[0]
    chosen, rejected = compared(*(_text(item, by_id[name]) for name in (first.chosen, first.rejected)))
    more = len(item.preferences) - 1
    note = (
        ngettext("and {count} more pair of this prompt", "and {count} more pairs of this prompt", more) if more else ""
    )
    count = Markup('<span class="al-soft al-note">{}</span>').format(note) if more else Markup("")
    scores = [_score(by_id[name]) for name in (first.chosen, first.rejected)]
    return [scores[0] + _clip(chosen) + count, scores[1] + _clip(rejected)]


def compared(first: str, second: str) -> tuple[Markup, Markup]:
    """Both texts; where they are two wordings of one answer, the words that differ are tinted."""
    short = max(len(text_difference.words(text)) for text in (first, second)) <= LONGEST
    if first.strip() and second.strip() and short and text_difference.similarity(first, second) >= LIKE:
        return texts.differing(first, second)
    return _answer(first), _answer(second)


def _text(item: Item, response: Response) -> str:
    """What the response says, and the tools that it calls."""
    return "\n".join(filter(str.strip, (response.text, calls_in_words(item, response))))


def calls_in_words(item: Item, response: Response) -> str:
    """The calls of tools of a response, a line each; empty where there are none."""
    return tool_calls.in_words(message_fields(item, response))


def _calls(item: Item, response: Response) -> list[tuple[str, str]]:
    """(name, content as text) of the fields of a response that call tools."""
    calls = message_fields(item, response)
    return [(name, json.dumps(calls[name], ensure_ascii=False)) for name in CALLS if calls.get(name)]


def _answer(text: str) -> Markup:
    if text.strip():
        return texts.raw(text)
    return texts.tone(_("empty"), "warning", "▲")


def _group(item: Item) -> list[Markup]:
    ranked = sorted(item.responses, key=lambda response: -(response.score or 0))
    return [Markup("").join(_scored(item, response) for response in ranked)]


def _scored(item: Item, response: Response) -> Markup:
    score = "–" if response.score is None else f"{response.score:.2f}"
    return Markup('<div class="al-scored"><b>{}</b>{}</div>').format(score, _clip(_answer(_text(item, response))))


def _score(response: Response) -> Markup:
    """A line over an answer that need not have a score."""
    if response.score is None:
        return Markup("")
    words = _("score {score}").format(score=texts.number(response.score))
    return Markup('<span class="al-soft al-note">{}</span>').format(words)


def _labelled(item: Item) -> list[Markup]:
    return [Markup("").join(_labelled_response(item, response) for response in item.responses)]


def _labelled_response(item: Item, response: Response) -> Markup:
    words = {True: texts.tone(_("good"), "good", "✓"), False: texts.tone(_("bad"), "bad", "✕"), None: Markup("–")}
    answer = _score(response) + _clip(_answer(_text(item, response)))
    return Markup('<div class="al-scored">{}<div>{}</div></div>').format(words[response.label], answer)


def _demonstration(item: Item) -> list[Markup]:
    return [Markup("").join(_score(response) + _clip(_answer(_text(item, response))) for response in item.responses)]


def about(item: Item) -> Markup:
    """Topic, tags, flags, the origin of answers that somebody wrote or judged here, and how many fields more it has."""
    origins = [
        facet_name("origin", response.origin) for response in item.responses if response.origin in ("edited", "judged")
    ]
    labels = Markup(" · ").join(dict.fromkeys(filter(None, (item.topic, *item.tags, *origins))))
    flags = Markup("").join(texts.tone(facet_name("flag", flag), "warning", "▲") for flag in item.flags)
    count = len(extra_fields(item))
    fields = ngettext("{count} more field", "{count} more fields", count) if count else ""
    return Markup("<span>{}</span>{}<span>{}</span>").format(labels, flags, fields)


_ANSWERS: dict[str, Callable[[Item], list[Markup]]] = {
    "pairs": _pair,
    "groups": _group,
    "unpaired": _labelled,
    "demonstrations": _demonstration,
    UNJUDGED: _demonstration,
}
_HEADS = {
    "pairs": (N_("Chosen"), N_("Rejected")),
    "groups": (N_("Answers, best first"),),
    "unpaired": (N_("Answer and its label"),),
    "demonstrations": (N_("Answer"),),
    UNJUDGED: (N_("Answers"),),
}
_CLASSES = {
    "pairs": ("chosen", "rejected"),
    "groups": ("answers",),
    "unpaired": ("answers",),
    "demonstrations": ("answers",),
    UNJUDGED: ("answers",),
}
