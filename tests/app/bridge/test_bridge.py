"""What answers Streamlit's reruns (ADR 0010): presses, dialogs, address, values, redirects, fragments, errors.

Left out: our scripts (`test_scripts`).
"""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from markupsafe import Markup
from streamlit.testing.v1 import AppTest

from app.bridge import buttons, live, pending_values, streamlit_words
from app.bridge.fragment import Fragment
from app.translations import language_as


def run_page(script: Callable[[], None]) -> AppTest:
    """A page of its own; its script stands in a function, which must import what it uses."""
    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception
    return page


# Presses


def page_with_a_button() -> None:
    import streamlit as st

    from app.bridge import buttons

    buttons.forget_presses_elsewhere(st.session_state.setdefault("page", "first"))
    if st.session_state.get("ends midway"):
        st.button("Go", key="go", on_click=buttons.keep, args=("go",))
        st.stop()  # as when a live fragment has changed and the page runs again
    st.text("pressed" if buttons.button("Go", key="go") else "not pressed")


def test_a_press_is_reported_once() -> None:
    page = run_page(page_with_a_button)
    assert page.button(key="go").click().run().text[0].value == "pressed"
    assert page.run().text[0].value == "not pressed"


def test_a_press_outlives_a_page_run_that_ended_midway() -> None:
    page = run_page(page_with_a_button)
    page.session_state["ends midway"] = True
    assert not page.button(key="go").click().run().text
    page.session_state["ends midway"] = False
    assert page.run().text[0].value == "pressed"


def test_a_press_is_forgotten_on_another_page() -> None:
    page = run_page(page_with_a_button)
    page.session_state["ends midway"] = True
    page.button(key="go").click().run()
    page.session_state["page"] = "second"
    page.session_state["ends midway"] = False
    assert page.run().text[0].value == "not pressed"


def page_that_works_under_a_spinner() -> None:
    import streamlit as st

    from app.bridge import buttons

    if buttons.button("Go", key="go"):
        with buttons.spinner("Working", "go"):
            st.session_state["works"] = st.session_state.get("works", 0) + 1


def test_work_that_a_press_asks_for_waits_for_its_spinner_and_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = run_page(page_that_works_under_a_spinner)
    with monkeypatch.context() as patched:
        patched.setattr(st, "spinner", lambda *_: st.stop())  # the page run ends where it draws
        page.button(key="go").click().run()
    assert "works" not in page.session_state
    page.run().run()
    assert page.session_state["works"] == 1


# Dialogs


def page_with_dialogs() -> None:
    import streamlit as st

    from app.bridge import dialogs

    if st.button("Open", key="open"):
        dialogs.ask("edit", 7)
    if st.button("Close", key="close"):
        dialogs.close()
    bodies = {name: (name.title(), lambda about: st.text(f"about {about}")) for name in ("edit", "rename")}
    dialogs.show(bodies, not_dismissible={"edit"})


def test_a_dialog_stays_open_through_reruns_until_it_is_closed() -> None:
    page = run_page(page_with_dialogs)
    assert not page.text
    page.button(key="open").click().run()
    assert page.run().text[0].value == "about 7"
    assert not page.button(key="close").click().run().text


def test_only_a_dialog_with_something_to_lose_is_closed_by_its_own_buttons_alone() -> None:
    page = run_page(page_with_dialogs)
    for name, dismissible in (("edit", False), ("rename", True)):
        page.session_state["dialog.open"] = (name, None)
        assert page.run().get("dialog")[0].proto.dialog.dismissible is dismissible


def test_a_dialog_of_another_page_is_not_drawn() -> None:
    page = run_page(page_with_dialogs)
    page.session_state["dialog.open"] = ("import", None)
    assert not page.run().get("dialog")


# Address


def page_with_a_choice() -> None:
    import streamlit as st

    from app.bridge import address

    st.text(address.choice("View", {"curves": "Curves", "log": "Log"}, name="tab", default="curves"))


def chosen(page: AppTest) -> str:
    return str(page.text[0].value)


def test_a_choice_stands_in_the_address_by_its_name_and_the_default_does_not() -> None:
    page = run_page(page_with_a_choice)
    assert (chosen(page), "tab" in page.query_params) == ("curves", False)
    page.get("button_group")[0].set_value("log").run()
    assert (chosen(page), page.query_params["tab"]) == ("log", "log")
    page.get("button_group")[0].set_value("curves").run()
    assert "tab" not in page.query_params


def test_the_address_changes_a_choice_that_was_made_before() -> None:
    """A link to the same page, or the browser's Back."""
    page = run_page(page_with_a_choice)
    page.get("button_group")[0].set_value("log").run()
    del page.query_params["tab"]
    assert chosen(page.run()) == "curves"
    page.query_params["tab"] = "log"
    assert chosen(page.run()) == "log"


def page_with_a_list() -> None:
    import streamlit as st

    from app.bridge import address

    words = {"curves": "曲线", "log": "日志"} if "zh" in st.session_state else {"curves": "Curves", "log": "Log"}
    st.text(address.select("View", words, name="tab", default="curves"))


def test_a_choice_outlives_a_change_of_its_words() -> None:
    page = run_page(page_with_a_list)
    page.selectbox(key="choice_tab").set_value("log").run()
    page.session_state["zh"] = True
    assert chosen(page.run()) == "log"
    widget = page.selectbox(key="choice_tab").proto
    assert (widget.set_value, widget.raw_value) == (True, "日志"), "the browser would go on sending the old words"


def page_with_a_box_and_a_field_for_several() -> None:
    import streamlit as st

    from app.bridge import address

    named = [name for name in st.query_params.get("shown", "").split(",") if name]
    shown = address.several("Shown", {"a": "One", "b": "Two"}, named, key="shown_field")
    address.put("shown", ",".join(shown))
    st.text(f"{','.join(shown)} {address.ticked('Archived', name='archived')}")


def test_a_box_and_a_field_for_several_stand_in_the_address_and_follow_it() -> None:
    page = run_page(page_with_a_box_and_a_field_for_several)
    page.multiselect(key="shown_field").set_value(["b", "a"]).run()
    page.checkbox(key="ticked_archived").check().run()
    assert (page.query_params["shown"], page.query_params["archived"]) == ("b,a", "1")
    page.query_params["shown"] = "a"
    del page.query_params["archived"]
    assert chosen(page.run()) == "a False", "after a link"
    page.multiselect(key="shown_field").set_value([]).run()
    assert not {"shown", "archived"} & set(page.query_params)


def test_a_name_that_is_no_option_is_the_default() -> None:
    page = AppTest.from_function(page_with_a_choice, default_timeout=60)
    page.query_params["tab"] = "nonsense"
    assert chosen(page.run()) == "curves"


def page_with_wide_dialogs() -> None:
    import streamlit as st

    from app.bridge import dialogs

    dialogs.ask(st.query_params["open"])
    bodies = {name: (name, lambda about: None) for name in ("question", "form", "table")}
    dialogs.show(bodies, widths={"form": "medium", "table": "large"})


@pytest.mark.parametrize(("name", "width"), [("question", "SMALL"), ("form", "MEDIUM"), ("table", "LARGE")])
def test_a_dialog_is_as_wide_as_its_kind_needs(name: str, width: str) -> None:
    page = AppTest.from_function(page_with_wide_dialogs, default_timeout=60)
    page.query_params["open"] = name
    (dialog,) = page.run().get("dialog")
    assert dialog.proto.dialog.DialogWidth.Name(dialog.proto.dialog.width) == width


# Streamlit's own words


def test_what_an_empty_list_says_is_in_the_reader_s_language() -> None:
    with language_as("en"):
        assert streamlit_words.style() == ':root { --al-nothing: "Nothing to choose"; }'


# Values that would be set back


def page_with_a_field_and_a_chip() -> None:
    import streamlit as st

    from app.bridge import pending_values

    pending_values.reapply()
    pending_values.keep_value("field", 1.0)
    st.number_input("Field", key="field")
    st.button("Half", key="half", on_click=lambda: pending_values.set_value("field", 5.0))
    st.button("Go", key="go")
    st.text(st.session_state["field"])
    pending_values.page_drawn()


@pytest.mark.parametrize(("seen", "meant"), [(False, "5.0"), (True, "1.0")])
def test_a_value_that_a_press_set_counts_over_an_older_one_until_it_is_seen(
    monkeypatch: pytest.MonkeyPatch, seen: bool, meant: str
) -> None:
    monkeypatch.setattr(pending_values, "UNSEEN_SECONDS", -1.0 if seen else 60.0)
    page = run_page(page_with_a_field_and_a_chip)
    assert page.button(key="half").click().run().text[0].value == "5.0"
    page.number_input(key="field").set_value(1.0)  # as the browser sends it that has not drawn the 5
    assert page.button(key="go").click().run().text[0].value == meant


def test_a_value_typed_after_a_press_counts() -> None:
    page = run_page(page_with_a_field_and_a_chip)
    page.button(key="half").click().run()
    assert page.number_input(key="field").set_value(7.0).run().text[0].value == "7.0"


def page_with_a_choice_of_changing_words() -> None:
    import streamlit as st

    from app.bridge import pending_values

    words = {"a": "eins", "b": "zwei"} if "de" in st.session_state else {"a": "one", "b": "two"}
    pending_values.keep_value("field", "a")
    st.text(st.selectbox("Field", list(words), format_func=words.__getitem__, key="field"))


def test_a_value_that_is_kept_outlives_a_change_of_its_words() -> None:
    page = run_page(page_with_a_choice_of_changing_words)
    page.selectbox(key="field").set_value("b").run()
    page.session_state["de"] = True
    assert chosen(page.run()) == "b"


def page_with_a_form_that_is_filled() -> None:
    import streamlit as st

    from app.bridge import renewed_keys

    def fill() -> None:
        renewed_keys.renew("form")
        st.session_state[renewed_keys.key("form", "seed")] = 3.0

    st.button("Fill", key="fill", on_click=fill)
    if "ends midway" in st.session_state:
        st.stop()
    st.number_input("Seed", value=None, key=renewed_keys.key("form", "seed"), persist_state="session")
    st.number_input("Steps", value=None, key=renewed_keys.key("form", "steps"), persist_state="session")
    st.text([st.session_state[renewed_keys.key("form", name)] for name in ("seed", "steps")])


def test_a_filled_form_outlives_the_values_that_the_browser_still_sends() -> None:
    page = run_page(page_with_a_form_that_is_filled)
    page.number_input(key="form0.seed").set_value(1)
    page.number_input(key="form0.steps").set_value(8).run()
    states = page._tree.get_widget_states()
    page.session_state["ends midway"] = True
    page.button(key="fill").click().run()
    del page.session_state["ends midway"]
    page._run(states)
    assert page.text[0].value == "[3.0, 8.0]"


def test_keys_of_a_form_are_dropped_at_the_second_renewal() -> None:
    page = run_page(page_with_a_form_that_is_filled)
    page.button(key="fill").click().run()
    assert "form0.seed" in page.session_state
    page.button(key="fill").click().run()
    assert "form0.seed" not in page.session_state


# Redirect


def page_that_redirects() -> None:
    import streamlit as st

    from app.bridge import redirect

    redirect.follow()
    if st.button("Go", key="go"):
        redirect.remember("views/run.py", {"id": "r1"})
        st.stop()  # as when the page run ends before the browser has followed
    if "arrived" in st.session_state:
        redirect.forget()


def test_a_redirect_outlives_the_page_run_until_the_reader_has_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(st, "switch_page", lambda view, query_params: visits.append((view, query_params)))
    page = run_page(page_that_redirects)
    page.button(key="go").click().run()
    assert visits == []
    page.session_state["arrived"] = True
    page.run().run()
    assert visits == [("views/run.py", {"id": "r1"})]


# Live fragments


def page_with_fragments() -> None:
    import streamlit as st
    from markupsafe import Markup

    from app.bridge import live
    from app.bridge.fragment import Fragment

    def queue(query: dict[str, str]) -> Fragment:
        return Fragment(Markup("<p>{}</p>").format(query["search"]), version="2 runs")

    pressed = live.show(queue, key="queue", search="<b>&")
    st.text(str(pressed))
    live.static(Markup("<i>still</i>"), key="still")


def contents(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.json) for element in page.main if element.type == "bidi_component"]


def test_a_fragment_comes_with_the_page_and_its_script_knows_where_to_ask() -> None:
    first, still = contents(run_page(page_with_fragments))
    assert first["html"] == "<p>&lt;b&gt;&amp;</p>"
    assert (first["version"], first["every"]) == ("2 runs", 4.0)
    assert first["url"] == "alignlab/fragments/queue?search=%3Cb%3E%26&language=en"
    assert (still["html"], still["every"]) == ("<i>still</i>", None)


def test_a_press_in_a_fragment_is_returned_once_and_kept_like_a_buttons() -> None:
    page = run_page(page_with_fragments)
    page.session_state["buttons.kept"] = {"queue.do": {"do": "up", "id": "r1"}}
    assert page.run().text[0].value == "{'do': 'up', 'id': 'r1'}"
    assert page.run().text[0].value == "None"


def test_a_press_of_the_browser_is_kept_under_its_fragment(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, Any] = {"queue": {"do": {"do": "up", "id": "r1"}, "picked": ["r2", "r1"]}}
    monkeypatch.setattr(st, "session_state", session)
    live._keep("queue", "do")
    assert buttons.take("queue.do") == {"do": "up", "id": "r1"}
    assert buttons.take("queue.do") is None
    assert (live.picked("queue"), live.picked("another")) == (["r2", "r1"], [])


def test_a_link_in_a_fragment_leads_to_its_page_with_its_query(monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[tuple[str, dict[str, str]]] = []
    kept = {"buttons.kept": {"table.go": {"page": "run", "id": "r1", "tab": "log"}}}
    monkeypatch.setattr(st, "session_state", kept)
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: visits.append((page, query_params)))
    monkeypatch.setattr(live, "_fragment", lambda **_: SimpleNamespace())
    monkeypatch.setattr(live, "current_language", lambda: "en")
    live.mount(Fragment(Markup("")), "", "table")
    assert visits == [("views/run.py", {"id": "r1", "tab": "log"})]


# Script errors


def page_that_fails_with_a_sentence() -> None:
    from app.bridge import script_errors
    from storage.errors import NotFound

    assert script_errors.show_error(NotFound("There is no run {id}.", id="*x1* <b>"))


def page_that_fails_by_surprise() -> None:
    from app.bridge import script_errors

    assert script_errors.show_error(KeyError("loss"))


def test_a_refusal_of_storage_is_shown_in_its_own_words() -> None:
    page = run_page(page_that_fails_with_a_sentence)
    assert "There is no run *x1* &lt;b&gt;." in page.get("html")[0].proto.body
    assert not page.markdown


def test_a_surprise_is_one_sentence_and_its_traceback_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = run_page(page_that_fails_by_surprise).get("html")[0].proto.body
    assert "KeyError: &#39;loss&#39;" in sentence
    assert "Traceback" not in sentence
    assert "KeyError" in capsys.readouterr().err
