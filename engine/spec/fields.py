"""The building blocks of settings: field types that read a run file well, and `settings()`, the flat list of them.

A setting is declared once, as a pydantic field with title, description, bounds, unit and suggested values; forms,
error sentences and help texts are all made from the `Setting` that this module reads off the field. Left out: which
settings exist (`run`, `train`, `algorithms`, `rewards`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticUndefined

from words import N_, Text

V = TypeVar("V")
MOST_WHOLE = 10**12  # what is made of it still fits into a column
Kind = Literal["real", "whole", "choice", "text", "switch", "list", "other"]


class Settings(BaseModel):
    """A block of a run file: unknown keys are errors, nothing changes after parsing."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        serialize_by_alias=True,
        hide_input_in_errors=True,  # someone may have put a secret where only its name belongs
    )
    # Of a block whose fields are in another order than pydantic's, which begins with those of the parent class.
    field_order: ClassVar[tuple[str, ...]] = ()


def _number(value: object) -> object:
    """YAML reads 1e-5 as text, and pydantic would take true as 1."""
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


def _countable(value: int) -> int:
    if abs(value) > MOST_WHOLE:
        text = N_("{path} must be at most {most}: no run needs a larger number.")
        raise PydanticCustomError("mistake", "{msgid}", {"msgid": text, "values": {"most": f"{MOST_WHOLE:,}"}})
    return value


Real = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, Field(strict=True), AfterValidator(_countable)]


def setting(default: Any, title: str, help: str, **options: Any) -> Any:
    """A field of a run file. Options: `unit`, `suggested` (tuple), `labels` (of a choice), and pydantic's bounds."""
    extra: dict[str, Any] = {key: options.pop(key) for key in ("unit", "suggested", "labels") if key in options}
    return Field(default, title=title, description=help, json_schema_extra=extra, **options)


@dataclass(frozen=True)
class Setting:
    """One setting as a form or a sentence needs it. `path` is written as in the run file: `optimizer.learning_rate`."""

    path: str
    title: str
    help: str
    kind: Kind
    default: Any
    lower: float | None = None
    upper: float | None = None
    lower_included: bool = True
    upper_included: bool = True
    longest: int | None = None
    words: tuple[str, ...] = ()  # words allowed beside the kind: ("auto",)
    choices: tuple[str, ...] = ()
    labels: dict[str, str] | None = None
    optional: bool = False
    unit: str | None = None
    suggested: tuple[Any, ...] = ()
    # of one entry, where the setting is a list of blocks: the settings of each kind of block, its kind among them
    kinds: Mapping[str, tuple["Setting", ...]] = field(default_factory=dict)

    @property
    def expected(self) -> Text:
        """What the setting takes, to stand after "must be": the same words for every kind of mistake."""
        what = self._kind_expected()
        if self.words and self.kind != "choice":
            return (N_("{word} or {what}"), {"word": self.words[0], "what": what})
        return what

    def _kind_expected(self) -> Text:
        if self.kind == "choice":
            return (N_("one of {choices}"), {"choices": ", ".join(self.choices)})
        if self.kind in ("real", "whole"):
            return self._number_expected()
        if self.kind == "text" and self.longest is not None:
            return (N_("text of at most {longest} characters"), {"longest": self.longest})
        names = {"text": N_("text"), "switch": N_("true or false"), "list": N_("a list that is not empty")}
        return (names.get(self.kind, N_("a block of settings")), {})

    def _number_expected(self) -> Text:
        number: Text = (N_("a whole number"), {}) if self.kind == "whole" else (N_("a number"), {})
        low = "≥" if self.lower_included else ">"
        high = "≤" if self.upper_included else "<"
        bounds = [f"{low} {self.lower:.10g}"] if self.lower is not None else []
        bounds += [f"{high} {self.upper:.10g}"] if self.upper is not None else []
        if not bounds:
            return number
        return (N_("{number} {bounds}"), {"number": number, "bounds": ", ".join(bounds)})


def settings(block: type[Settings], prefix: str = "") -> Iterator[Setting]:
    """Every setting of a block, depth first, in the order of the run file. Blocks themselves are not listed."""
    for name, info in fields_of(block).items():
        declared = read(f"{prefix}{info.alias or name}", info)
        inner = inner_blocks(info)
        if not inner or declared.kind == "list":
            yield declared
        else:
            yield from settings(inner[0], f"{declared.path}.")


def fields_of(block: type[Settings]) -> dict[str, FieldInfo]:
    """The fields of a block by name, in the order of the run file."""
    return in_order(block.model_fields, block.field_order)


def in_order(values: Mapping[str, V], order: Sequence[str]) -> dict[str, V]:
    """The values, those of `order` first and in that order. The order may name keys that are not there."""
    return {key: values[key] for key in (*order, *values) if key in values}


def inner_blocks(info: FieldInfo) -> tuple[type[Settings], ...]:
    """The blocks a field may hold, also inside a list or beside a word such as auto."""
    return tuple(
        candidate
        for part in _parts(info.annotation)
        for candidate in (part, *(inner for argument in get_args(part) for inner in _parts(argument)))
        if isinstance(candidate, type) and issubclass(candidate, Settings)
    )


def kind_of(block: type[Settings]) -> str:
    """The word by which a block is told from the others it is joined with."""
    return str(block.model_fields["kind"].default)


def read(path: str, info: FieldInfo) -> Setting:
    """The flat description of one pydantic field."""
    parts = _parts(info.annotation)
    words = tuple(str(word) for part in parts if get_origin(part) is Literal for word in get_args(part))
    kind = _kind([part for part in parts if get_origin(part) is not Literal], words)
    extra: dict[str, Any] = dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}
    default = None if info.default is PydanticUndefined else info.default
    return Setting(
        path,
        info.title or path,
        info.description or "",
        kind,
        default,
        words=() if kind == "choice" else words,
        choices=words if kind == "choice" else (),
        optional=NoneType in _parts(info.annotation, keep_none=True),
        kinds=_kinds(inner_blocks(info)) if kind == "list" else {},
        **_bounds(info),
        **extra,
    )


def _kinds(blocks: Sequence[type[Settings]]) -> dict[str, tuple[Setting, ...]]:
    """The settings of joined blocks. The choice of a kind stands in each of them, and offers all kinds."""
    each = {kind_of(block): tuple(settings(block)) for block in blocks}
    labels = {kind: (own[0].labels or {})[kind] for kind, own in each.items()}
    return {kind: (replace(own[0], choices=tuple(each), labels=labels), *own[1:]) for kind, own in each.items()}


def _parts(annotation: Any, keep_none: bool = False) -> list[Any]:
    """The members of a union, without their metadata."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        members = [part for member in get_args(annotation) for part in _parts(member, keep_none)]
    elif origin is Annotated:
        members = _parts(get_args(annotation)[0], keep_none)
    else:
        members = [annotation]
    return members if keep_none else [part for part in members if part is not NoneType]


def _kind(parts: list[Any], words: tuple[str, ...]) -> Kind:
    if not parts and words:
        return "choice"
    if get_origin(parts[0]) is list:
        return "list"
    kinds: dict[Any, Kind] = {float: "real", int: "whole", str: "text", bool: "switch"}
    return kinds.get(parts[0], "other")


def _metadata(annotation: Any) -> Iterator[Any]:
    """The rules that stand inside an annotation: the bounds of `Literal["auto"] | Annotated[float, Field(gt=0)]`."""
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _metadata(member)
    elif get_origin(annotation) is Annotated:
        for rule in get_args(annotation)[1:]:
            yield from rule.metadata if isinstance(rule, FieldInfo) else (rule,)


def _bounds(info: FieldInfo) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for rule in (*info.metadata, *_metadata(info.annotation)):
        match rule:
            case Ge(ge=value):
                bounds |= {"lower": value}
            case Gt(gt=value):
                bounds |= {"lower": value, "lower_included": False}
            case Le(le=value):
                bounds |= {"upper": value}
            case Lt(lt=value):
                bounds |= {"upper": value, "upper_included": False}
            case MaxLen(max_length=value):
                bounds |= {"longest": value}
    return bounds
