"""The file of one evaluation with what its tokens were worth: runs/<id>/evaluations/<step>.npz (ADR 0041).

Arrays of numbers and one JSON text as bytes; nothing is ever pickled. The tokens of all rows stand one after another.

| array | shape | what it holds |
|---|---|---|
| `format` | () | the version of this layout |
| `header` | (bytes,) | JSON: `values`, the names of the values; `rows`, what is known of each response |
| `lengths` | (R,) | tokens of each response |
| `ids`, `special` | (N,) | token ids; 1 where a token is special |
| `text`, `widths` | (bytes,), (N,) | the texts of all tokens as UTF-8, and how many bytes each takes |
| `values` | (K, N) | float32; NaN where a response has no such value |

Files of versions up to 0.1 hold `lengths` (R,), `logps` and `reference` (R, T) of the samples alone.
Left out: what the values mean, which the engine declares.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import IO, Any, get_args

import numpy as np
import numpy.typing as npt

from storage.records import ResponseLabel, TokenPart, TokenRow

FORMAT = 2
Arrays = Mapping[str, npt.NDArray[Any]]


def write(file: IO[bytes], rows: Sequence[TokenRow]) -> None:
    """Write the rows; what one has no value of is NaN in the file."""
    names = sorted({name for row in rows for name in row.values})
    header = {"values": names, "rows": [_described(row) for row in rows]}
    pieces = [piece.encode() for row in rows for piece in row.pieces]
    np.savez_compressed(
        file,
        allow_pickle=False,
        format=np.array(FORMAT, np.int32),
        header=_as_bytes(json.dumps(header, ensure_ascii=False, sort_keys=True).encode()),
        lengths=np.array([len(row.ids) for row in rows], np.int32),
        ids=_joined([row.ids for row in rows], np.int32),
        special=_joined([row.special for row in rows], np.bool_),
        text=_as_bytes(b"".join(pieces)),
        widths=np.array([len(piece) for piece in pieces], np.int32),
        values=_joined([_values(row, names) for row in rows], np.float32, names),
    )


def read(file: IO[bytes]) -> list[TokenRow]:
    """The rows, in the order in which they were written. Raises ValueError, KeyError or TypeError for another file."""
    with np.load(file, allow_pickle=False) as archive:
        arrays = dict(archive)
    if "format" not in arrays:
        return _read_unnamed(arrays)
    if int(arrays["format"]) != FORMAT:
        raise ValueError("a later version wrote this file")
    header = json.loads(arrays["header"].tobytes())
    starts = [0, *np.cumsum(arrays["lengths"]).tolist()]
    pieces = _pieces(arrays)
    if not len(arrays["ids"]) == len(arrays["special"]) == len(pieces) == arrays["values"].shape[1] == starts[-1]:
        raise ValueError("its arrays are not of one length")
    described = zip(header["rows"], pairwise(starts), strict=True)
    return [_row(row, header["values"], arrays, pieces, slice(*bounds)) for row, bounds in described]


def _described(row: TokenRow) -> dict[str, Any]:
    """What is known of a response beside its tokens, as JSON; what is empty is left out."""
    known = {"messages": list(row.messages), "item": row.item, "label": row.label, "score": row.score}
    written = {key: value for key, value in known.items() if value not in ("", [], None)}
    return {"part": row.part, "prompt": row.prompt, "values": sorted(row.values), **written}


def _row(
    described: Mapping[str, Any], names: Sequence[str], arrays: Arrays, pieces: Sequence[str], tokens: slice
) -> TokenRow:
    if described["part"] not in get_args(TokenPart) or described.get("label", "") not in get_args(ResponseLabel):
        raise ValueError("it holds responses of an unknown kind")
    return TokenRow(
        part=described["part"],
        prompt=described["prompt"],
        ids=arrays["ids"][tokens],
        values={name: arrays["values"][names.index(name), tokens] for name in described["values"]},
        pieces=tuple(pieces[tokens]),
        special=arrays["special"][tokens],
        messages=tuple(described.get("messages", ())),
        item=described.get("item", ""),
        label=described.get("label", ""),
        score=described.get("score"),
    )


def _read_unnamed(arrays: Arrays) -> list[TokenRow]:
    """The samples' log-probs alone, without ids and texts."""
    lengths, logps, reference = (arrays[name] for name in ("lengths", "logps", "reference"))
    if not logps.shape == reference.shape or len(logps) != len(lengths):
        raise ValueError("its arrays are not of one shape")
    return [
        TokenRow(
            part="answers",
            prompt=index,
            ids=np.full(length, -1, np.int32),
            values={"logps": logps[index, :length], "reference": reference[index, :length]},
        )
        for index, length in enumerate(lengths.tolist())
    ]


def _pieces(arrays: Arrays) -> list[str]:
    text = arrays["text"].tobytes()
    ends = [0, *np.cumsum(arrays["widths"]).tolist()]
    return [text[start:end].decode() for start, end in pairwise(ends)]


def _values(row: TokenRow, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """(K, T), NaN where the row has no such value."""
    absent = np.full(len(row.ids), np.nan, np.float32)
    if not names:
        return np.zeros((0, len(row.ids)), np.float32)
    return np.stack([row.values.get(name, absent) for name in names])


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: Any, names: Sequence[str] | None = None) -> npt.NDArray[Any]:
    """The arrays one after another along their tokens."""
    if not arrays:
        return np.zeros(0 if names is None else (len(names), 0), dtype)
    return np.concatenate(arrays, axis=-1).astype(dtype)


def _as_bytes(text: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text, np.uint8)
