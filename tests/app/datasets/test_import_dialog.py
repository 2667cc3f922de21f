"""The import dialog: what a file holds, what is wrong with it, which column is which, and what becomes of it."""

import gzip
import json

import pytest
from streamlit.testing.v1 import AppTest

from app.datasets import import_sources
from storage import dataset_writes, datasets
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.datasets.markup import told


def chosen(name: str, content: bytes) -> AppTest:
    """The import dialog with that file in it."""
    page = open_page("data")
    page.button(key="import.open").click().run()
    page.file_uploader(key="import.file").set_value((name, content, "application/json")).run()
    assert not page.exception
    return page


ROWS = [{"prompt": f"Question {n}?", "chosen": "Gladly.", "rejected": "No."} for n in range(30)]


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_shown_as_it_will_be_read_then_imported_under_a_name_of_its_own(
    empty: Database, packed: bool
) -> None:
    content = "\n".join(map(json.dumps, ROWS)).encode()
    name, content = ("my pairs (2).jsonl.gz", gzip.compress(content)) if packed else ("my pairs (2).jsonl", content)
    page = chosen(name, content)
    said = told(page)
    assert "<b>30 pairs</b> · TRL preference" in said
    assert "Question 2?" in said
    assert datasets.listing(empty) == []
    page.button(key="import.go").click().run()
    assert [(data.name, data.items) for data in datasets.listing(empty)] == [("my-pairs-2", 30)]
    assert page.query_params["dataset"] == "my-pairs-2"


def test_the_uploader_speaks_the_language_of_the_page(empty: Database) -> None:
    page = open_page("data")
    page.button(key="import.open").click().run()
    assert '--al-choose: "Choose a file"; --al-largest: "up to 200 MB"' in told(page)


def test_names_that_no_form_knows_are_mapped_in_the_dialog_not_on_a_command_line(empty: Database) -> None:
    page = chosen("odd.jsonl", json.dumps({"frage": "Hi?", "gut": "Gladly.", "schlecht": "No."}).encode())
    assert "Map fields of other names to these." in told(page)
    assert "--map" not in told(page)
    assert "Chosen" in [box.label for box in page.selectbox]


def test_every_bad_line_is_listed_by_its_number_and_nothing_is_imported(empty: Database) -> None:
    lines = [json.dumps(row) for row in ROWS]
    lines[4], lines[11] = "{not json", json.dumps({"prompt": "Only that"})
    page = chosen("broken.jsonl", "\n".join(lines).encode())
    said = told(page)
    assert "<b>line 5</b>" in said
    assert "<b>line 12</b>" in said
    assert datasets.listing(empty) == []


def test_a_file_of_another_type_is_called_by_its_name(empty: Database) -> None:
    page = chosen("answers.csv", b"%PDF-1.7 ")
    assert "answers.csv is a PDF document, which is not read." in told(page)
    assert not [button for button in page.button if button.key == "import.go"]


def test_what_is_no_table_and_no_json_is_told(empty: Database) -> None:
    assert "The file holds no rows." in told(chosen("answers.csv", b"prompt,chosen,rejected"))


def test_a_table_is_read_and_says_so(empty: Database) -> None:
    page = chosen("天气.csv", "prompt;chosen;rejected\n今天天气怎么样？;很好，谢谢您;不知道\n".encode("gb18030"))
    assert "<b>1 pair</b> · TRL preference · CSV with semicolons, read as GB18030" in told(page)
    page.button(key="import.go").click().run()
    (item,) = datasets.items(empty, "天气")[0]
    assert item.responses[0].text == "很好，谢谢您"
    said = words(page)
    assert "天气.csv" in said
    assert "read as GB18030" in said


def test_bad_rows_are_counted_listed_and_left_out_when_the_person_says_so(empty: Database) -> None:
    lines = [json.dumps(row) for row in ROWS]
    lines[4], lines[11], lines[13] = "{not json", json.dumps({"prompt": "Only"}), json.dumps({"prompt": "Only"})
    page = chosen("broken.jsonl", "\n".join(lines).encode())
    said = told(page)
    assert "27 good, 3 bad." in said
    assert "2 rows, first line 12" in said
    page.button(key="import.nothing").click().run()
    assert datasets.listing(empty) == []
    assert not page.file_uploader
    page = chosen("broken.jsonl", "\n".join(lines).encode())
    page.button(key="import.go").click().run()
    assert datasets.get(empty, "broken").items == 27
    assert "<b>line 14</b>" in words(page), "the page still says what was left out"


def test_columns_that_no_form_knows_can_be_mapped(empty: Database) -> None:
    rows = [{"frage": f"Question {n}?", "links": "Gladly.", "rechts": "No.", "punkte": 0.5} for n in range(3)]
    page = chosen("pairs.json", json.dumps(rows).encode())
    assert "No known form fits" in told(page)
    selects = {field.label: field for field in page.selectbox if (field.key or "").startswith("import.map.")}
    assert "punkte" not in selects["Prompt"].options
    assert selects["Score of the chosen answer"].options == ["punkte"]
    for label, column in (("Prompt", "frage"), ("Chosen", "links"), ("Rejected", "rechts")):
        next(field for field in page.selectbox if field.label == label).set_value(column).run()
    said = told(page)
    assert "<b>3 pairs</b>" in said
    assert "Question 0?" in said
    assert "punkte 3" in said
    page.button(key="import.go").click().run()
    assert [r.text for r in datasets.items(empty, "pairs")[0][0].responses] == ["Gladly.", "No."]


def test_a_field_that_sounds_like_an_answer_is_warned_of(empty: Database) -> None:
    page = chosen("pairs.json", json.dumps([{**ROWS[0], "expert_score": 3, "source": "<i>web</i>"}]).encode())
    said = told(page)
    assert "sound like an answer, a score or a label: expert_score." in said
    page.button(key="import.go").click().run()
    item = datasets.items(empty, "pairs")[0][0]
    assert "<dt>source</dt><dd>&lt;i&gt;web&lt;/i&gt;</dd>" in words(open_page("data", dataset="pairs"))
    assert "&lt;i&gt;web&lt;/i&gt;" in told(open_page("data", dataset="pairs", item=item.id))


def test_a_name_that_is_taken_is_said_and_can_be_changed(empty: Database) -> None:
    dataset_writes.create(empty, "polite", "pairs", 1.0)
    page = chosen("polite.json", json.dumps(ROWS).encode())
    page.button(key="import.go").click().run()
    assert "There is a dataset named polite already." in told(page)
    next(field for field in page.text_input if field.label == "Name").set_value("polite-2").run()
    page.button(key="import.go").click().run()
    assert datasets.get(empty, "polite-2").items == 30


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("dpo_zh_demo.json", "dpo_zh_demo"),
        ("../../etc/passwd.jsonl", "passwd"),
        ("偏好 数据.json.gz", "偏好-数据"),
        ("train.parquet.zst", "train"),
        ("...", "dataset"),
        ("x" * 200 + ".json", "x" * 64),
    ],
)
def test_the_name_suggested_for_a_file_is_one_a_dataset_may_have(file: str, name: str) -> None:
    assert import_sources.suggested_name(file) == name
    assert dataset_writes.NAME.fullmatch(name)


def test_one_answer_of_a_pair_asks_for_the_other(empty: Database) -> None:
    file = "\n".join(json.dumps({"q": f"Question {n}?", "good": f"a {n}", "bad": f"b {n}"}) for n in range(3))
    page = chosen("pairs.jsonl", file.encode())
    next(select for select in page.selectbox if select.label == "Chosen").set_value("good").run()
    assert "Choose the column of the field Rejected too." in told(page)
    assert "Nothing was imported" not in told(page)
    for field, column in (("Rejected", "bad"), ("Prompt", "q")):
        next(select for select in page.selectbox if select.label == field).set_value(column).run()
    assert "<b>3 pairs</b>" in told(page)


LOST = b"question,good,bad\nWhat is rain?,Water that falls.,No idea.\n"


def test_answers_that_are_not_read_are_proposed_as_columns(empty: Database) -> None:
    page = chosen("pairs.csv", LOST)
    said = told(page)
    assert "<b>1 prompt</b>" in said
    assert "sounds like answers: good, bad. Without them, only this is imported: 1 prompt." in said
    assert page.button(key="import.go").disabled
    page.button(key="import.propose").click().run()
    assert "<b>1 pair</b>" in told(page)
    assert next(field for field in page.selectbox if field.label == "Chosen").value == "good"
    page.button(key="import.go").click().run()
    assert [r.text for r in datasets.items(empty, "pairs")[0][0].responses] == ["Water that falls.", "No idea."]


def test_prompts_are_imported_without_their_answers_when_the_person_says_so(empty: Database) -> None:
    page = chosen("pairs.csv", LOST)
    (box,) = page.checkbox
    assert box.label == r"Import without good\, bad"
    box.check().run()
    page.button(key="import.go").click().run()
    assert datasets.get(empty, "pairs").kind == "prompts"


def test_ties_are_counted_in_the_dialog_and_on_the_page(empty: Database) -> None:
    row = {"prompt": "Rain?", "response_a": "Yes.", "response_b": "No.", "winner": "tie"}
    page = chosen("judged.json", json.dumps([row, {**row, "winner": "a"}]).encode())
    assert "<b>2 pairs</b> · Two answers and which is better · JSON list · 1 tie" in told(page)
    page.button(key="import.go").click().run()
    assert "1 tie" in words(page)
