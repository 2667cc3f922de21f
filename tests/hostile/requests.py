"""Requests to the routes of the dashboard and of the engine's service."""

import json
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from tests.hostile.odd_values import TEXTS, broken, odd_value
from tests.hostile.run_files import run_file

NUMBERS = ("", "0", "-1", "1", "1.5", "1e3", "NaN", "9" * 30, "9" * 5_000, "\u0663", "0x1", " 1", "\u00b2", "None")
LONGEST_PATH = 60_000  # as much as goes over the wire in one line
ORIGINS = (
    "http://127.0.0.1:8501",
    "null",
    "http://[",
    "http://[::1",
    "http://]",
    "[",
    "http://\u2100.example",
    "//",
    "http://127.0.0.1:99999999",
    "file://",
    "\xff",
    "a" * 9_000,
)
HOSTS = ("127.0.0.1:8501", "localhost", "[::1]:8501", "[::1", "", ":", "127.0.0.1:x", "\xff", "evil.example", "@[")


@dataclass(frozen=True)
class Sent:
    """One request; header values as they go over the wire."""

    method: str
    path: str
    headers: dict[str, bytes] = field(default_factory=dict)
    body: bytes = b""


def to_dashboard(random: Random, fragments: list[str], ids: list[str]) -> Sent:
    """A request to one of our own routes beside Streamlit's."""
    run = random.choice((*ids, *TEXTS))
    path = random.choice((_points(random, ids), *(_fragment(random, fragments, run) for _ in range(3)), _other(random)))
    headers = {}
    if random.random() < 0.2:
        headers["origin"] = random.choice(ORIGINS).encode("utf-8")
    if random.random() < 0.1:
        headers["host"] = random.choice(HOSTS).encode("latin-1")
    if random.random() < 0.1:
        headers["sec-fetch-site"] = random.choice((b"same-origin", b"cross-site", b"\xff"))
    return Sent(random.choice(("GET",) * 8 + ("POST", "DELETE")), path[:LONGEST_PATH], headers)


def to_engine(random: Random, token: str) -> Sent:
    """A request to the service of the engine."""
    headers = {"authorization": f"Bearer {token}".encode()}
    if random.random() < 0.2:
        headers["authorization"] = random.choice((b"", b"Bearer", b"Bearer \xff\xfe", b"Bearer " + b"x" * 9_000))
    if random.random() < 0.1:
        headers["host"] = random.choice(HOSTS).encode("latin-1")
    path = random.choice(("/preflight", "/preflight", "/preview", "/preview", "/health", "/maths/dpo"))
    return Sent(random.choice(("POST",) * 6 + ("GET", "PUT")), path, headers, _body(path, random))


def _body(path: str, random: Random) -> bytes:
    choice = random.randrange(8)
    if choice == 0:
        return b"[" * random.choice((10, 2_000, 200_000))
    if choice == 1:
        return b'{"spec": ' * 3_000 + b"1" + b"}" * 3_000
    if choice == 2:
        return b'{"spec": "' + b"a" * random.choice((10, 6_000_000)) + b'"}'
    if choice == 3:
        return b'{"spec": ' + b"9" * 6_000 + b"}"
    request = {"dataset": "pairs", "item": "00001", "model": "starter", "max_tokens": 64, "max_prompt_tokens": 32}
    if path == "/preview":
        request[random.choice(list(request))] = odd_value(random)
    else:
        request = {"spec": run_file(random)}
    body = _written(request).encode("utf-8", "surrogatepass")
    return broken(body, random) if random.random() < 0.3 else body


def _written(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=random_ascii(value), default=str)
    except (RecursionError, TypeError, ValueError):
        return '{"spec": {"a": [' + "[" * 900 + "]" * 900 + "]}}"


def random_ascii(value: object) -> bool:
    """Whether to write escapes: half of all, the same half each time."""
    return len(str(type(value))) % 2 == 0


def _points(random: Random, ids: list[str]) -> str:
    runs = [random.choice((*ids, *TEXTS)) for _ in range(random.choice((0, 1, 3)))]
    if random.random() < 0.1:
        runs = [random.choice(ids)] * 5_000 if random.random() < 0.5 else [f"run{number}" for number in range(5_000)]
    cursors = [
        f"{random.choice((*ids, ''))}:{random.choice(NUMBERS)}:{random.choice(NUMBERS)}"
        for _ in range(random.choice((0, 0, 1, 2)))
    ]
    return f"/alignlab/points?{'&'.join([*(f'run={_q(run)}' for run in runs), *(f'after={_q(c)}' for c in cursors)])}"


def _fragment(random: Random, fragments: list[str], run: str) -> str:
    values = {
        "id": run,
        "runs": random.choice((run, ",".join([run] * 500), ",,,", "")),
        "page": random.choice(NUMBERS),
        "search": random.choice((*TEXTS, "word " * 3_000, "%" * 900)),
        "state": random.choice(("", "running", *TEXTS)),
        "language": random.choice(("en", "zh", "xx", *TEXTS)),
        "spec": random.choice((*TEXTS, "{", "[]", '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', "[" * 9_000)),
        "data": random.choice(TEXTS),
        "step": random.choice(NUMBERS),
    }
    names = [name for name in values if random.random() < 0.8]
    query = "&".join(f"{name}={_q(values[name])}" for name in names)
    return f"/alignlab/fragments/{random.choice((*fragments, 'nope', '%00'))}?{query}"


def _other(random: Random) -> str:
    return random.choice(
        (
            "/overview?" + _q(random.choice(TEXTS)),
            f"/alignlab/js/{_q(random.choice(TEXTS)[:999])}/{_q(random.choice(TEXTS)[:999])}",
            "/alignlab/js/../../../etc/passwd",
            "/alignlab/" + _q(random.choice(TEXTS)[:999]),
        )
    )


def _q(text: str) -> str:
    return quote(text[:9_000], errors="replace")
