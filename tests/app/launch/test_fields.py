"""A setting of each kind as a widget: value, unit and bounds, chips, and the mistake beside it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.launch import fields, form_state
from engine.spec import ALGORITHMS, Setting, parse, settings

REAL = Setting(
    "beta", "Tie", "How tight.", "real", 0.1, lower=0, lower_included=False, upper=100, suggested=(0.05, 0.1)
)


WIDGETS = ("number_input", "selectbox", "text_input", "toggle", "multiselect", "button")


def drawn_keys(at: AppTest) -> set[str]:
    """The keys of all widgets; AppTest does not know menus, whose ids end with them."""
    menus = {menu.proto.id.split("-", 2)[2] for menu in at.get("menu_button")}
    return menus | {widget.key for kind in WIDGETS for widget in at.get(kind)}


def field(setting: Setting, **context: object) -> AppTest:
    """A page with that one field."""

    def script(setting, context):
        from app.launch import fields
        from app.launch.field_context import FieldContext

        fields.draw(setting, "field", FieldContext(**context))

    return AppTest.from_function(script, default_timeout=30, args=(setting, context)).run()


def test_a_number_shows_its_default_its_bounds_and_its_help():
    at = field(REAL)
    number = at.number_input(key="field")
    assert (number.value, number.label) == (0.1, "Tie > 0")
    assert number.help == "How tight.\n\nTakes a number > 0, ≤ 100."


def test_bounds_are_written_as_an_interval_where_they_matter():
    assert field(replace(REAL, upper=1, upper_included=False)).number_input(key="field").label == "Tie (0, 1)"


def test_a_whole_number_stays_whole_and_says_its_unit():
    at = field(replace(REAL, kind="whole", default=1024, lower=8, lower_included=True, upper=None, unit="tokens"))
    assert at.number_input(key="field").value == 1024
    assert isinstance(at.session_state["field"], int)
    assert at.number_input(key="field").label == "Tie · tokens ≥ 8"


def test_auto_is_an_empty_field_that_says_what_auto_comes_to():
    at = field(replace(REAL, default="auto", words=("auto",)), blank="auto: 2e-4")
    assert at.number_input(key="field").value is None
    assert at.number_input(key="field").placeholder == "auto: 2e-4"


def test_a_chip_is_lit_for_the_present_value_and_takes_its_own_when_pressed():
    at = field(REAL, chips=(0.05, 0.1))
    assert at.pills(key="field~chip").value == 0.1
    at.pills(key="field~chip").set_value(0.05).run()
    assert at.number_input(key="field").value == 0.05
    at.number_input(key="field").set_value(0.07).run()
    assert at.pills(key="field~chip").value is None


def test_a_mistake_stands_under_its_field_and_calls_it_by_its_title():
    problem = ("{path} must be {expected}, not {value}.", {"path": "beta", "expected": ("a number", {}), "value": "-1"})
    at = field(REAL, problems={"beta": problem})
    assert "Tie must be a number, not -1." in at.get("html")[0].proto.body


def test_a_mistake_is_never_read_as_markup():
    at = field(REAL, problems={"beta": ("not {value}", {"value": "<img src=x>"})})
    assert "&lt;img" in at.get("html")[0].proto.body


def test_choice_text_switch_and_list_have_a_widget_each():
    choice = field(replace(REAL, kind="choice", default="a", choices=("a", "b"), labels={"a": "First", "b": "b"}))
    assert choice.selectbox(key="field").options == ["First", "b"]
    assert field(replace(REAL, kind="text", default="latest")).text_input(key="field").value == "latest"
    assert (
        field(replace(REAL, kind="text", default=None, optional=True), blank="all").text_input(key="field").placeholder
        == "all"
    )
    assert field(replace(REAL, kind="switch", default=True)).toggle(key="field").value is True
    assert field(replace(REAL, kind="list", default="auto", words=("auto",))).multiselect(key="field").value == []


def test_a_switch_that_may_be_left_alone_is_a_select_with_nothing_chosen():
    setting = replace(REAL, kind="switch", default=None, optional=True, labels={"true": "On", "false": "Off"})
    at = field(setting, blank="as it is")
    select = at.selectbox(key="field")
    assert (select.options, select.value, select.placeholder) == (["On", "Off"], None, "as it is")
    select.set_value(False).run()
    assert at.session_state["field"] is False


def test_text_with_something_to_offer_is_a_select_that_takes_other_text_too():
    at = field(replace(REAL, kind="text", default=None, optional=True), offered=["one", "two"], blank="none")
    assert at.selectbox(key="field").options == ["none", "one", "two"]


def test_a_kind_nobody_draws_is_an_error():
    assert field(replace(REAL, kind="other")).exception


def reward() -> Setting:
    return next(setting for setting in settings(ALGORITHMS["dpo"]) if setting.path == "reward")


def parts(*kinds: str, optional: bool = True, **context: object) -> AppTest:
    """A page with a reward of parts of these kinds."""

    def script(setting, kinds, context):
        import streamlit as st

        from app.launch import block_list, fields
        from app.launch.field_context import FieldContext

        if "field" not in st.session_state:
            st.session_state["field"] = 0
            for kind in kinds:
                block_list.add(setting, "field", kind)
        fields.draw(setting, "field", FieldContext(**context))

    setting = replace(reward(), optional=optional)
    at = AppTest.from_function(script, default_timeout=30, args=(setting, kinds, context)).run()
    assert not at.exception
    return at


def kinds_and_weights(at: AppTest) -> list[tuple[str, float]]:
    indices = range(at.session_state["field"])
    kinds = [at.selectbox(key=f"field.{index}.kind").value for index in indices]
    return [(kind, at.number_input(key=f"field.{index}.{kind}.weight").value) for index, kind in enumerate(kinds)]


def test_any_part_of_a_reward_can_be_moved_and_removed():
    at = parts("polite", "keyword", "length")
    for index, kind in enumerate(("polite", "keyword", "length")):
        at.number_input(key=f"field.{index}.{kind}.weight").set_value(index + 1.0).run()
    assert at.button(key="field~part-up.0").disabled
    assert at.button(key="field~part-down.2").disabled
    at.button(key="field~part-down.0").click().run()
    assert kinds_and_weights(at) == [("keyword", 2.0), ("polite", 1.0), ("length", 3.0)]
    at.button(key="field~part-up.2").click().run()
    at.button(key="field~part-remove.0").click().run()
    assert kinds_and_weights(at) == [("length", 3.0), ("polite", 1.0)]
    at.button(key="field~part-remove.1").click().run()
    at.button(key="field~part-remove.0").click().run()
    assert at.session_state["field"] == 0


def test_a_list_that_must_hold_something_keeps_its_last_part():
    at = parts("polite", optional=False)
    assert at.button(key="field~part-remove.0").disabled


def test_a_part_without_a_name_is_called_after_its_own_kind_and_not_after_what_an_empty_reward_means():
    at = parts("keyword", blank="polite")
    assert at.text_input(key="field.0.keyword.name").placeholder == "keyword"


@pytest.mark.parametrize("kind", reward().kinds)
def test_a_part_has_the_fields_of_its_kind(kind: str):
    at = parts("polite")
    at.selectbox(key="field.0.kind").set_value(kind).run()
    assert not at.exception
    keyed = {widget.key for name in (*WIDGETS, "text_area") for widget in at.get(name)}
    assert {f"field.0.{kind}.{inner.path}" for inner in reward().kinds[kind][1:]} <= keyed


def test_the_mistake_of_a_part_stands_under_its_field():
    at = parts("keyword", problems={"reward.1.words": ("{path} is missing.", {"path": "reward.1.words"})})
    assert "Words is missing." in " ".join(html.proto.body for html in at.get("html"))


def test_why_a_field_has_no_effect_stands_under_it():
    at = field(REAL, inert={"beta": ("Nothing reads {what}.", {"what": "<b>it</b>"})})
    assert "No effect.</b> Nothing reads &lt;b&gt;it" in at.get("html")[0].proto.body


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_setting_that_leaves_a_choice_has_a_widget(algorithm: str):
    def script(found):
        import streamlit as st

        from app.launch import fields
        from app.launch.field_context import FieldContext

        for setting in found:
            with st.container():
                fields.draw(setting, setting.path, FieldContext(chips=setting.suggested))

    found = form_state.fields(algorithm)
    at = AppTest.from_function(script, default_timeout=30, args=(found,)).run()
    assert not at.exception
    for setting in found:
        assert {setting.path, f"{setting.path}~add"} & drawn_keys(at), setting.path


def written(**changes: object) -> AppTest:
    """A page that fills the draft with a run file and gathers it again."""

    def script(data):
        import streamlit as st

        from app.launch import form_state
        from engine.spec import parse

        form_state.fill(parse(data))
        st.session_state["gathered"] = form_state.gather()

    data = {"algorithm": "dpo", "data": {"dataset": "d"}, **changes}
    at = AppTest.from_function(script, default_timeout=30, args=(data,)).run()
    assert not at.exception
    assert parse(at.session_state["gathered"]) == parse(data)
    return at


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"algorithm": "sft"},
        {"beta": 0.3, "variant": "robust", "label_smoothing": 0.1, "name": "mine"},
        {"model": {"name": "a/b", "adapter": {"kind": "lora", "rank": 4, "targets": ["q_proj"]}}},
        {"model": {"from": "run:a123456789@40"}},
        {"budget": {"seconds": 12.5}, "seed": 7},
        {"reward": [{"kind": "polite", "weight": 2.0}, {"kind": "polite", "name": "again"}]},
        {"reward": [{"kind": "keyword", "words": ["a", "b"]}, {"kind": "learned", "from": "run:a123456789"}]},
        {
            "reward": [
                {
                    "kind": "judge",
                    "url": "http://localhost/v1",
                    "model": "m",
                    "key": "env:K_API_KEY",
                    "temperature": None,
                }
            ]
        },
        {"evaluation": {"dataset": "other", "reward": [{"kind": "polite"}]}, "checkpoint": {"keep_best": None}},
        {"optimizer": {"learning_rate": 1e-5, "micro_batch": 4}, "data": {"dataset": "d", "filter": "zh"}},
    ],
)
def test_a_run_file_survives_the_form(changes: dict):
    written(**changes)


@pytest.mark.parametrize("value", [2e-4, 0.05, 32.0, 1024])
def test_compact_numbers_read_back_as_themselves(value: float):
    assert float(fields.compact(value).replace(",", "")) == value
