"""The tables, typed, one module a subject. They never leave storage: what does is in records.py."""

from storage.tables.annotation_tables import Assignment, Guideline, Judgement, Lease, Question, Round, VersionJudgement
from storage.tables.base_table import Table
from storage.tables.dataset_tables import Dataset, Generation, Item, ItemEdit, Label, SearchRun, Version
from storage.tables.people_tables import AuditEntry, Invitation, Session, User
from storage.tables.run_tables import (
    Checkpoint,
    Event,
    FinalSample,
    Interval,
    Point,
    RolloutSample,
    Run,
    RunLink,
    RunTag,
    Sample,
    SavedView,
    Series,
    Study,
)
from storage.tables.source_tables import IngestToken, RunSource

__all__ = [
    "Assignment",
    "AuditEntry",
    "Checkpoint",
    "Dataset",
    "Event",
    "FinalSample",
    "Generation",
    "Guideline",
    "IngestToken",
    "Interval",
    "Invitation",
    "Item",
    "ItemEdit",
    "Judgement",
    "Label",
    "Lease",
    "Point",
    "Question",
    "RolloutSample",
    "Round",
    "Run",
    "RunLink",
    "RunSource",
    "RunTag",
    "Sample",
    "SavedView",
    "SearchRun",
    "Series",
    "Session",
    "Study",
    "Table",
    "User",
    "Version",
    "VersionJudgement",
]
