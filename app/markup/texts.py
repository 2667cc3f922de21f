"""Words and marks: numbers, times, states, chips, and text that a model or a person wrote.

Everything here returns markup that is safe to place in a page: values are escaped by `Markup.format`, and model text is
never read as HTML or Markdown. Left out: tables (`tables`) and curves (`app.charts`).
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from app.markup import text_difference, tool_calls
from app.theme import mark
from app.translations import N_, _
from engine.analysis import thinking
from engine.spec import ALGORITHMS
from storage.records import Sample
from words import Text, is_text

_STATES = {  # state -> (glyph, tone, word)
    "waiting": ("◌", "soft", N_("waiting")),
    "queued": ("○", "soft", N_("queued")),
    "running": ("●", "good", N_("running")),
    "paused": ("❙❙", "warning", N_("paused")),
    "succeeded": ("✓", "good", N_("succeeded")),
    "failed": ("✕", "bad", N_("failed")),
    "stopped": ("■", "soft", N_("stopped")),
}
_REQUESTS = {"pause": N_("pausing: it saves first"), "stop": N_("stopping: it saves first")}
STATES = tuple(_STATES)
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})
NAMES = frozenset({"name", "run", "other", "dataset", "model", "study", "stage", "judge", "filter", "tag", "new_name"})

KINDS = {"generate": N_("Answers")}
"""What runs that train nothing are called beside the methods of those that do."""


def heading(title: str, note: str = "") -> Markup:
    """The page's title, and in grey where it stands."""
    return Markup('<h1 class="al-title">{}<small>{}</small></h1>').format(title, note)


def fork_of(run_id: str, step: int) -> str:
    """Which run another one is a fork of, and from where on."""
    return _("fork of {run} at step {step}").format(run=short(run_id), step=step)


def section(title: str, note: str = "") -> Markup:
    """The title of a part of the page."""
    return Markup('<h2 class="al-section">{}<small>{}</small></h2>').format(title, note)


def empty(title: str, advice: str) -> Markup:
    """The notice of an empty page: what is missing, and what to do next."""
    return Markup('<div class="al-empty"><h2>{}</h2><p>{}</p></div>').format(title, advice)


def name(text: str) -> Markup:
    """A name that a person gave, inside a sentence: written from right to left, it turns nothing round beside it."""
    return Markup("<bdi>{}</bdi>").format(text)


def sentence(text: Text | None) -> Markup:
    """A stored sentence in the reader's language, with the names in it set apart; nothing for None."""
    if text is None:
        return Markup("")
    msgid, values = text
    return escape(_(msgid)).format(**{key: _value(key, value) for key, value in values.items()})


def _value(key: str, value: Any) -> Any:
    """What stands in a field: a name, or anything else that is written from right to left, is set apart."""
    if is_text(value):
        msgid, values = value
        return sentence((msgid, values))
    return name(value) if isinstance(value, str) and (key in NAMES or _turns_round(value)) else value


def _turns_round(text: str) -> bool:
    """Whether some of it is written from right to left, or says so of what is beside it."""
    return any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in text)


def number(value: float | None, digits: int = 3) -> str:
    """Three significant digits, below 1 three decimals or two significant digits; thousands apart, a real minus sign, a
    dash for nothing.

    >>> number(0.69314), number(1234567.0), number(0.0075), number(-0.00004), number(None)
    ('0.693', '1,234,567', '0.0075', '−4e-05', '–')
    """
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size = abs(float(f"{value:.{digits}g}"))  # rounded first: 9.999 has as many digits as 10
    if size >= 10 ** (digits - 1) or value == int(value):
        text = f"{value or 0:,.0f}"  # nor a minus before 0
    elif size < 1e-3:
        text = f"{value:.{digits}g}"
    else:
        power = math.floor(math.log10(size))
        decimals = digits - 1 - power if power >= 0 else max(digits, digits - 2 - power)
        text = f"{value:.{decimals}f}"
        if decimals > digits:
            text = text.removesuffix("0")
    return text.replace("-", "−", 1) if value < 0 else text


def signed(value: float) -> str:
    """The number with its sign in front."""
    return number(value) if value < 0 else f"+{number(value)}"


def percent(fraction: float) -> str:
    """A share as a whole per cent; 100 % only when nothing is left."""
    return f"{math.floor(fraction * 100 + 1e-9)} %"


def duration(seconds: float) -> str:
    """A time span in the two largest units that matter."""
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    if whole < 86400:
        return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)
    return _("{days} d {hours} h").format(days=whole // 86400, hours=whole % 86400 // 3600)


def moment(at: float, form: str = "time") -> Markup:
    """A point in time; the browser writes it in the reader's own time zone. Forms: time, date, both."""
    return Markup('<time data-at="{at}" data-form="{form}"></time>').format(at=at, form=form)


def short(run_id: str) -> str:
    """Enough of a run's id to know it by."""
    return run_id[:5]


def short_hash(text: str) -> str:
    """The first characters of a hash, enough to know it by; any other text as it is.

    >>> short_hash("ab" * 32), short_hash("latest")
    ('abababa', 'latest')
    """
    return text[:7] if re.fullmatch(r"[0-9a-f]{64}", text) else text


def chip(algorithm: str | None, kind: str = "train") -> Markup:
    """The method's name with its hue and glyph; dashed for the article's forms. None: an imported run may not tell.

    A run of another kind than train has no method: its chip says what it does.
    """
    look = mark(algorithm)
    untitled = _(KINDS[kind]) if kind in KINDS else (algorithm or _("method not told"))
    title = _(ALGORITHMS[algorithm].title) if algorithm in ALGORITHMS else untitled
    return Markup('<span class="al-chip {classes}"><i class="al-shape-{shape}"></i>{title}</span>').format(
        classes=look.css_classes, shape=look.shape, title=title
    )


def tags(names: Iterable[str]) -> Markup:
    """Tags that people gave, beside each other; nothing where there is none."""
    marks = Markup("").join(Markup('<span class="al-tag">{}</span>').format(name(each)) for each in names)
    return Markup('<span class="al-tags">{}</span>').format(marks) if marks else Markup("")


def tone(text: str, name: str, glyph: str = "") -> Markup:
    """Coloured words; the glyph says the same without the colour."""
    lead = Markup("<i>{}</i>").format(glyph) if glyph else ""
    return Markup('<span class="al-tone al-{name}">{lead}{text}</span>').format(name=name, lead=lead, text=text)


def state(name: str, request: str | None = None) -> Markup:
    """A run's state in words, and what has been asked of it but has not happened yet."""
    glyph, colour, word = _STATES[name]
    markup = tone(_(word), colour, glyph)
    if request is None or name not in ("running", "queued", "waiting"):
        return markup
    return markup + Markup(' <span class="al-soft">{}</span>').format(_(_REQUESTS[request]))


def state_word(name: str) -> str:
    """The state's name alone, for filters."""
    return _(_STATES[name][2])


def escape_markdown(text: str) -> str:
    """Text for the few places that only take Markdown, toasts above all: every sign stands for itself.

    >>> escape_markdown("run *a*: $5")
    'run \\\\*a\\\\*\\\\: \\\\$5'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def help_mark(text: str) -> Markup:
    """A small sign that explains what stands before it, on hover, focus or touch."""
    return Markup(
        '<span class="al-help" tabindex="0" role="note" aria-label="{text}" data-help="{text}">?</span>'
    ).format(text=text)


def raw(text: str) -> Markup:
    """Text of a model or a person exactly as written: line breaks kept, nothing interpreted."""
    return Markup('<div class="al-raw" dir="auto">{}</div>').format(text)


def answer(text: str) -> Markup:
    """What a model answered, as written; its thinking before that is folded."""
    thought = thinking.split(text)
    return _folded(thought.thinking) + raw(thought.answer)


def _folded(thought: str | None) -> Markup:
    if thought is None:
        return Markup("")
    return Markup("<details><summary>{}</summary>{}</details>").format(_("Thinking"), raw(thought))


def message(turn: Mapping[str, object]) -> Markup:
    """One turn of a conversation with its speaker, and the tools that it calls."""
    return Markup('<div class="al-turn"><span class="al-role">{role}</span>{text}</div>').format(
        role=role(turn), text=raw(turn_text(turn))
    )


def role(turn: Mapping[str, object]) -> str:
    """Who speaks, in the reader's language."""
    names = {"user": _("user"), "assistant": _("assistant"), "system": _("system"), "tool": _("tool")}
    speaker = str(turn.get("role", ""))
    return names.get(speaker, speaker)


def turn_text(turn: Mapping[str, object]) -> str:
    """What a turn says, and the tools that it calls."""
    return "\n".join(filter(str.strip, (str(turn.get("content", "")), tool_calls.in_words(turn))))


def conversation(turns: Sequence[Mapping[str, object]]) -> Markup:
    """A prompt: its last question, which is what is answered, after all earlier turns, which are folded.

    A question at the end needs no speaker.
    """
    start = last_question(turns)
    question = turns[start:]
    if len(question) == 1 and (start == 0 or question[0].get("role") == "user"):
        return _earlier(turns[:start]) + raw(str(question[0].get("content", "")))
    return _earlier(turns[:start]) + Markup("").join(message(turn) for turn in question)


def last_question(turns: Sequence[Mapping[str, object]]) -> int:
    """Where the last turn of a user stands, else the last turn."""
    of_user = [index for index, turn in enumerate(turns) if turn.get("role") == "user"]
    return of_user[-1] if of_user else max(0, len(turns) - 1)


def _earlier(turns: Sequence[Mapping[str, object]]) -> Markup:
    if not turns:
        return Markup("")
    return Markup('<details class="al-earlier"><summary>{title}</summary>{turns}</details>').format(
        title=_("Earlier turns: {count}").format(count=len(turns)),
        turns=Markup("").join(message(turn) for turn in turns),
    )


def about_sample(sample: Sample) -> Markup:
    """At which step a model gave the answer, and how it was scored."""
    scores = [f"{name} {number(value)}" for name, value in sample.scores.items()]
    cut = [] if sample.finished else [_("cut at the longest answer")]
    return Markup("<b>{}</b> {}").format(_("step {step}").format(step=sample.step), " · ".join([*scores, *cut]))


def differing(first: str, second: str) -> tuple[Markup, Markup]:
    """Both answers, their thinking folded, with the words highlighted that only one has.

    Where they have too little in common none is highlighted.
    """
    left, right = thinking.split(first), thinking.split(second)
    left_words, right_words = _differing(left.answer, right.answer)
    return _folded(left.thinking) + left_words, _folded(right.thinking) + right_words


def _differing(first: str, second: str) -> tuple[Markup, Markup]:
    pieces = text_difference.difference(first, second)
    if pieces is None:
        return raw(first), raw(second)
    frame = Markup('<div class="al-raw" dir="auto">{}</div>')
    sides = ([piece for piece in pieces if piece.kind != other] for other in ("added", "removed"))
    left, right = (
        frame.format(Markup("").join(_tinted(text, kind != "same") for kind, text in side)) for side in sides
    )
    return left, right


def _tinted(text: str, differs: bool) -> Markup:
    if not text:
        return Markup("")
    return Markup("<mark>{}</mark>").format(text) if differs else escape(text)
