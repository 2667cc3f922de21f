"""Four signed-in annotators judge one round at once, each in a browser of their own, by keys.

Each pair gets exactly two verdicts of different people, and the alpha that AlignLab reports is the one computed here
from the exported rows. Nothing that one person's browser gets (answers, websocket frames, the drawn page, history,
addresses that the role does not open) holds what another said, who that was, or an origin, a score or the name of a
response; and no figure moves when somebody else judges the pair that lies before the person.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, WebSocket, expect, sync_playwright

from accept.report import alignlab, answer, conclude
from storage import dataset_writes
from storage.database import Database, connect
from storage.judging import judgements, round_writes, rounds
from storage.judging.judgement_records import RoundSettings
from storage.people import users
from storage.records import Item, Preference, Response
from storage.workspace import Workspace
from tests.app.accounts import PASSWORD
from tests.e2e import annotators
from tests.e2e.conftest import alignlab_up, chromium

PAIRS, OVERLAP = 60, 2
DATASET, ROUND = "platforms", 1
NAMES = ("Quillon", "Brasidas", "Ottoline", "Wystan")  # words that nothing else on a page holds
HIDDEN = ("kestrel-7b", "plover-7b", "0.73519", "0.28641", "resp-upper", "resp-lower")
CARELESS = 0.2  # share of verdicts that do not follow the person's taste
PATIENCE_SECONDS = 300
ELSEWHERE = (
    f"data?dataset={DATASET}&q=said+by",
    f"data?q={DATASET}",
    f"review?dataset={DATASET}",
    "runs",
    "settings",
    f"alignlab/fragments/quality?dataset={DATASET}",
    f"annotate?dataset={DATASET}",
)
"""Where searches, verdicts and counts stand for others."""
QUEUE = f"fetch('/alignlab/annotate/queue?dataset={DATASET}&round={ROUND}&count=20').then((own) => own.text())"
DRAWN = "() => [...document.querySelectorAll('.al-card-body')].map((card) => card.textContent)"


@dataclass
class Annotator:
    """A person at a browser, with all that the browser was sent."""

    name: str
    account: str
    page: Page
    random: random.Random
    received: list[bytes] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def remark(self) -> str:
        """A comment that nobody else may read."""
        return f"said by {self.name}"

    def listen(self) -> None:
        """Keep answers and frames of the websocket; not the files that are the same for all."""
        self.page.on("requestfinished", self._keep)
        self.page.on("websocket", self._listen_to)

    def _keep(self, request: Request) -> None:
        if "/static/" in request.url or "/scripts/" in request.url:
            return
        try:
            response = request.response()
            body = response.body() if response else b""
        except Error:  # a redirect has no body
            return
        self.received.append(request.url.encode() + b"\n" + body)
        self.kinds["answers"] += 1

    def _listen_to(self, socket: WebSocket) -> None:
        def keep(payload: str | bytes) -> None:
            self.received.append(payload if isinstance(payload, bytes) else payload.encode())
            self.kinds["frames"] += 1

        socket.on("framereceived", keep)

    def look(self) -> None:
        """Take down the page as it is drawn."""
        self.received.append(self.page.content().encode())
        self.kinds["pages"] += 1

    def vote(self) -> None:
        """Press the key for what the person makes of the two answers, if two are drawn."""
        texts = self.page.evaluate(DRAWN)
        if len(texts) != 2:
            return
        polite = ["journey" in text for text in texts]
        key = "1" if polite[0] else "2"
        if self.random.random() < CARELESS:
            key = self.random.choice("012")
        self.page.keyboard.press(key)

    def remark_upon(self) -> None:
        """Comment on the pair that is drawn; the comment goes with its verdict."""
        self.page.keyboard.press("n")
        self.page.get_by_role("textbox").fill(self.remark)
        self.page.keyboard.press("Control+Enter")


def main() -> int:
    """Judge, count, compute, search, and write the figures down."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        db = connect(Workspace(folder / "workspace"))
        accounts = _prepare(db)
        with alignlab_up(folder) as house:
            browser = chromium(playwright)
            people = [_signed_in(browser, house.url, *account) for account in accounts.items()]
            unmoved = _judge_before_each_other(people, house.url)
            seconds = _judge_at_once(db, people)
            otherwise = [problem for person in people for problem in _otherwise(db, person)]
            _look_around(people, house.url)
            browser.close()
        given = _given(db)
        leaks = _leaks(db, people)
        alphas = _alphas(folder)
        seen = sum((person.kinds for person in people), Counter[str]())
        own = all(any(person.remark.encode() in part for part in person.received) for person in people)
        db.close()
    wanted = {
        f"every one of {PAIRS} pairs has exactly {OVERLAP} verdicts": given["verdicts_a_pair"] == {str(OVERLAP): PAIRS},
        "they are of different people": given["people_a_pair"] == {str(OVERLAP): PAIRS},
        "each is what its key meant on the page": otherwise == [],
        "all four judged": len(given["by_person"]) == len(NAMES),
        "the alpha that is reported is that of the exported rows": abs(alphas["reported"] - alphas["computed"]) < 1e-9,
        "the queue is the same, byte for byte, after somebody else judged its first pair": unmoved["queue"],
        "so is the page": unmoved["page"],
        "each person's own comment was found in what the browser got": own,
        "nothing of others, no origin, score or response was": leaks == [],
    }
    figures = {"seconds": seconds, **given, "otherwise": otherwise, "alpha": alphas, "searched": seen, "leaks": leaks}
    return conclude("four_annotators", figures, wanted)


def _prepare(db: Database) -> dict[str, str]:
    """Pairs with all that has to stay hidden, a round, and accounts; name -> account."""
    users.add(db, name="lead", role="admin", password=PASSWORD, now=time.time())
    dataset_writes.create(db, DATASET, "pairs", time.time())
    for number in range(PAIRS):
        prompt = ({"role": "user", "content": f"Which way to platform {number}?"},)
        answers = (
            Response("resp-upper", f"Up the stairs to {number}, and a good journey.", 0.73519, True, "kestrel-7b"),
            Response("resp-lower", f"Read the sign, number {number}.", 0.28641, False, "plover-7b"),
        )
        item = Item("", prompt, answers, (Preference("resp-upper", "resp-lower"),))
        dataset_writes.add_item(db, DATASET, item, time.time())
    round_writes.open_round(db, DATASET, RoundSettings(overlap=OVERLAP), "lead", time.time())
    return {name: users.add(db, name=name, role="annotator", password=PASSWORD, now=time.time()).id for name in NAMES}


def _signed_in(browser: Browser, url: str, name: str, account: str) -> Annotator:
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    person = Annotator(name, account, context.new_page(), random.Random(name))
    person.listen()
    annotators.sign_in(person.page, url, name)
    return person


def _judge_before_each_other(people: Sequence[Annotator], url: str) -> dict[str, bool]:
    """The first judges the pair that lies before the second; whether the second sees what it saw before."""
    first, second, *others = people
    for person in (first, second):
        annotators.open_task(person.page, url, DATASET, ROUND)
    pairs = [set(person.page.evaluate(DRAWN)) for person in (first, second)]
    assert pairs[0] == pairs[1], pairs
    queue, text = second.page.evaluate(QUEUE), second.page.inner_text("body")
    first.remark_upon()
    first.vote()
    annotators.all_saved(first.page)
    unmoved = {"queue": second.page.evaluate(QUEUE) == queue}
    second.page.reload()
    expect(second.page.locator(".al-annotate[data-state=judging]")).to_be_visible()
    unmoved["page"] = second.page.inner_text("body") == text
    second.remark_upon()
    for person in others:
        annotators.open_task(person.page, url, DATASET, ROUND)
        person.remark_upon()
    return unmoved


def _judge_at_once(db: Database, people: Sequence[Annotator]) -> float:
    """A key of each person in turn, until the round has all that it wants; the seconds that this takes."""
    began = time.monotonic()
    for turn in range(1_000_000):
        for person in people:
            person.vote()
            if turn % 10 == 0:
                person.look()
        progress = rounds.progress(db, DATASET, ROUND)
        if progress.answered >= progress.wanted:
            break
        assert time.monotonic() - began < PATIENCE_SECONDS, f"only {progress.answered} of {progress.wanted} verdicts"
        people[0].page.wait_for_timeout(125)
    for person in people:
        annotators.all_saved(person.page)
    return round(time.monotonic() - began, 1)


def _look_around(people: Sequence[Annotator], url: str) -> None:
    """Open what a curious person would: keys, own history, and the pages and searches of other roles."""
    for person in people:
        for key in ("?", "h"):
            person.page.keyboard.press(key)
            person.page.locator(".al-dialog").wait_for()
            person.look()
            person.page.keyboard.press("Escape")
        for path in ELSEWHERE:
            person.page.goto(f"{url}/{path}")
            if not path.startswith("alignlab/"):
                person.page.locator(".al-title").wait_for()
            person.page.wait_for_timeout(300)
            person.look()


def _otherwise(db: Database, person: Annotator) -> list[str]:
    """What was stored of this person otherwise than it was given."""
    return annotators.differences(db, DATASET, ROUND, annotators.noted(person.page), person.account)


def _given(db: Database) -> dict[str, Any]:
    """How many verdicts and people the pairs have, and how many verdicts each person gave."""
    by_item = defaultdict(list)
    for judgement in annotators.stored(db, DATASET, ROUND):
        by_item[judgement.item_id].append(judgement.account)
    return {
        "verdicts_a_pair": dict(Counter(str(len(people)) for people in by_item.values())),
        "people_a_pair": dict(Counter(str(len(set(people))) for people in by_item.values())),
        "by_person": dict(Counter(str(account) for people in by_item.values() for account in people)),
    }


def _leaks(db: Database, people: Sequence[Annotator]) -> list[str]:
    """What a browser got and should not have."""
    ids: dict[str, list[str]] = defaultdict(list)
    for judgement in judgements.listing(db, DATASET, history=True):
        ids[str(judgement.account)].append(judgement.id)
    leaks = []
    for person in people:
        everything = b"\n".join(person.received)
        secrets = list(HIDDEN)
        for other in people:
            if other is not person:
                secrets += [other.name, other.account, other.remark, *ids[other.account]]
        leaks += [f"{person.name} got {secret}" for secret in secrets if secret.encode() in everything]
        leaks += [f"{person.name} got a verdict of {judgement}" for judgement in _foreign(person, ids[person.account])]
    return leaks


def _foreign(person: Annotator, own: Sequence[str]) -> list[str]:
    """The verdicts in the answers of our routes that are not the person's own."""
    foreign = []
    for part in person.received:
        url, _line, body = part.partition(b"\n")
        if b"/alignlab/annotate/queue" not in url:
            continue
        queue = json.loads(body)
        entries = [*queue["last"], *queue["questions"]]
        foreign += [str(entry) for entry in queue["last"] if entry["judgement_id"] not in own]
        foreign += [str(entry["verdicts"]) for entry in entries if "verdicts" in entry]
        foreign += [str(entry) for entry in queue["questions"] if "verdict" in entry]
        foreign += [name for name in queue["progress"] if name not in ("mine", "total_for_me", "median_seconds")]
    return foreign


def _alphas(folder: Path) -> dict[str, float]:
    """Krippendorff's alpha as AlignLab reports it, and as computed here of the rows that it exports."""
    workspace, file = folder / "workspace", folder / "rows.jsonl"
    answer(alignlab("data", "judgements", DATASET, "--out", str(file), "--json", workspace=workspace))
    report = answer(alignlab("data", "agreement", DATASET, "--json", workspace=workspace))
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {"reported": report["people"]["alpha"]["value"], "computed": _nominal_alpha(rows)}


def _nominal_alpha(rows: Sequence[Mapping[str, Any]]) -> float:
    """1 - observed / expected disagreement (Krippendorff, Content Analysis, 2004, 11.3), by coincidences.

    o[c, k] is the sum over units of (ordered pairs of verdicts c and k) / (m - 1), m verdicts a unit; n[c] its row.
    """
    units: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        swap = sha256(row["response_a"].encode()).hexdigest() > sha256(row["response_b"].encode()).hexdigest()
        verdict = row["verdict"]
        units[row["pair_id"]].append({"a": "b", "b": "a"}.get(verdict, verdict) if swap else verdict)
    coincidences: dict[tuple[str, str], float] = defaultdict(float)
    totals: dict[str, float] = defaultdict(float)
    for verdicts in units.values():
        for one, other in permutations(verdicts, 2):
            coincidences[one, other] += 1 / (len(verdicts) - 1)
            totals[one] += 1 / (len(verdicts) - 1)
    observed = sum(weight for (one, other), weight in coincidences.items() if one != other)
    expected = sum(totals[one] * totals[other] for one, other in permutations(totals, 2)) / (sum(totals.values()) - 1)
    return 1 - observed / expected


if __name__ == "__main__":
    sys.exit(main())
