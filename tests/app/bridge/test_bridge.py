"""What answers Streamlit's reruns (ADR 0010): presses, dialogs, address, live fragments, script errors, our scripts."""

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from app.bridge import buttons, javascript, live
from app.bridge.fragment import Fragment
from app.guard import Guard
from app.routes import ROUTES


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
    key = address.read_query("tab", words, "curves")
    st.text(address.write_query("tab", st.selectbox("View", list(words), format_func=words.__getitem__, key=key)))


def test_a_choice_outlives_a_change_of_its_words() -> None:
    page = run_page(page_with_a_list)
    page.selectbox(key="choice_tab").set_value("log").run()
    page.session_state["zh"] = True
    assert chosen(page.run()) == "log"
    widget = page.selectbox(key="choice_tab").proto
    assert (widget.set_value, widget.raw_value) == (True, "日志"), "the browser would go on sending the old words"


def test_a_name_that_is_no_option_is_the_default() -> None:
    page = AppTest.from_function(page_with_a_choice, default_timeout=60)
    page.query_params["tab"] = "nonsense"
    assert chosen(page.run()) == "curves"


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


# Our scripts


@pytest.fixture
def client() -> TestClient:
    return TestClient(Guard(Starlette(routes=ROUTES)), base_url="http://127.0.0.1")


def test_a_component_imports_its_module_by_an_address_that_the_server_answers(client: TestClient) -> None:
    script = javascript.component_script("charts/js/panels.js")
    url = script.split('new URL("')[1].split('"')[0]
    response = client.get(f"/{url}")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert 'from "./points.js"' in response.text


def test_every_import_of_a_module_is_a_module_too() -> None:
    for path, content in javascript.modules().items():
        folder = (javascript.APP / path).parent
        imports = re.findall(r'^import .* from "(.+)"', content.decode(), re.MULTILINE)
        assert [name for name in imports if not (folder / name).resolve().is_file()] == [], path


@pytest.mark.parametrize("path", ["../guard.py", "charts/js/none.js", "bridge/js/../../guard.py", "bridge/live.py"])
def test_nothing_but_modules_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/{javascript.URL}/{javascript.version()}/{path}").status_code == 404


def test_modules_of_another_version_are_not_served(client: TestClient) -> None:
    """Else a page left open across an upgrade would mix two versions, and keep the mixture for good."""
    assert client.get(f"/{javascript.URL}/0123456789abcdef/charts/js/panels.js").status_code == 404


def test_a_module_that_is_not_there_is_noticed_at_start() -> None:
    with pytest.raises(LookupError, match=r"charts/js/none\.js"):
        javascript.component_script("charts/js/none.js")


def test_other_sites_are_not_answered(client: TestClient) -> None:
    url = f"/{javascript.component_script('bridge/js/fragment.js').split('/', 1)[1].split(chr(34))[0]}"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.get(f"/alignlab{url}", headers=headers).status_code == 403
