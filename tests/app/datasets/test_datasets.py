"""The Data pages: the list, rows with filters, editing with undo, export and versions."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import clients
from app.bridge import dialogs
from app.datasets import item_editor, item_rows
from app.people import LOCAL
from engine.spec.answers import Piece, Preview
from storage import dataset_writes, datasets
from storage.database import Database
from storage.judging import judgement_writes, leases
from storage.records import Item, Preference, Response
from tests.answers import HEALTH
from tests.app.conftest import open_page, words
from tests.app.datasets.conftest import QUESTIONS, first, opened, pair
from tests.app.datasets.markup import live_parts, told
from tests.storage.talks import NOW, fill, open_round, vote

PROMPT = ({"role": "user", "content": "Hi"},)


def test_without_a_dataset_the_page_says_what_to_do(empty: Database) -> None:
    page = open_page("data")
    assert "There is no dataset yet." in words(page)
    assert [button.label for button in page.button] == ["Import a file"]


def test_the_list_names_every_dataset_with_its_kind_and_size(stocked: Database) -> None:
    dataset_writes.create(stocked, "中文 prompts".replace(" ", "-"), "prompts", time.time())
    said = words(open_page("data"))
    for word in ("polite", "pairs", ">33<", "中文-prompts", "prompts"):
        assert word in said


def test_a_dataset_that_is_gone_leads_back_to_the_list(stocked: Database) -> None:
    page = open_page("data", dataset="gone")
    assert "There is no dataset named gone." in words(page)
    assert [button.label for button in page.button] == ["All datasets"]


def test_rows_are_text_never_markup(stocked: Database) -> None:
    said = words(open_page("data", dataset="polite"))
    assert "How is the weather in Lisbon?" in said
    assert "&lt;b&gt;bold&lt;/b&gt; **star**" in said


def test_there_is_one_primary_button_and_it_leads_to_launch(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    assert [button.label for button in page.button if button.proto.type == "primary"] == ["Train on this"]
    page.button(key="data.train").click().run()
    assert page.selectbox(key="form0.data.dataset").value == "polite"


def test_pairs_are_judged_from_their_page(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    page.button(key="data.judge").click().run()
    assert "Annotate" in words(page)


def test_rows_show_what_people_decided_and_the_editor_what_was_imported(empty: Database) -> None:
    fill(empty, count=1)
    said = words(open_page("data", dataset="talks"))
    assert said.index("c0<") < said.index("r0<"), "the chosen answer of the import stands first"
    open_round(empty)
    (ask,) = leases.next_questions(empty, "talks", 1, "ann", 1, NOW)
    judgement_writes.record(empty, [vote(ask, "b")], "ann", NOW)
    said = words(open_page("data", dataset="talks"))
    assert said.index("r0<") < said.index("c0<")
    assert datasets.items(empty, "talks")[0][0].preferences[0].chosen == "chosen"


def test_pages_follow_each_other(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    assert "Number 29?" not in words(page)
    page.get("pagination")[0].set_value(2).run()
    said = words(page)
    assert "Number 29?" in said
    assert "Lisbon" not in said


def test_a_filter_by_what_no_item_has_any_more_is_dropped(empty: Database) -> None:
    fill(empty, count=1)
    page = open_page("data", dataset="talks", flag="held_out_prompt")
    assert "prompt 0" in words(page)
    assert "flag" not in page.query_params


@pytest.mark.parametrize(("count", "sentence"), [(3, "nothing held out: under 20"), (21, "a tenth is held out")])
def test_it_says_before_freezing_whether_items_will_be_held_out(empty: Database, count: int, sentence: str) -> None:
    fill(empty, count=count)
    assert sentence in words(open_page("data", dataset="talks"))


def test_filters_and_the_search_narrow_the_rows(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    page.selectbox(key="choice_script").set_value("han").run()
    assert "1 of 33 shown" in words(page)
    page.selectbox(key="choice_script").set_value(None).run()
    page.text_input(key="q").set_value("boil").run()
    assert "How long do I boil an egg?" in words(page)
    assert "Lisbon" not in words(page)
    page.text_input(key="q").set_value("nowhere to be found").run()
    assert "Nothing matches these filters." in words(page)


def test_a_fact_that_points_at_something_filters_when_pressed(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    assert page.pills(key="choice_flag").options == ["▲ empty answer 3"]
    page.pills(key="choice_flag").set_value("empty_response").run()
    assert "3 of 33 shown" in words(page)
    assert page.query_params["flag"] == "empty_response"


def test_an_edit_lasts_and_can_be_undone(stocked: Database) -> None:
    item = first(stocked)
    page = opened(stocked, item)
    page.text_area(key="edit.answer.a").set_value("Better now.").run()
    page.button(key="edit.save").click().run()
    assert first(stocked).responses[0] == Response("a", "Better now.", origin=item_editor.EDITED)
    assert "Better now." in words(page)
    page.button(key="data.undo.go").click().run()
    assert first(stocked).responses == item.responses


def test_an_edit_of_what_somebody_else_edited_meanwhile_is_refused_and_keeps_its_text(stocked: Database) -> None:
    item = first(stocked)
    page = opened(stocked, item)
    theirs = replace(item, topic="rain")
    dataset_writes.edit_item(stocked, "polite", theirs, expected=item.edited_at, now=time.time())
    page.text_area(key="edit.answer.a").set_value("Better now.").run()
    page.button(key="edit.save").click().run()
    assert "The item 00001 was edited by somebody else" in told(page)
    assert "yours" in told(page)
    assert page.text_area(key="edit.answer.a").value == "Better now."
    assert first(stocked) == theirs


def test_undo_does_not_take_back_what_somebody_else_did_since(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    page.text_area(key="edit.answer.a").set_value("Better now.").run()
    page.button(key="edit.save").click().run()
    saved = first(stocked)
    theirs = replace(saved, topic="rain")
    dataset_writes.edit_item(stocked, "polite", theirs, expected=saved.edited_at, now=time.time())
    page.button(key="data.undo.go").click().run()
    assert "It cannot be undone: all its items were changed since" in told(page)
    assert first(stocked) == theirs


def test_changes_that_are_not_saved_say_so_and_are_left_by_two_presses(stocked: Database) -> None:
    item = first(stocked)
    page = opened(stocked, item)
    assert "not saved yet" not in told(page)
    page.text_area(key="edit.answer.a").set_value("Better now.").run()
    assert "not saved yet" in told(page)
    page.button(key="edit.cancel").click().run()
    assert "Your changes are not saved yet." in told(page)
    assert page.text_area(key="edit.answer.a").value == "Better now."
    page.button(key="edit.discard").click().run()
    assert not page.text_area
    assert first(stocked) == item


def test_an_editor_without_changes_closes_at_one_press(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    page.button(key="edit.cancel").click().run()
    assert not page.text_area


def test_the_editor_is_left_by_its_own_buttons_only(stocked: Database) -> None:
    assert not opened(stocked, first(stocked)).get("dialog")[0].proto.dialog.dismissible
    assert asked(stocked, "rename").get("dialog")[0].proto.dialog.dismissible


def test_names_for_the_ear_have_no_markup(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    assert page.text_area(key="edit.answer.a").label == "✓ Chosen"
    assert 'aria-label="Edit: “How is the weather in Lisbon?”"' in words(page)


@pytest.mark.parametrize(
    ("messages", "name"),
    [
        ([("user", "Hello"), ("assistant", "Hi"), ("user", "And\n now?")], "“And now?”"),
        ([("user", "long " * 20)], "“" + ("long " * 20)[:48] + "…”"),
        ([("system", "Be kind")], "00007"),
    ],
)
def test_an_item_is_called_by_what_is_asked_last(messages: list[tuple[str, str]], name: str) -> None:
    turns = tuple({"role": role, "content": content} for role, content in messages)
    assert item_rows.called(Item("00007", turns)) == name


def test_a_prompt_can_have_more_turns(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    add = next(button for button in page.button if button.label == "Add a turn")
    add.click().run()
    page.text_area(key="edit.turn.1").set_value("And tomorrow?").run()
    page.selectbox(key="edit.role.1").set_value("user").run()
    page.button(key="edit.save").click().run()
    assert [turn["content"] for turn in first(stocked).messages] == [QUESTIONS[0], "And tomorrow?"]


def test_chosen_and_rejected_can_be_swapped(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    next(button for button in page.button if button.label.startswith("Swap")).click().run()
    page.button(key="edit.save").click().run()
    assert (first(stocked).preferences[0].chosen, first(stocked).preferences[0].rejected) == ("b", "a")


def test_an_item_is_deleted_and_comes_back(stocked: Database) -> None:
    page = opened(stocked, first(stocked))
    page.button(key="edit.delete").click().run()
    assert datasets.get(stocked, "polite").items == 32
    assert "Deleted “How is the weather in Lisbon?”." in told(page)
    page.button(key="data.undo.go").click().run()
    assert datasets.get(stocked, "polite").items == 33


def test_an_item_is_added(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    page.button(key="data.add").click().run()
    page.text_area(key="edit.turn.0").set_value("May I?").run()
    page.text_area(key="edit.answer.a").set_value("Please do.").run()
    page.text_area(key="edit.answer.b").set_value("Whatever.").run()
    page.button(key="edit.save").click().run()
    assert datasets.items(stocked, "polite", search="may i")[1] == 1


def test_freezing_makes_a_version_and_editing_says_so(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    assert "working copy, never frozen" in words(page)
    page.button(key="data.freeze").click().run()
    (version,) = datasets.versions(stocked, "polite")
    assert f"as frozen in {version.hash[:7]}" in words(page)
    assert page.button(key="data.freeze").disabled
    seen = first(stocked)
    dataset_writes.delete_item(stocked, "polite", seen.id, expected=seen.edited_at, now=time.time())
    assert "edited since" in words(page.run())


def asked(stocked: Database, what: str) -> AppTest:
    """The page with the dialog that its menu opens."""
    page = open_page("data", dataset="polite")
    page.session_state[dialogs.OPEN] = (what, None)
    return page.run()


def test_a_dataset_is_renamed_unless_the_name_will_not_do(stocked: Database) -> None:
    page = asked(stocked, "rename")
    page.text_input(key="data.name").set_value("../x").run()
    page.button(key="data.rename").click().run()
    assert "../x cannot be a dataset&#39;s name" in told(page)
    page.text_input(key="data.name").set_value("kind").run()
    page.button(key="data.rename").click().run()
    assert [data.name for data in datasets.listing(stocked)] == ["kind"]
    assert page.query_params["dataset"] == "kind"


def test_a_dataset_is_deleted_after_a_second_press(stocked: Database) -> None:
    page = asked(stocked, "delete")
    assert len(datasets.listing(stocked)) == 1
    page.button(key="data.delete").click().run()
    assert datasets.listing(stocked) == []
    assert "There is no dataset yet." in words(page)


def test_trained_tokens_need_the_engine_and_say_so(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "The engine is off." in told(tokens_of(stocked))
    assert clients.engine_command() in told(tokens_of(stocked))
    pieces = [[["1200", "cut"], ["User: hi <b>", "prompt"], ["Hello", "response"], ["<end>", "end"]], []]
    preview = Preview.model_validate({"pieces": pieces})
    monkeypatch.setattr(clients.EngineClient, "health", lambda self: HEALTH)
    monkeypatch.setattr(clients.EngineClient, "preview", lambda self, request: preview)
    said = words(tokens_of(stocked))
    assert '<span class="al-token-prompt">User: hi &lt;b&gt;</span><span class="al-token-response">Hello</span>' in said
    assert "No token of the answer fits" in said
    assert '<span class="al-token-cut">▲ 1,200 tokens cut</span><span class="al-token-prompt">' in said


def test_what_the_template_writes_otherwise_and_a_typed_end_are_told(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = Preview(
        pieces=((Piece("Hello", "response"),), (Piece("Hi", "response"),)),
        written=(None, "<think> Hi"),
        typed_ends=(True, False),
    )
    monkeypatch.setattr(clients.EngineClient, "health", lambda self: HEALTH)
    monkeypatch.setattr(clients.EngineClient, "preview", lambda self, request: preview)
    first_part, second_part = words(tokens_of(stocked)).split("Hi</span>")
    assert "The end token that is typed at the end of this answer was taken off." in first_part
    assert "&lt;think&gt; Hi</div>" in second_part
    assert "writes this conversation and its answer otherwise" in second_part
    assert "otherwise" not in first_part
    assert "taken off" not in second_part


def tokens_of(db: Database) -> AppTest:
    """The preview alone."""

    def script(item_id):
        from app.datasets import token_preview

        token_preview.of_item("polite", item_id)

    return AppTest.from_function(script, default_timeout=60, args=(first(db).id,)).run()


def test_export_writes_what_the_form_can_hold(stocked: Database, tmp_path: Path) -> None:
    from app.datasets.export_section import _export

    def written(file: str, *, skips: bool) -> bytes:
        _export(stocked, LOCAL, "polite", "trl", skips, tmp_path / file)
        return (tmp_path / file).read_bytes()

    rows = [json.loads(line) for line in written("out.jsonl", skips=False).decode().splitlines()]
    assert len(rows) == 33
    assert rows[1]["prompt"] == QUESTIONS[1]
    assert written("out.csv", skips=False).decode().startswith("prompt,chosen,rejected")
    assert written("out.parquet", skips=True).startswith(b"PAR1")


def exporting(form: str | None = None) -> AppTest:
    """What the popover of the export holds, with its list open."""

    def script() -> None:
        from app import clients
        from app.datasets import export_section
        from storage import datasets

        db = clients.database()
        export_section.section(db, datasets.get(db, "polite"))

    page = AppTest.from_function(script, default_timeout=60)
    if form is not None:
        page.session_state["export.form"] = form
    page.session_state["export.left_out"] = True
    return page.run()


def test_an_export_begins_with_the_form_that_most_trainers_read(stocked: Database) -> None:
    form = exporting().selectbox(key="export.form")
    assert (form.options[0], form.options[-1]) == ("TRL preference", "AlignLab, everything kept")
    assert form.value == "trl"


def test_what_an_export_leaves_out_stands_there_before_the_download(stocked: Database) -> None:
    dataset_writes.add_item(stocked, "polite", replace(pair("A tie?", "Yes.", "No."), preferences=()), time.time())
    call = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "look", "arguments": "{}"}}]}
    calls = replace(
        pair("x", "Yes.", "No."),
        messages=({"role": "user", "content": "Look?"}, call, {"role": "tool", "content": "wet"}),
    )
    dataset_writes.add_item(stocked, "polite", calls, time.time())
    assert "Leave out" not in [box.label for box in exporting("jsonl").checkbox]
    page = exporting("hh")
    assert "2 items have no row in this form:" in told(page)
    assert "It has no preference between two answers." in told(page)
    assert "export as sharegpt or trl-messages" in told(page)
    (download,) = [button for button in page.get("download_button") if button.proto.id.endswith("export.go")]
    assert download.proto.label == "Download 33 pairs"
    for row in (34, 35):
        assert f'data-head="Row">{row}<' in live_parts(page)
    page.checkbox(key="export.skip").uncheck().run()
    (download,) = [button for button in page.get("download_button") if button.proto.id.endswith("export.go")]
    assert download.proto.disabled, "nothing is written without being told"


KINDS = {
    "pairs": pair("Hi", "Hello there, friend.", "Hello there, fool."),
    "groups": Item("", ({"role": "user", "content": "Hi"},), (Response("a", "Low", 0.1), Response("b", "High", 0.9))),
    "unpaired": Item("", ({"role": "user", "content": "Hi"},), (Response("a", "Nice", label=True),)),
    "demonstrations": Item("", ({"role": "user", "content": "Hi"},), (Response("a", "Hello"),)),
    "prompts": Item("", ({"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi"})),
}


@pytest.mark.parametrize("kind", dataset_writes.KINDS)
def test_every_kind_is_shown_and_can_be_edited(empty: Database, kind: str) -> None:
    dataset_writes.create(empty, "some", kind, time.time())
    added = dataset_writes.add_item(empty, "some", KINDS[kind], time.time())
    page = open_page("data", dataset="some", item=added.id)
    page.button(key="edit.save").click().run()
    assert not page.exception
    assert datasets.item(empty, "some", added.id) == added
    assert all(one.text in words(page) or kind == "pairs" for one in added.responses)


def test_a_group_shows_its_best_answer_first() -> None:
    said = item_rows.table("groups", [KINDS["groups"]])
    assert said.index("High") < said.index("Low")


def test_only_two_wordings_of_one_answer_have_their_differences_tinted() -> None:
    alike = item_rows.compared("Hello there, friend.", "Hello there, fool.")
    assert "<mark> friend</mark>." in alike[0]
    assert "<mark> fool</mark>." in alike[1]
    assert "<mark>" not in "".join(item_rows.compared("It is sunny.", "Look outside yourself"))


def test_the_page_speaks_chinese(stocked: Database) -> None:
    said = words(open_page("data", "zh", dataset="polite"))
    assert "33 个偏好对" in said


def test_calls_of_tools_are_shown_where_an_answer_is_one():
    calls = [{"type": "function", "function": {"name": "forecast", "arguments": "{}"}}]
    responses = (Response("r1", ""), Response("r2", "No."))
    extra = {"answer_fields": {"r1": {"tool_calls": calls}}}
    item = Item(id="1", messages=(), responses=responses, preferences=(Preference("r1", "r2"),), extra=extra)
    shown = str(item_rows.table("pairs", [item]))
    assert "forecast" in shown.split("al-rejected", maxsplit=1)[0]
    assert ("r1.tool_calls", json.dumps(calls)) in item_rows.extra_fields(item)


def test_a_tie_says_that_neither_is_preferred():
    item = Item(id="1", messages=(), responses=(Response("r1", "a"), Response("r2", "b")))
    assert "neither is preferred" in str(item_rows.table("pairs", [item]))


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("pairs", Item("", PROMPT, (Response("a", "Yes", 4), Response("b", "No")), (Preference("a", "b"),))),
        ("demonstrations", Item("", PROMPT, (Response("a", "Yes", 4),))),
        ("unpaired", Item("", PROMPT, (Response("a", "Yes", 4, True),))),
    ],
)
def test_a_score_of_one_response_is_shown_and_can_be_edited(empty: Database, kind: str, item: Item) -> None:
    dataset_writes.create(empty, "scored", kind, 1.0)
    added = dataset_writes.add_item(empty, "scored", item, 2.0)
    page = open_page("data", dataset="scored", item=added.id)
    assert words(page).count("score 4") == 1
    (field,) = page.number_input
    assert field.value == 4.0
    field.set_value(3.5).run()
    page.button(key="edit.save").click().run()
    assert [r.score for r in datasets.items(empty, "scored")[0][0].responses] == [3.5, None][: len(item.responses)]


def test_two_answers_of_which_neither_is_preferred_stand_side_by_side_and_are_not_marked_as_chosen() -> None:
    said = item_rows.table("pairs", [Item("1", PROMPT, (Response("a", "Left"), Response("b", "Right")))])
    assert said.count('class="al-tied"') == 2
    assert said.index("Left") < said.index("Right") < said.index("neither is preferred")
    assert "al-chosen" not in said


def test_calls_of_tools_read_like_functions_in_the_table_and_under_the_editors_field(empty: Database) -> None:
    calls = [{"type": "function", "function": {"name": "rain", "arguments": '{"city": "Lisbon"}'}}]
    item = Item(
        "", PROMPT, (Response("a", ""), Response("b", "No")), (Preference("a", "b"),), extra={
            "answer_fields": {"a": {"tool_calls": calls}}
        },
    )  # fmt: skip
    dataset_writes.create(empty, "calls", "pairs", 1.0)
    added = dataset_writes.add_item(empty, "calls", item, 2.0)
    page = open_page("data", dataset="calls", item=added.id)
    assert words(page).count("rain(city=&#34;Lisbon&#34;)") == 1
    assert told(page).count("rain(city=&#34;Lisbon&#34;)") == 1
