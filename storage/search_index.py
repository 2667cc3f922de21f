"""The full-text index of items' searched texts: which of them hold a word anywhere, exactly as a scan would find.

SQLite's FTS5 knows whole tokens only. So each sign of Chinese and its like, and each punctuation mark, is a token of
its own; a run of letters and digits is one, and a table of all runs says which of them hold a part that was typed.
White space beside single signs is a token too, since a typed word never spans one. Left out: when an item comes or
goes (`storage.working_copy`), and databases without FTS5, where every search is a scan.
"""

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from storage import tables

TABLE = "item_search"
CREATE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(text, content='', columnsize=0, "
    "tokenize=\"ascii tokenchars '!#$%&()*+,-./:;<=>?@[]^_`{|}~'\")"
)
MOST_RUNS = 300
"""A part that more runs hold than this, such as one letter, is in most items anyway: a scan finds it as fast."""
ROWS_PER_DATASET = 1 << 32
"""The index's row of an item is its dataset's id times this, plus its position, which never changes."""
_SPACE = "\ue020"
_CONTROLS = {chr(code): chr(0xE000 + code) for code in (*range(0x20), 0x7F)} | {"'": "\ue07e", '"': "\ue07d"}
_CONTROL = re.compile("[\0-\x1f\x7f'\"]")
_RUN = "[^\\W\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
_TOKEN = re.compile(rf"{_RUN}+|\S| (?!{_RUN})|(?<!{_RUN}) ")
_WHOLE_RUN = re.compile(rf"{_RUN}+")
_PRIVATE = re.compile("[\ue000-\ue07f]")


def tokens(words: str) -> list[str]:
    """The tokens of a normalised text. Whoever changes them makes a migration that fills the index anew."""
    parts = _TOKEN.findall(_CONTROL.sub(lambda match: _CONTROLS[match[0]], words))
    return [_SPACE if part == " " else part for part in parts]


def is_there(connection: sa.Connection) -> bool:
    """Whether this database has the index."""
    if connection.dialect.name != "sqlite":
        return False
    query = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.exec_driver_sql(query, (TABLE,)).first() is not None


def add(connection: sa.Connection, dataset_id: int, texts: Iterable[tuple[int, str]]) -> None:
    """Put the texts of items, as (position, words), into the index."""
    if not is_there(connection):
        return
    rows, all_tokens = [], set[str]()
    for position, words in texts:
        text_tokens = tokens(words)
        all_tokens.update(text_tokens)
        rows.append((_row(dataset_id, position), " ".join(text_tokens)))
    if rows:
        connection.exec_driver_sql(f"INSERT INTO {TABLE} (rowid, text) VALUES (?, ?)", rows)
    runs = sorted(token for token in all_tokens if _WHOLE_RUN.match(token))
    if runs:
        statement = sa.insert(tables.SearchRun).prefix_with("OR IGNORE")
        connection.execute(statement, [{"run": run} for run in runs])


def remove(connection: sa.Connection, dataset_id: int, texts: Iterable[tuple[int, str]]) -> None:
    """Take the texts of items, as they were put in, out of the index."""
    if not is_there(connection):
        return
    rows = [(_row(dataset_id, position), " ".join(tokens(words))) for position, words in texts]
    if rows:
        statement = f"INSERT INTO {TABLE} ({TABLE}, rowid, text) VALUES ('delete', ?, ?)"
        connection.exec_driver_sql(statement, rows)


def holding(connection: sa.Connection, dataset_id: int, words: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """The conditions on items under which they hold all these words, each anywhere in their text."""
    conditions, expressions = [], []
    indexed = bool(words) and is_there(connection)
    for word in words:
        expression = _expression(connection, word) if indexed else None
        if expression is None:
            conditions.append(tables.Item.words.contains(word, autoescape=True))
        else:
            expressions.append(f"({expression})" if expression else "")
    if "" in expressions:  # no text has this word
        return [sa.false()]
    if expressions:
        first = dataset_id * ROWS_PER_DATASET
        # FTS5 gives rows in their order, which is that of the items
        positions = (
            sa.text(
                f"SELECT rowid - :first FROM {TABLE} WHERE {TABLE} MATCH :expression AND rowid BETWEEN :first AND :last"
            )
            .bindparams(first=first, last=first + ROWS_PER_DATASET - 1, expression=" AND ".join(expressions))
            .columns(sa.column("position", sa.Integer))
        )
        conditions.append(tables.Item.position.in_(positions))
    return conditions


def _row(dataset_id: int, position: int) -> int:
    return dataset_id * ROWS_PER_DATASET + position


def _expression(connection: sa.Connection, word: str) -> str | None:
    """What FTS5 is asked for a word; "" where no text can hold it, None where a scan has to find it."""
    if _PRIVATE.search(word):  # would pass for what stands in the index for spaces and control characters
        return None
    first, *rest = tokens(word)
    starts_with_run = _WHOLE_RUN.match(first) is not None
    if not starts_with_run:
        return _phrase([first, *rest])
    run = tables.SearchRun.run
    fits = sa.func.substr(run, -len(first)) == first if rest else sa.func.instr(run, first) > 0
    heads = connection.execute(sa.select(run).where(fits).limit(MOST_RUNS + 1)).scalars().all()
    if len(heads) > MOST_RUNS:
        return None
    if not rest:
        return " OR ".join(f'"{head}"' for head in heads)
    return " OR ".join(_phrase([head, *rest]) for head in heads)


def _phrase(parts: Sequence[str]) -> str:
    """The tokens one after another; a run at the end may go on."""
    open_ended = len(parts) > 1 and _WHOLE_RUN.match(parts[-1])
    return f'"{" ".join(parts)}"' + (" *" if open_ended else "")
