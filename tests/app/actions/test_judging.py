"""What people do about judging: each verb leaves an entry in the audit."""

from app.actions import dataset_edits, judging
from app.people import COMMAND_LINE, Person
from storage import datasets
from storage.database import Database
from storage.judging import judgements, rounds
from storage.judging.judged_preferences import JudgementFilter
from storage.judging.judgement_records import Adjudication, RoundSettings
from storage.people import audit
from tests.app.actions.conftest import NOW
from tests.storage.talks import fill, open_round, vote

PEOPLE = {role: Person(role, f"account of {role}", role) for role in ("viewer", "annotator", "researcher", "admin")}
LEAD = PEOPLE["researcher"]


def test_who_did_what_is_noted(db: Database):
    (item,) = fill(db, count=1)
    judging.open_round(db, LEAD, "talks", RoundSettings(), NOW, name="first")
    (ask,) = judging.next_questions(db, PEOPLE["annotator"], "talks", 1, 5, NOW)
    given = vote(ask)
    judging.record(db, PEOPLE["annotator"], [given], NOW)
    judging.record(db, PEOPLE["annotator"], [given], NOW + 1)
    judging.adjudicate(db, LEAD, "talks", Adjudication(item.id, "chosen", "rejected", "b"), NOW + 2)
    judging.close_round(db, LEAD, "talks", 1, NOW + 3)
    entries = [(entry.action, entry.account) for entry in audit.listing(db)]
    assert sorted(entries) == [
        ("judgement.adjudicate", LEAD.account),
        ("judgement.record", PEOPLE["annotator"].account),
        ("round.close", LEAD.account),
        ("round.open", LEAD.account),
    ], "a vote that was sent again is noted once"
    assert rounds.get(db, "talks", 1).name == "first"
    assert [own.account for own in judgements.listing(db, "talks")] == [PEOPLE["annotator"].account, LEAD.account]


def test_a_command_judges_under_a_name_of_its_own(db: Database):
    fill(db, count=1)
    open_round(db)
    (ask,) = judging.next_questions(db, COMMAND_LINE, "talks", 1, 5, NOW)
    judging.record(db, COMMAND_LINE, [vote(ask)], NOW)
    assert [own.account for own in judgements.listing(db, "talks")] == [COMMAND_LINE.name]


def test_a_version_is_frozen_of_some_peoples_verdicts(db: Database):
    fill(db)
    open_round(db)
    ask, *_ = judging.next_questions(db, PEOPLE["annotator"], "talks", 1, 5, NOW)
    judging.record(db, PEOPLE["annotator"], [vote(ask, "b")], NOW)
    wanted = JudgementFilter(annotators=(str(PEOPLE["annotator"].account),))
    version = dataset_edits.freeze(db, LEAD, "talks", NOW, wanted)
    assert [item.preferences[0].chosen for item in datasets.load(db, version.hash)] == ["rejected"]
