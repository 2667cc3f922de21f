"""Files of preference data: rows of every form with odd fields, in every container, whole and broken."""

import csv
import gzip
import io
import json
import zipfile
from random import Random
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tests.hostile.odd_values import broken, odd_value

USER, ASSISTANT = {"role": "user", "content": "How are you?"}, {"role": "assistant", "content": "Fine, thanks."}
ROWS: tuple[dict[str, Any], ...] = (
    {"prompt": "q", "chosen": "good", "rejected": "bad"},
    {"prompt": [USER], "chosen": [ASSISTANT], "rejected": [{**ASSISTANT, "content": "Go away."}]},
    {"chosen": [USER, ASSISTANT], "rejected": [USER, {**ASSISTANT, "content": "No."}], "score_chosen": 8.5},
    {"chosen": "\n\nHuman: q\n\nAssistant: good", "rejected": "\n\nHuman: q\n\nAssistant: bad"},
    {"prompt": "q", "completion": "a", "label": True},
    {"prompt": "q", "completion": "a"},
    {"messages": [USER, ASSISTANT]},
    {"messages": [USER, ASSISTANT], "rejected_response": "bad"},
    {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
    {
        "conversations": [{"from": "human", "value": "q"}],
        "chosen": {"from": "gpt", "value": "a"},
        "rejected": {"from": "gpt", "value": "b"},
    },
    {"instruction": "do", "input": "it", "output": "done"},
    {"prompt": "q", "response_0": "a", "response_1": "b", "better_response_id": 1},
    {"prompt": "q", "responses": [{"text": "a", "score": 1}, {"text": "b", "score": 0.5}]},
    {"instruction": "q", "completions": [{"response": "a", "overall_score": 7}, {"response": "b", "overall_score": 3}]},
    {"prompt": [USER], "tools": [], "chosen": [{"role": "assistant", "content": None, "tool_calls": [{}]}]},
    {"prompt": "q"},
)
NAMES = sorted({name for row in ROWS for name in row} | {"id", "topic", "tags", "extra", "system", "history", "label"})


def rows(random: Random) -> list[Any]:
    """Rows of one form, some of them with odd fields."""
    form = random.choice(ROWS)
    made: list[Any] = [json.loads(json.dumps(form)) for _ in range(random.choice((1, 2, 5, 40)))]
    for _ in range(random.choice((0, 1, 1, 2, 6))):
        at = random.randrange(len(made))
        if random.random() < 0.1:
            made[at] = odd_value(random)
        elif isinstance(made[at], dict):
            _spoil(made[at], random)
    return made


def dataset_file(random: Random) -> tuple[str, bytes]:
    """The name and the bytes of a file."""
    container = random.choice(list(CONTAINERS))
    content = CONTAINERS[container](rows(random), random)
    if random.random() < 0.5:
        content = broken(content, random)
    name = container if random.random() < 0.8 else random.choice(list(CONTAINERS))
    return f"rows.{name}", content


def _spoil(row: dict[str, Any], random: Random) -> None:
    name = random.choice(random.choice((list(row), NAMES)) or NAMES)
    value = row.get(name)
    if isinstance(value, list) and value and isinstance(value[0], dict) and random.random() < 0.7:
        turn = random.choice(value)
        turn[random.choice((*turn, "role", "content", "name"))] = odd_value(random)
    elif random.random() < 0.15:
        row.pop(name, None)
    else:
        row[name] = odd_value(random)


def _json(value: Any) -> str:
    """As Python writes it, NaN and lone surrogates included; what JSON lacks becomes text."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, TypeError):
        return '{"prompt": ' + "[" * 5_000 + "]" * 5_000 + "}"
    except ValueError:  # a number of thousands of digits, which json cannot write
        return '{"prompt": "q", "score": ' + "9" * 5_000 + "}"


def rows_file(made: list[Any], random: Random) -> bytes:
    """One row a line, in some encoding."""
    return "".join(_json(row) + random.choice(("\n", "\n", "\r\n", "\n\n")) for row in made).encode(
        random.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030")), "replace"
    )


def _array(made: list[Any], random: Random) -> bytes:
    content: Any = made if random.random() < 0.6 else {"train": made, "test": made[:1]}
    if random.random() < 0.2:
        content = {name: [row.get(name) if isinstance(row, dict) else row for row in made] for name in NAMES[:4]}
    return _json(content).encode("utf-8", "replace")


def _parquet(made: list[Any], random: Random) -> bytes:
    columns = {name: [_json(row.get(name)) if isinstance(row, dict) else _json(row) for row in made] for name in NAMES}
    table = pa.table({name: [text.encode("utf-8", "replace").decode() for text in columns[name]] for name in NAMES[:6]})
    stream = io.BytesIO()
    parquet.write_table(table, stream)
    return stream.getvalue()


def _csv(delimiter: str) -> Any:
    def write(made: list[Any], random: Random) -> bytes:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(NAMES[: random.choice((1, 3, 8))])
        for row in made:
            writer.writerow([_json(row.get(name)) if isinstance(row, dict) else "x" for name in NAMES[:5]])
        return stream.getvalue().encode("utf-8", "replace")

    return write


def _zip(made: list[Any], random: Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(random.choice((1, 1, 1, 0, 2))):
            name = random.choice(("rows.jsonl", "../rows.jsonl", "/rows.json", "inner.zip", "a\0b.jsonl", "rows.csv"))
            archive.writestr(f"{number}{name}" if number else name, rows_file(made, random))
    return stream.getvalue()


def _bomb(_made: list[Any], _random: Random) -> bytes:
    return gzip.compress(b'{"prompt": "' + b"a" * 30_000_000, compresslevel=1)


CONTAINERS: dict[str, Any] = {
    "jsonl": rows_file,
    "json": _array,
    "jsonl.gz": lambda made, random: gzip.compress(rows_file(made, random)),
    "json.gz": _bomb,
    "parquet": _parquet,
    "csv": _csv(","),
    "tsv": _csv("\t"),
    "zip": _zip,
}
