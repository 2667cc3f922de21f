"""Which column stands for which field: as it is written, refused and applied."""

import pytest

from storage import column_mapping
from storage.errors import Invalid


@pytest.mark.parametrize(
    ("texts", "columns"),
    [
        ([], {}),
        (["prompt=question,chosen=response_a"], {"prompt": "question", "chosen": "response_a"}),
        (["prompt=question", " chosen = a b "], {"prompt": "question", "chosen": "a b"}),
        (["prompt=a, b,chosen=c=d"], {"prompt": "a, b", "chosen": "c=d"}),
    ],
)
def test_a_mapping_is_read(texts: list[str], columns: dict[str, str]):
    assert column_mapping.parse(texts) == columns


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("question", "question maps no column: write FIELD=COLUMN"),
        ("prompt=", "prompt= maps no column"),
        ("", '"" maps no column'),
        ("answer=x", "There is no field answer to map a column to; there are prompt, system"),
        ("prompt=a,prompt=b", "The field prompt is mapped twice"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(text: str, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        column_mapping.parse([text])


def test_columns_take_the_names_of_their_fields_and_the_others_stay():
    row = {"a": 1, "b": {"c": [{"d": 2}]}, "prompt": 3, "b.x": 4}
    rest = {"b": row["b"], "b.x": 4}
    assert column_mapping.apply({"prompt": "a"}, row) == {**rest, "prompt (file)": 3, "prompt": 1}
    assert column_mapping.apply({"prompt": "b.c.0.d"}, row)["prompt"] == 2
    assert column_mapping.apply({"chosen": "b.x"}, row)["chosen"] == 4, "a column of that very name"
    assert column_mapping.apply({"chosen": "prompt", "prompt": "a"}, row) == {**rest, "chosen": 3, "prompt": 1}
    assert "chosen" not in column_mapping.apply({"chosen": "b.c.7.d"}, row)


@pytest.mark.parametrize(
    ("cell", "score"), [("0.5", 0.5), ("", None), ("nan", "nan"), ("x", "x"), (3, 3), (True, True)]
)
def test_a_score_of_a_table_becomes_a_number(cell: object, score: object):
    assert column_mapping.apply({"score_chosen": "s"}, {"s": cell}) == {"score_chosen": score}


@pytest.mark.parametrize("source", ["answers.2", "answers.0000000005", "answers.x", "answers.0.y", "gone"])
def test_a_path_that_leads_nowhere_is_missing(source: str):
    assert column_mapping.look({"answers": ["a", "b"]}, source) is column_mapping.MISSING
