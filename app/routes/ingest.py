"""Where trainers elsewhere send their runs: POST /alignlab/ingest, with a token of their own and X-AlignLab: 1.

The token opens this route and nothing else; no session does. The body is JSON as `app.trainer_callback` writes it.
Left out: what becomes of a report (`storage.live_run_writes`).
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Annotated, Any

from anyio import from_thread
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from app import clients
from app.actions import foreign_runs
from app.people import Person
from storage import ingest_tokens
from storage.errors import Outage, StorageError
from storage.metrics import LAST_STEP
from storage.run_sources import LONGEST_KEY, Report, TrainerState
from words import english

MOST_BYTES = 1_000_000
MOST_ROWS = 2_000
REQUESTS_A_SECOND = 5.0
BURST = 50.0  # a trainer whose dashboard was away sends its backlog at once
MOST_SENDERS = 1_000
VERSION = 1

Step = Annotated[int, Field(ge=0, le=LAST_STEP, strict=True)]
Moment = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{8,100}$")]
Values = dict[Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)], float]


class SentReport(BaseModel):
    """A report as it is sent; a number may be written as NaN, Infinity or -Infinity in quotes."""

    model_config = ConfigDict(extra="ignore")
    version: int = Field(le=VERSION)
    key: Key
    session: Key
    name: Name
    host: str = Field(default="", max_length=200)
    trainer: str = Field(default="", max_length=100)
    state: TrainerState = "running"
    points: list[tuple[Step, Moment, Values]] = Field(default=[], max_length=MOST_ROWS)
    settings: dict[str, Any] | None = None
    total_steps: Step | None = None
    rewind_to: Step | None = None
    dropped: int = Field(default=0, ge=0, le=2**53)
    error: str | None = Field(default=None, max_length=1000)

    def report(self) -> Report:
        """What storage takes."""
        points = tuple((step, values, wall_time) for step, wall_time, values in self.points)
        fields = self.model_dump(exclude={"version", "host", "points"})
        return Report(location=self.host, points=points, **fields)


@dataclass
class _Bucket:
    """How many requests a sender may make at once: it fills with time."""

    left: float = BURST
    at: float = field(default_factory=time.monotonic)

    def takes(self, now: float) -> bool:
        """Count a request; False where it is one too many."""
        self.left = min(BURST, self.left + (now - self.at) * REQUESTS_A_SECOND)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


_buckets: OrderedDict[str, _Bucket] = OrderedDict()
_guard = Lock()


class _Refused(Exception):
    """What was sent is not taken; the sentence is for the author of a script."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def ingest(request: Request) -> JSONResponse:
    """{id, state} of the run. 400, 401, 413 and 429 with a sentence; 503 where the same report may be sent again."""
    db, now = clients.database(), time.time()
    try:
        token = _token(request)
        _limit(token[:8])
        known = ingest_tokens.find(db, token, now)
        if known is None:
            raise _Refused(401, "The token is not known here, or was revoked: alignlab callback --new-token makes one.")
        report = _report(_body(request))
        person = Person(f"token {known.name}", account=None, role="researcher")
        run = foreign_runs.receive(db, person, report, now)
    except _Refused as error:
        return _answer({"error": str(error)}, error.status)
    except StorageError as error:
        return _answer({"error": english(error.text)}, 503 if isinstance(error, Outage) else 409)
    return _answer({"id": run.id, "state": run.state})


def _answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    headers = {"Cache-Control": "no-store", **({"Retry-After": "5"} if status in (429, 503) else {})}
    return JSONResponse(content, status, headers=headers)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _Refused(401, "Send the token as a header: Authorization: Bearer TOKEN.")
    return token.strip()


def _limit(sender: str) -> None:
    """Refuse a sender that asks too often."""
    with _guard:
        bucket = _buckets.setdefault(sender, _Bucket())
        _buckets.move_to_end(sender)
        while len(_buckets) > MOST_SENDERS:
            _buckets.popitem(last=False)
        if not bucket.takes(time.monotonic()):
            raise _Refused(429, f"More than {REQUESTS_A_SECOND:.0f} reports a second: send more points in each.")


def _body(request: Request) -> bytes:
    content, parts = bytearray(), request.stream()
    while (part := from_thread.run(anext, parts, None)) is not None:
        content += part
        if len(content) > MOST_BYTES:
            raise _Refused(413, f"A report has at most {MOST_BYTES:,} bytes: send fewer points in each.")
    return bytes(content)


def _report(content: bytes) -> Report:
    try:
        return SentReport.model_validate_json(content).report()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field_name = ".".join(map(str, first["loc"])) or "the body"
        raise _Refused(400, f"The report cannot be read at {field_name}: {first['msg']}.") from error
