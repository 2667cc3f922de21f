"""The section Watch of the form: what stops or pauses the run by its metrics, each rule as a sentence with its fields.

The rules are a list of blocks like the parts of a reward, and lie in the session as these do (`launch.block_list`).
Left out: the rules themselves (`engine.spec.watch`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.bridge import pending_values
from app.launch import block_list, fields
from app.launch.field_context import FieldContext
from app.markup.metric_names import title
from app.translations import _, ngettext
from engine.spec import METRICS, Setting, Train, metric_keys
from engine.spec.reported import comparing
from engine.spec.watch import RULES
from words import Text


@dataclass(frozen=True)
class RuleList:
    """The setting, the session's key of how many rules there are, mistakes by path, and what the run reports."""

    setting: Setting
    key: str
    problems: Mapping[str, Text]
    reported: Sequence[str]

    @property
    def kinds(self) -> list[str]:
        """The kinds of the rules, in their order."""
        keys = [block_list.entry_key(self.key, index) for index in range(st.session_state[self.key])]
        return [st.session_state.setdefault(key, next(iter(self.setting.kinds))) for key in keys]

    def inner(self, kind: str, index: int) -> list[Setting]:
        """The settings of a rule, at their paths in the run file."""
        return [
            replace(self._choosing(kind, inner), path=f"{self.setting.path}.{index + 1}.{inner.path}")
            for inner in self.setting.kinds[kind][1:]
        ]

    def values(self, kind: str, index: int) -> dict[str, Any]:
        """What the fields of a rule hold, or would hold if they had been drawn."""
        return {**self._defaults(kind), **block_list.values(self.setting, self.key, index)}

    def add(self, kind: str) -> None:
        """Put a rule of this kind at the end, as it is at first."""
        block_list.add(self.setting, self.key, kind, self._defaults(kind))

    def remove(self, index: int) -> None:
        """Take a rule away; those after it move up."""
        others = [other for other in range(st.session_state[self.key]) if other != index]
        block_list.reorder(self.setting, self.key, others)

    def _defaults(self, kind: str) -> dict[str, Any]:
        return {inner.path: fields.to_widget(inner, inner.default) for inner in self.setting.kinds[kind][1:]}

    def _choosing(self, kind: str, inner: Setting) -> Setting:
        """A metric is chosen among those that the run reports; where it has none of them, its mistake says so."""
        if inner.path != "metric":
            return inner
        declared = inner.choices or comparing(self.reported or (key for key in METRICS if "{" not in key))
        known = [key for key in declared if not self.reported or key in self.reported] or declared
        labels = inner.labels or {key: title(key) for key in declared}
        return replace(inner, kind="choice", choices=tuple(known), labels=labels)


def section(setting: Setting, key: str, problems: Mapping[str, Text], spec: Train | None) -> None:
    """The folded section; its head says what the run is watched for."""
    pending_values.keep_value(key, 0)
    rules = RuleList(setting, key, problems, () if spec is None else metric_keys(spec))
    with st.expander(_head(rules), key=f"fold.{setting.path}"):
        st.caption(
            _(
                "Three updates in a row whose loss or gradient is not a finite number end every run. A rule acts "
                "sooner, or on something else, and says so on the run's page."
            )
        )
        for index, kind in enumerate(rules.kinds):
            with st.container(border=True, gap="xsmall", key=f"{key}~{index}~rule"):
                _rule(rules, kind, index)
        _offer(rules)


def _head(rules: RuleList) -> str:
    names = _names(rules.setting)
    words = ", ".join(names[kind] for kind in rules.kinds) or _("no rules of your own")
    label = f"**{_('Watch')}** :gray[{words}]"
    wrong = sum(path.partition(".")[0] == rules.setting.path for path in rules.problems)
    return f"{label} :red[✕ {ngettext('{count} mistake', '{count} mistakes', wrong)}]" if wrong else label


def _names(setting: Setting) -> dict[str, str]:
    first: Setting = next(iter(setting.kinds.values()))[0]
    return {kind: _(name) for kind, name in (first.labels or {}).items()}


def _rule(rules: RuleList, kind: str, index: int) -> None:
    """The sentence with the button that takes the rule away, then its fields: the metric alone, the others by twos."""
    sentence, button = st.columns([4, 1], gap="small")
    with sentence:
        st.html(Markup('<div class="al-rule">{}</div>').format(_sentence(rules, kind, index)))
    with button:
        st.button(
            _("Remove"),
            key=f"{rules.key}~{index}~remove",
            help=_("Take this rule away"),
            type="tertiary",
            on_click=rules.remove,
            args=(index,),
        )
    keys = [block_list.entry_key(rules.key, index, kind, inner.path) for inner in rules.setting.kinds[kind][1:]]
    context = FieldContext(problems=rules.problems)
    cells = [
        partial(fields.draw, inner, key, replace(context, chips=inner.suggested))
        for inner, key in zip(rules.inner(kind, index), keys, strict=True)
    ]
    if len(cells) > 1:
        cells.pop(0)()
    for first in range(0, len(cells), 2):
        for column, cell in zip(st.columns(2, gap="small"), cells[first : first + 2], strict=False):
            with column:
                cell()


def _sentence(rules: RuleList, kind: str, index: int) -> str:
    """What the rule does, with the values that its fields hold."""
    values = rules.values(kind, index)
    action = next(inner for inner in rules.setting.kinds[kind] if inner.path == "do")
    words = {name: fields.compact(value) for name, value in values.items() if value is not None}
    words["do"] = _((action.labels or {})[values["do"]])
    if "metric" in values:
        words["metric"] = title(values["metric"])
    if "patience" in values:
        words["count"] = ngettext("{count} evaluation", "{count} evaluations", values["patience"] or 0)
    elif "for" in values:
        words["count"] = ngettext("{count} value", "{count} values", values["for"] or 0)
    return _(RULES[kind].sentence).format_map({"above": "–", "min_delta": "–", **words})


def _offer(rules: RuleList) -> None:
    """A button for each kind of rule."""
    with st.container(horizontal=True, gap="xsmall"):
        for kind, name in _names(rules.setting).items():
            st.button(name, key=f"{rules.key}~add~{kind}", icon=":material/add:", on_click=rules.add, args=(kind,))
