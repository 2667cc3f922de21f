"""A study with its runs as one compressed file: out of one workspace, into another.

It holds what can be looked at: settings, curves, samples. Left out is what one could train on: checkpoints, data.
"""

import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storage import (
    final_samples,
    intervals,
    metrics,
    rollout_samples,
    run_links,
    samples,
    studies,
    study_writes,
    tables,
)
from storage.database import Database
from storage.errors import Invalid
from storage.first_polite import renaming
from storage.records import ENDED, Interval, Run, Study
from storage.run_writes import next_position, searched_columns
from words import N_, from_json

FORM = 3
READABLE = (1, 2, FORM)  # samples of the first have no reward; those before the third call `polite` what is polite_v1
DIGITS = 6
# Nothing of it belongs to this workspace: no process, no place in the queue, no other run that it waits for.
RUN = (
    "id",
    "name",
    "kind",
    "algorithm",
    "spec",
    "resolved",
    "lane",
    "state",
    "step",
    "fraction",
    "attempt",
    "created_at",
    "queued_at",
    "started_at",
    "finished_at",
    "study_role",
    "study_trial",
    "study_seed",
    "study_changes",
)


def pack(db: Database, study_id: str) -> bytes:
    """The study as a file. Raises NotFound, or Invalid while one of its runs is not done."""
    study = studies.get(db, study_id)
    members = studies.members(db, study_id)
    if any(run.state not in ENDED for run in members):
        raise Invalid(N_("The study {name} is not done yet."), name=study.name)
    content = {"form": FORM, "study": vars(study), "runs": [_packed(db, run) for run in members]}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode(), mtime=0)


def unpack(db: Database, file: bytes, *, origin: str) -> Study:
    """Bring the study of a file in, or find it where it is there already. Raises Invalid, and then nothing came in."""
    try:
        content = json.loads(gzip.decompress(file))
        study, form = Study(**content["study"]), content["form"]
        if form in READABLE:
            packed = content["runs"] if form == FORM else [_renamed(run) for run in content["runs"]]
            _unpack(db, study, packed, origin)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Invalid(N_("This is not the file of a study.")) from error
    if form not in READABLE:
        raise Invalid(N_("The file of the study {name} was written by a newer AlignLab."), name=study.name)
    return study


def _unpack(db: Database, study: Study, packed: Sequence[Mapping[str, Any]], origin: str) -> None:
    with db.write() as connection:
        existing = connection.execute(sa.select(tables.Study.id).where(tables.Study.id == study.id)).first()
        if existing is None:
            study_writes.put(connection, _ended(study))
            for run in packed:
                _put(connection, run, study.id, origin)
            for run in packed:  # a link needs both of its runs
                _link(connection, run["run"])


def _ended(study: Study) -> Study:
    """The study as a row; no engine of this workspace takes another step of it."""
    state = "succeeded" if study.state == "running" else study.state
    return replace(study, state=state, reason=from_json(study.reason))


def _packed(db: Database, run: Run) -> dict[str, Any]:
    points: dict[str, list[list[Any]]] = {}
    for key, step, value, _ in metrics.points(db, run.id):
        points.setdefault(key, []).append([step, _short(value)])
    sample_rows = [
        {name: value for name, value in vars(sample).items() if name != "run_id"}
        for sample in samples.listing(db, run.id)
    ]
    rollouts = [
        {name: value for name, value in vars(sample).items() if name != "run_id"}
        for step in rollout_samples.steps(db, run.id)
        for sample in rollout_samples.at(db, run.id, step)
    ]
    final = [
        {name: value for name, value in vars(sample).items() if name != "run_id"}
        for sample in final_samples.listing(db, run.id)
    ]
    kept = [
        [key, step, _short(each.low), _short(each.high), each.prompts, each.answers]
        for key, by_step in intervals.listing(db, [run.id]).get(run.id, {}).items()
        for step, each in by_step.items()
    ]
    content = {"points": points, "samples": sample_rows, "rollouts": rollouts, "final": final, "intervals": kept}
    return {"run": {name: getattr(run, name) for name in RUN}, **content}


def _short(value: float) -> float | str:
    """Six digits are more than a chart shows; JSON has no NaN."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)


def _renamed(packed: Mapping[str, Any]) -> Mapping[str, Any]:
    """A run of a former form, with the rule that scored it under its name of now."""
    renamed = renaming(packed["run"]["spec"])
    if renamed is None:
        return packed
    points = {renamed.keys.get(key, key): curve for key, curve in packed["points"].items()}
    texts = {
        name: [{**row, "scores": renamed.scores(row["scores"], held_out=held_out)} for row in packed.get(name, ())]
        for name, held_out in (("samples", True), ("rollouts", False))
    }
    return {**packed, **texts, "points": points, "run": {**packed["run"], "spec": renamed.spec}}


def _put(connection: sa.Connection, packed: Mapping[str, Any], study_id: str, origin: str) -> None:
    run = packed["run"]
    own = {
        **searched_columns(run["id"], run["name"], run["algorithm"], run["spec"]),
        # the file does not tell of a stop by a parent
        "ended_by": "person" if run["state"] == "stopped" else "engine",
        "study_id": study_id,
        "origin": origin,
        "exclusive": False,
        "advanced_attempt": run["attempt"],
        "priority": 0,
        "position": next_position(connection),
    }
    connection.execute(sa.insert(tables.Run).values({**run, **own}))
    wall_time = run["finished_at"]
    points: metrics.Points = {
        key: {step: (float(value), wall_time) for step, value in curve} for key, curve in packed["points"].items()
    }
    metrics.put(connection, run["id"], points)
    bounds = {
        (key, step): Interval(float(low), float(high), prompts, answers)
        for key, step, low, high, prompts, answers in packed.get("intervals", ())
    }
    intervals.put(connection, run["id"], bounds)
    sampled = (tables.Sample, "samples"), (tables.RolloutSample, "rollouts"), (tables.FinalSample, "final")
    for table, rows in ((table, packed.get(name, ())) for table, name in sampled):
        if rows:
            values = [{"reward": _reward(run["spec"], row["scores"]), **row, "run_id": run["id"]} for row in rows]
            connection.execute(sa.insert(table), values)


def _reward(spec: Mapping[str, Any], scores: Mapping[str, float]) -> float | None:
    """The reward of a sample of the first form, where the run file names one part and the sample has its score."""
    parts = spec.get("evaluation", {}).get("reward") or spec.get("reward") or [{"kind": "polite"}]
    if len(parts) != 1 or len(scores) != 1:
        return None
    return float(parts[0].get("weight", 1.0)) * next(iter(scores.values()))


def _link(connection: sa.Connection, run: Mapping[str, Any]) -> None:
    run_links.add(connection, run["id"], run["spec"], None)
    run_links.add_ancestors(connection, run["id"], run["resolved"] or {})
