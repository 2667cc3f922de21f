"""Which role each verb needs: every verb has an entry here, and refuses whoever may less before it touches anything."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import actions
from app.actions import accounts, permissions
from app.actions.permissions import Forbidden
from app.people import COMMAND_LINE, LOCAL, Person
from storage.people.people_records import ROLES

LOWEST = {
    "accounts.add": "admin",
    "accounts.change_password": "viewer",
    "accounts.disable": "admin",
    "accounts.enable": "admin",
    "accounts.end_sessions": "admin",  # of somebody else
    "accounts.invite": "admin",
    "accounts.offer_password": "admin",
    "accounts.set_password": "admin",
    "accounts.set_role": "admin",
    "accounts.withdraw": "admin",
    "cleaning.clean": "admin",
    "dataset_copies.copy": "researcher",
    "dataset_copies.merge": "researcher",
    "dataset_copies.split_by_label": "researcher",
    "dataset_copies.split_by_share": "researcher",
    "dataset_edits.add_item": "researcher",
    "dataset_edits.change_all": "researcher",
    "dataset_edits.delete": "researcher",
    "dataset_edits.delete_item": "researcher",
    "dataset_edits.edit_item": "researcher",
    "dataset_edits.export": "reader",
    "dataset_edits.freeze": "researcher",
    "dataset_edits.import_file": "researcher",
    "dataset_edits.rename": "researcher",
    "dataset_edits.restore_item": "researcher",
    "dataset_edits.undo": "researcher",
    "dataset_versions.restore": "researcher",
    "dataset_versions.set_note": "researcher",
    "foreign_runs.export_events": "reader",
    "foreign_runs.import_runs": "researcher",
    "foreign_runs.receive": "researcher",
    "hub_datasets.download": "researcher",
    "hub_datasets.find": "researcher",
    "ingest_tokens.create": "admin",
    "ingest_tokens.revoke": "admin",
    "judging.adjudicate": "researcher",
    "judging.assign": "researcher",
    "judging.close_round": "researcher",
    "judging.export_judgements": "researcher",
    "judging.give_back": "annotator",
    "judging.next_questions": "annotator",
    "judging.open_round": "researcher",
    "judging.record": "annotator",
    "judging.write_guideline": "researcher",
    "launching.forked": "researcher",
    "launching.launch": "researcher",
    "launching.launch_study": "researcher",
    "model_exports.start": "researcher",
    "quality_labels.label_defects": "researcher",
    "run_labels.change_tags": "researcher",
    "run_labels.rename": "researcher",
    "run_labels.set_note": "researcher",
    "run_removals.archive": "researcher",
    "run_removals.delete": "researcher",
    "run_removals.unarchive": "researcher",
    "run_requests.move": "researcher",
    "run_requests.pause": "researcher",
    "run_requests.resume": "researcher",
    "run_requests.stop": "researcher",
    "run_views.delete": "researcher",
    "run_views.save": "researcher",
    "shipped.bring_example": "researcher",
    "shipped.bring_samples": "researcher",
    "study_requests.pause": "researcher",
    "study_requests.resume": "researcher",
    "study_requests.stop": "researcher",
}
NO_VERBS = {"permissions", "signing_in"}  # what they check with, and what somebody does who is nobody yet


class Touched(Exception):
    """The verb went on to its work."""


class Untouched:
    """Stands for every argument of a verb: whatever is done with it says so."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        raise Touched

    def __iter__(self) -> Iterator[Any]:
        raise Touched

    def __str__(self) -> str:
        raise Touched


def verbs() -> dict[str, Callable[..., Any]]:
    """All public functions of the actions that take a person."""
    functions = {}
    for module_name in (info.name for info in pkgutil.iter_modules(actions.__path__)):
        if module_name in NO_VERBS:
            continue
        module = importlib.import_module(f"app.actions.{module_name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                functions[f"{module_name}.{name}"] = function
    return functions


def refuses(verb: Callable[..., Any], person: Person) -> bool:
    """Whether the verb refuses the person; one that does not fails on its arguments, which are none."""
    arguments: dict[str, Any] = {}
    for parameter in inspect.signature(verb).parameters.values():
        if parameter.name == "person":
            arguments[parameter.name] = person
        elif parameter.default is parameter.empty:
            arguments[parameter.name] = Untouched()
    try:
        verb(**arguments)
    except Forbidden:
        return True
    except Exception:
        return False
    raise AssertionError("nothing came of arguments that are none")


def allowed(role: str, lowest: str) -> bool:
    return role != "annotator" if lowest == "reader" else ROLES.index(role) >= ROLES.index(lowest)


def test_every_verb_takes_a_person_and_has_an_entry() -> None:
    assert set(verbs()) == set(LOWEST)
    assert [name for name, verb in verbs().items() if "person" not in inspect.signature(verb).parameters] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", LOWEST)
def test_a_verb_refuses_whoever_may_less_before_it_touches_anything(
    name: str, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts.users, "account_of", lambda name: "somebody else")
    person = Person("somebody", account="somebody", role=role)
    assert refuses(verbs()[name], person) != allowed(role, LOWEST[name])


def test_a_refusal_names_both_roles() -> None:
    with pytest.raises(Forbidden, match="Your role, viewer, does not allow this: ask an admin for the role researcher"):
        permissions.require(Person("v", "v", "viewer"), "researcher")
    with pytest.raises(Forbidden, match="Your role, annotator, does not show this page"):
        permissions.require_reader(Person("a", "a", "annotator"))


@pytest.mark.parametrize("person", [LOCAL, COMMAND_LINE])
def test_who_works_without_accounts_is_an_admin(person: Person) -> None:
    permissions.require(person, "admin")
    permissions.require_reader(person)
