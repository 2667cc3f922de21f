"""What carries out a run of each kind: one module a kind, imported when a run of that kind starts.

Late, since a failure to load torch is then one that the run can show; and by name, since an attempt knows no training.
Left out: the settings of the kinds (`engine.spec.parse.KINDS`), and what is checked before a launch
(`engine.runtime.preflight.check.CHECKS`).
"""

from importlib import import_module
from typing import Literal, NamedTuple, Protocol, cast

from engine.runtime.run.lease_renewal import LeaseRenewer
from storage.database import Database
from storage.records import Lease, Run
from words import N_, Explained, Text

Outcome = Literal["succeeded", "paused", "stopped", "queued"]


class Ending(NamedTuple):
    """How an attempt ended, and the sentence that says why, where it was no person and no budget that ended it."""

    state: Outcome
    reason: Text | None = None


ACTIVITIES = {  # kind of run -> module that carries it out
    "train": "engine.runtime.training.assembly",
    "generate": "engine.runtime.generation.generate_run",
}


class Activity(Protocol):
    """A module that carries out the runs of one kind."""

    def run(self, db: Database, row: Run, lease: Lease, renewer: LeaseRenewer) -> Ending:
        """Work until the run ends or is asked to; how it ended.

        It calls `renewer.heartbeat` as it makes progress, and heeds `renewer.request`. What it raises ends the run as
        `failures` says.
        """


class UnknownKind(Explained):
    """A run of a kind that this version has no activity for."""

    def __init__(self, kind: str) -> None:
        super().__init__(N_("This version of AlignLab cannot carry out runs of the kind {kind}."), kind=kind)


def activity(kind: str) -> Activity:
    """The module for a kind of runs. Raises UnknownKind."""
    if kind not in ACTIVITIES:
        raise UnknownKind(kind)
    return cast(Activity, import_module(ACTIVITIES[kind]))
