"""Files into datasets and back: what an import reports, refuses, skips and keeps."""

import gzip
import json
from pathlib import Path

import pytest

from storage import dataset_writes, datasets, import_records, working_copy
from storage.data_files import DataFiles
from storage.database import Database
from storage.errors import ImportFailed, Invalid, NotFound
from storage.records import Item, Preference, Response
from words import english

GOOD = {"prompt": "Hi", "chosen": "a", "rejected": "b"}


@pytest.fixture
def mixed(db: Database) -> None:
    dataset_writes.create(db, "mixed", "pairs", 1.0)
    for prompt, topic in (("今天天气怎么样？", "weather"), ("How warm is it?", None), ("A poem, please", "poems")):
        messages = ({"role": "user", "content": prompt},)
        responses = (Response("r1", 'He said "moon".\nAnd left.'), Response("r2", ""))
        item = Item("", messages, responses, (Preference("r1", "r2"),), topic, ("en",))
        dataset_writes.add_item(db, "mixed", item, 2.0)


def lines(path: Path, *rows: object) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def test_an_import_reports_what_it_did(db: Database, tmp_path: Path):
    row = {"prompt": "你好", "chosen": "您好", "rejected": ""}
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", row, row), name="greetings", now=5.0)
    assert (report.name, report.kind, report.format, report.imported) == ("greetings", "pairs", "trl", 2)
    assert report.flagged == {"duplicate": 1, "empty_response": 2}
    assert report.dataset == datasets.get(db, "greetings")
    assert list(report.preview) == datasets.items(db, "greetings")[0]
    assert [item.id for item in report.preview] == ["00001", "00002"], "equal rows are two items"


def test_others_can_write_while_a_file_is_made_into_rows(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def meanwhile(item: Item) -> str:
        dataset_writes.create(db, "another", "pairs", 5.0)
        return ""

    monkeypatch.setattr(working_copy, "words", meanwhile)
    path = lines(tmp_path / "f.jsonl", {"prompt": "Hi", "chosen": "a", "rejected": "b"})
    dataset_writes.import_file(db, path, name="x", now=5.0)
    assert [dataset.name for dataset in datasets.listing(db)] == ["another", "x"]


def test_inspecting_a_file_changes_nothing(db: Database, tmp_path: Path):
    path = lines(tmp_path / "f.jsonl", {"prompt": "Hi", "chosen": "a", "rejected": "b"})
    report = datasets.inspect_file(path)
    assert (report.imported, report.format, report.dataset) == (1, "trl", None)
    assert datasets.listing(db) == []


def test_every_bad_line_is_reported_and_nothing_imported(db: Database, tmp_path: Path):
    path = lines(tmp_path / "f.jsonl", GOOD, '{"prompt": ', GOOD, {"prompt": "Hi", "chosen": 1}, [1], GOOD)
    with pytest.raises(ImportFailed) as caught:
        dataset_writes.import_file(db, path, name="x", now=5.0)
    assert str(caught.value) == "Nothing was imported from f.jsonl: 3 good, 3 bad."
    assert [(line, english(text)) for line, text in caught.value.problems] == [
        (2, "It is not valid JSON: Expecting value at column 11."),
        (4, "The field chosen must be text, not a number."),
        (5, "The row must be an object."),
    ]
    assert datasets.listing(db) == []


def test_a_thousand_bad_rows_are_listed_and_all_are_counted(tmp_path: Path):
    with pytest.raises(ImportFailed, match="0 good, 1002 bad") as caught:
        datasets.inspect_file(lines(tmp_path / "f.jsonl", *[{"chosen": 1, "rejected": "b"}] * 1002), "trl")
    assert [number for number, _ in caught.value.problems] == list(range(1, 1001))
    (fold,) = caught.value.folds
    assert (fold.count, fold.first, caught.value.unit) == (1002, 1, "line")


@pytest.mark.parametrize(("text", "sentence"), [("", "The file is empty."), ("[]", "The file holds no rows.")])
def test_a_file_without_rows_is_told(tmp_path: Path, text: str, sentence: str):
    path = tmp_path / "f.json"
    path.write_text(text)
    with pytest.raises(ImportFailed) as caught:
        datasets.inspect_file(path)
    assert [(line, english(text)) for line, text in caught.value.problems] == [(0, sentence)]


def test_a_taken_or_impossible_name_is_refused_before_the_file_is_read(db: Database, mixed: None):
    for name, sentence in (("mixed", "already"), ("../x", "cannot be a dataset's name")):
        with pytest.raises(Invalid, match=sentence):
            dataset_writes.import_file(db, Path("absent.jsonl"), name=name, now=5.0)


def test_ids_of_our_own_form_are_kept_and_must_differ(db: Database, tmp_path: Path):
    rows = [
        {"id": name, "prompt": [{"role": "user", "content": "x"}], "responses": []} for name in ("b", None, "00002")
    ]
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", *rows), name="x", now=5.0)
    assert [item.id for item in report.preview] == ["b", "00003", "00002"]
    with pytest.raises(ImportFailed) as caught:
        datasets.inspect_file(lines(tmp_path / "g.jsonl", rows[0], rows[1], rows[0]))
    assert [(line, english(text)) for line, text in caught.value.problems] == [
        (3, "The id b is that of line 1 already.")
    ]


def test_our_own_form_brings_everything_back(db: Database, tmp_path: Path, mixed: None):
    out = tmp_path / "mixed.jsonl.gz"
    assert datasets.export(db, "mixed", "jsonl", out).rows == 3
    dataset_writes.import_file(db, out, name="again", now=9.0)
    assert datasets.items(db, "again")[0] == datasets.items(db, "mixed")[0]
    assert dataset_writes.freeze(db, "again", 10.0).hash == dataset_writes.freeze(db, "mixed", 10.0).hash


def test_a_form_that_cannot_hold_the_dataset_is_refused_with_those_that_can(db: Database, tmp_path: Path):
    dataset_writes.create(db, "g", "groups", 1.0)
    with pytest.raises(Invalid, match=r"The form trl cannot hold groups; for g there are: jsonl"):
        datasets.export(db, "g", "trl", tmp_path / "out.json")
    with pytest.raises(NotFound, match="no form csv"):
        datasets.export(db, "g", "csv", tmp_path / "out.csv")
    assert not list(tmp_path.glob("out*"))


def test_items_without_an_id_never_get_one_twice(db: Database, tmp_path: Path):
    rows = [{"id": name, "prompt": [{"role": "user", "content": "x"}], "responses": []} for name in ("b", "", None)]
    rows = [{**rows[0], "id": "00002"}, rows[2], rows[2], rows[0]]
    dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", *rows), name="x", now=5.0)
    assert [item.id for item in datasets.items(db, "x")[0]] == ["00002", "00003", "00004", "b"]


def test_bad_rows_can_be_skipped_and_stay_on_record(db: Database, tmp_path: Path):
    path = lines(tmp_path / "f.jsonl", GOOD, "{broken", GOOD, {"prompt": "only"}, {"prompt": "only"})
    report = dataset_writes.import_file(db, path, name="x", format="trl", skip_bad=True, now=5.0)
    assert (report.imported, report.bad, report.dataset and report.dataset.items) == (2, 3, 2)
    assert [number for number, _ in report.problems] == [2, 4, 5]
    assert [(fold.count, fold.first) for fold in report.folds] == [(1, 2), (2, 4)]
    record = datasets.import_record(db, "x")
    assert record is not None
    assert (record.file, record.imported, record.bad, record.unit) == ("f.jsonl", 2, 3, "line")
    assert [english(text) for _, text in record.problems] == [english(text) for _, text in report.problems]


def test_a_file_of_bad_rows_alone_is_refused_also_when_they_are_skipped(db: Database, tmp_path: Path):
    with pytest.raises(ImportFailed, match="0 good, 1 bad"):
        dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", "{"), name="x", skip_bad=True, now=5.0)
    assert datasets.listing(db) == []
    assert list(db.workspace.datasets.iterdir()) == []


def test_rows_of_a_list_are_named_by_number_and_ids_too(tmp_path: Path):
    row = {"id": "a", "prompt": [{"role": "user", "content": "x"}], "responses": []}
    path = tmp_path / "f.json"
    path.write_text(json.dumps([row, row], indent=2))
    with pytest.raises(ImportFailed) as caught:
        datasets.inspect_file(path)
    assert caught.value.unit == "row"
    assert [(number, english(text)) for number, text in caught.value.problems] == [
        (2, "The id a is that of row 1 already.")
    ]


def test_a_value_as_long_as_an_answer_is_cut_in_a_sentence(tmp_path: Path):
    row = {"prompt": [{"role": "x" * 5000, "content": "Hi"}], "responses": []}
    with pytest.raises(ImportFailed) as caught:
        datasets.inspect_file(lines(tmp_path / "f.jsonl", row))
    assert len(english(caught.value.problems[0][1])) < 400


def test_fields_that_no_form_reads_are_counted_and_named_where_they_sound_like_an_answer(db: Database, tmp_path: Path):
    path = lines(tmp_path / "f.jsonl", {**GOOD, "source": "web"}, {**GOOD, "source": "web", "expert_score": 3})
    report = dataset_writes.import_file(db, path, name="x", now=5.0)
    assert report.unread == {"source": 2, "expert_score": 1}
    assert report.suspicious == ("expert_score",)
    assert datasets.items(db, "x")[0][1].extra == {"source": "web", "expert_score": 3}


def test_other_names_in_each_row_fill_no_memory(tmp_path: Path):
    rows = [{**GOOD, **{f"{row}-{number}": 1 for number in range(300)}} for row in range(5)]
    assert len(datasets.inspect_file(lines(tmp_path / "f.jsonl", *rows)).unread) == 1000


def test_what_our_own_form_keeps_as_extra_fields_counts_as_read(db: Database, tmp_path: Path):
    dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", {**GOOD, "source": "web"}), name="x", now=5.0)
    datasets.export(db, "x", "jsonl", tmp_path / "out.jsonl")
    assert datasets.inspect_file(tmp_path / "out.jsonl").unread == {}


def test_columns_can_be_mapped(db: Database, tmp_path: Path):
    row = {"data": {"ask": "Hi"}, "left": "a", "right": "b", "points": "0.5", "chosen": "left"}
    path = lines(tmp_path / "f.jsonl", row)
    columns = {"prompt": "data.ask", "chosen": "left", "rejected": "right", "score_chosen": "points"}
    report = dataset_writes.import_file(db, path, name="x", columns={**columns, "score_rejected": "points"}, now=5.0)
    (item,) = datasets.items(db, "x")[0]
    assert [(response.text, response.score) for response in item.responses] == [("a", 0.5), ("b", 0.5)]
    assert item.messages[0]["content"] == "Hi"
    assert report.unread == {"data": 1, "chosen (file)": 1}
    with pytest.raises(Invalid, match=r"no column middle; it has data, data\.ask, left"):
        datasets.inspect_file(path, columns={"chosen": "middle"})


def test_a_disk_that_fills_while_rows_are_put_in_leaves_no_dataset(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(import_records, "write", full)
    with pytest.raises(OSError, match="No space"):
        dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", GOOD), name="x", now=5.0)
    assert datasets.listing(db) == []


def test_a_record_that_is_damaged_counts_as_none(db: Database, tmp_path: Path):
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", GOOD), name="x", now=5.0)
    assert datasets.import_record(db, "x") is not None
    (path,) = db.workspace.datasets.glob("import-*.json")
    for content in ("{", "[]", '{"file": 1}'):
        path.write_text(content)
        assert datasets.import_record(db, "x") is None
    assert report.dataset


# real files


@pytest.mark.parametrize(
    ("name", "form", "kind", "count", "flagged"),
    [
        ("dpo_zh_demo.json", "sharegpt", "pairs", 300, {"duplicate": 11}),
        ("dpo_en_demo.json", "sharegpt", "pairs", 300, {"duplicate": 5}),
        ("kto_en_demo.json", "sharegpt-unpaired", "unpaired", 300, {"special_tokens": 2}),
        ("hh_harmless_dev.jsonl.gz", "hh", "pairs", 1156, {"empty_response": 4}),
    ],
)
def test_real_files_are_recognised(
    shared_data: Path, name: str, form: str, kind: str, count: int, flagged: dict[str, int]
):
    report = datasets.inspect_file(shared_data / name)
    assert (report.format, report.kind, report.imported, report.flagged) == (form, kind, count, flagged)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "hh", "trl", "trl-messages", "sharegpt"])
@pytest.mark.parametrize("name", ["dpo_zh_demo.json", "hh_harmless_dev.jsonl.gz"])
def test_real_pairs_survive_every_form(db: Database, shared_data: Path, tmp_path: Path, name: str, form: str):
    dataset_writes.import_file(db, shared_data / name, name="original", now=1.0)
    out = tmp_path / "out.json"
    datasets.export(db, "original", form, out)
    dataset_writes.import_file(db, out, name="copy", format=form, now=2.0)
    assert datasets.items(db, "copy")[0] == datasets.items(db, "original")[0]


@pytest.mark.slow
def test_every_hh_pair_equals_a_plain_parse(db: Database, shared_data: Path):
    dataset_writes.import_file(db, shared_data / "hh_harmless_dev.jsonl.gz", name="hh", now=1.0)
    with gzip.open(shared_data / "hh_harmless_dev.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file.read().split("\n") if line]
    found = datasets.items(db, "hh")[0]
    mark = {"user": "\n\nHuman: ", "assistant": "\n\nAssistant: "}
    for row, item in zip(rows, found, strict=True):
        prompt = "".join(mark[message["role"]] + message["content"] for message in item.messages)
        for response, dialogue in zip(item.responses, (row["chosen"], row["rejected"]), strict=True):
            before, said = dialogue.rsplit("\n\nAssistant:", 1)
            assert (prompt, response.text) == (before, said.removeprefix(" "))


def test_parts_of_a_list_can_be_mapped(db: Database, tmp_path: Path):
    row = {"instruction": "Say hi", "output": ["Gladly.", "No."], "note": "x"}
    columns = {"chosen": "output.0", "rejected": "output.1"}
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", row), name="x", columns=columns, now=1.0)
    assert [response.text for response in report.preview[0].responses] == ["Gladly.", "No."]
    assert report.unread == {"output": 1, "note": 1}, "of an object or a list, a part may be unread"


@pytest.mark.parametrize(
    ("row", "fields", "mapping"),
    [
        ({"question": "Rain?", "good": "Rain it is.", "bad": "No."}, "good, bad", "chosen=good,rejected=bad"),
        ({"question": "Rain?", "right": "Rain it is.", "wrong": "No."}, "right, wrong", "chosen=right,rejected=wrong"),
        ({"question": "Rain?", "human reply": "Rain it is."}, "human reply", "'completion=human reply'"),
        ({"question": "Rain?", "回答": "下雨了。"}, "回答", "'completion=回答'"),
        ({"prompt": "Rain?", "replies": {"x": "It is.", "y": "No."}}, "replies", "chosen=FIELD,rejected=FIELD"),
        (
            {"prompt": "Rain?", "answer": "It is.", "bad_answer": "No."},
            "bad_answer",
            "chosen=answer,rejected=bad_answer",
        ),
    ],
)
def test_answers_that_would_not_be_read_are_refused_with_the_mapping_that_reads_them(
    db: Database, tmp_path: Path, row: dict[str, object], fields: str, mapping: str
):
    path = lines(tmp_path / "f.jsonl", row)
    with pytest.raises(Invalid) as refusal:
        dataset_writes.import_file(db, path, name="x", now=1.0)
    assert f"f.jsonl holds {fields}, which sound like answers" in str(refusal.value)
    assert f"--map {mapping}. " in str(refusal.value)
    assert datasets.listing(db) == []
    report = dataset_writes.import_file(db, path, name="x", leave_unread=True, now=1.0)
    assert report.imported == 1


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Rain?", "reference_answer": "It is."},
        {"prompt": "Rain?", "reward_model": {"style": "rule", "ground_truth": "It is."}},
        {"prompt": "Rain?", "score": 3, "replies": 4, "label": "weather", "best": "A"},
        {"prompt": "Rain?", "chosen": "It is.", "rejected": "No.", "good": "Rain it is.", "bad": "Never."},
        {"instruction": "Rain?", "completions": [{"response": "It is.", "score": 1}], "incorrect_answers": ["No."]},
    ],
)
def test_what_is_no_lost_answer_is_imported(db: Database, tmp_path: Path, row: dict[str, object]):
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", row), name="x", now=1.0)
    assert report.imported == 1


def test_what_is_true_beside_scored_answers_is_no_unread_answer(tmp_path: Path):
    scored = {"instruction": "Rain?", "completions": [{"response": "It is.", "overall_score": 7}]}
    row = {**scored, "correct_answers": ["Yes."], "incorrect_answers": ["No."], "expert_label": "x"}
    report = datasets.inspect_file(lines(tmp_path / "f.jsonl", row))
    assert set(report.unread) == {"correct_answers", "incorrect_answers", "expert_label"}
    assert report.suspicious == ("expert_label",)


@pytest.mark.parametrize(
    ("columns", "kind", "scores", "form"),
    [
        ({"completion": "reply", "score": "points"}, "demonstrations", [0.5], "trl-completion"),
        ({"chosen": "reply", "rejected": "other", "score_chosen": "points"}, "pairs", [0.5, None], "trl"),
    ],
)
def test_a_mapped_score_of_one_response_comes_out_again(
    db: Database, tmp_path: Path, columns: dict[str, str], kind: str, scores: list[float | None], form: str
):
    path = tmp_path / "f.csv"
    path.write_text("prompt,reply,other,points\nRain?,Yes.,No.,0.5\n", encoding="utf-8")
    report = dataset_writes.import_file(db, path, name="x", columns=columns, now=1.0)
    assert report.kind == kind
    assert "points" not in report.unread
    for name in ("jsonl", form):
        datasets.export(db, "x", name, tmp_path / f"{name}.jsonl")
        dataset_writes.import_file(db, tmp_path / f"{name}.jsonl", name=name, now=2.0)
        assert datasets.get(db, name).kind == kind
        assert [response.score for response in datasets.items(db, name)[0][0].responses] == scores


def test_ties_are_counted_and_kept_with_the_dataset(db: Database, tmp_path: Path):
    row = {"prompt": "Rain?", "response_a": "Yes.", "response_b": "No."}
    rows = [{**row, "winner": verdict} for verdict in ("a", "tie", "b", "tie", "both bad")]
    report = dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", *rows), name="x", now=1.0)
    record = import_records.read(db.workspace, datasets.get(db, "x").id)
    assert record is not None
    assert (report.ties, record.ties, record.kind) == (3, 3, "pairs")


def test_prompts_are_no_ties(tmp_path: Path):
    assert datasets.inspect_file(lines(tmp_path / "f.jsonl", {"prompt": "Rain?"})).ties == 0


def test_a_record_of_an_older_version_is_read(db: Database, tmp_path: Path):
    dataset_writes.import_file(db, lines(tmp_path / "f.jsonl", GOOD), name="x", now=5.0)
    (path,) = db.workspace.datasets.glob("import-*.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({name: content[name] for name in content if name not in ("kind", "ties")}))
    record = import_records.read(db.workspace, datasets.get(db, "x").id)
    assert record is not None
    assert (record.imported, record.kind, record.ties) == (1, "", 0)


def test_files_that_are_read_as_one_are_numbered_on(db: Database, tmp_path: Path):
    named = {"id": "a", "prompt": [{"role": "user", "content": "x"}], "responses": []}
    first = lines(tmp_path / "1.jsonl", named, {**named, "id": "b"})
    second = lines(tmp_path / "2.jsonl", named, {**named, "id": "c"}, "{no")
    files = DataFiles("both", (first, second), "hub:org/both@1", "train")
    report = dataset_writes.import_file(db, files, name="x", now=5.0, skip_bad=True)
    assert (report.imported, [number for number, _ in report.problems]) == (3, [3, 5])
    assert english(report.problems[0][1]) == "The id a is that of line 1 already."
    record = datasets.import_record(db, "x")
    assert record is not None
    assert (record.file, record.origin, record.split) == ("both", "hub:org/both@1", "train")
