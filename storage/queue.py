"""The queue is the run's own row: claims, leases, requests, order. Each change of state is one guarded statement.

A worker's write names its attempt; where that matches no row the lease is lost, and the worker must stop (ADR 0004).
Starting processes is the engine's business. The clock is always an argument.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from storage import run_links, tables
from storage.attempt_writes import add_event_row, lease_fence, lease_lost
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import ENDED, EndedBy, Lease, Run
from storage.run_writes import entry_state
from storage.runs import CLAIM_ORDER, COLUMNS, record
from words import N_, Text, to_json

ATTEMPTS_WITHOUT_CHECKPOINT = 3
REQUESTS = ("pause", "stop")
ORPHANED = {
    "failed": N_("The run {id} that it waited for failed."),
    "stopped": N_("The run {id} that it waited for was stopped."),
}
RELEASED: dict[str, Any] = {"slot": None, "light_slot": None, "lease_until": None, "pid": None}


def claim(db: Database, *, host: str, device: str, lane: str, seconds: float, now: float) -> Lease | None:
    """Take the first queued run of the lane, if the lane's slot on this device is free. The lease lasts `seconds`."""
    first = (
        sa.select(tables.Run.id)
        .where(tables.Run.state == "queued", tables.Run.lane == lane, tables.Run.origin == "local")
        .order_by(*CLAIM_ORDER)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return _claim(db, tables.Run.id == first, host, device, seconds, now)


def claim_run(db: Database, run_id: str, *, host: str, device: str, seconds: float, now: float) -> Lease | None:
    """Take this one run, if it is queued and its lane's slot on this device is free."""
    condition = sa.and_(tables.Run.id == run_id, tables.Run.origin == "local")
    return _claim(db, condition, host, device, seconds, now)


def _claim(
    db: Database, which: sa.ColumnElement[bool], host: str, device: str, seconds: float, now: float
) -> Lease | None:
    run = tables.Run
    prefix = f"{host}/{device}/"
    takes_light = sa.or_(run.lane == "light", run.exclusive)
    statement = (
        sa.update(run)
        .where(which, run.state == "queued")
        .values(
            state="running",
            attempt=run.attempt + 1,
            slot=sa.literal(prefix) + run.lane,
            light_slot=sa.case((takes_light, prefix + "light")),
            lease_until=now + seconds,
            beat_at=now,
            started_at=sa.func.coalesce(run.started_at, now),
            reason=None,
        )
        .returning(run.id, run.attempt, run.slot)
    )
    try:
        with db.write() as connection:
            row = connection.execute(statement).first()
            if row is None:
                return None
            add_event_row(connection, row.id, row.attempt, "attempt", now)
            return Lease(row.id, row.attempt, row.slot)
    except sa.exc.IntegrityError:
        # the unique index on the slots: another run holds this one
        return None


def renew(
    db: Database,
    lease: Lease,
    *,
    seconds: float,
    now: float,
    step: int | None = None,
    fraction: float | None = None,
    eta_seconds: float | None = None,
) -> Run:
    """Renew the lease for `seconds` from now and store the progress; the returned run shows a person's request."""
    progress = {"step": step, "fraction": fraction, "eta_seconds": eta_seconds}
    values = {name: value for name, value in progress.items() if value is not None}
    return _write(db, lease, lease_until=now + seconds, beat_at=now, **values)


def set_pid(db: Database, lease: Lease, pid: int) -> None:
    _write(db, lease, pid=pid)


def resolve(db: Database, lease: Lease, resolved: dict[str, Any]) -> dict[str, Any]:
    """Store what `auto` came to, unless an earlier attempt has stored it; return what is stored."""
    with db.write() as connection:
        run = tables.Run
        first = sa.update(run).where(*lease_fence(lease), run.resolved.is_(None)).values(resolved=resolved)
        if connection.execute(first).rowcount:
            run_links.add_ancestors(connection, lease.run_id, resolved)
        row = connection.execute(sa.select(run.resolved).where(*lease_fence(lease))).first()
    if row is None:
        raise lease_lost(lease)
    return dict(row.resolved)


def finish(db: Database, lease: Lease, state: str, *, now: float, reason: Text | None = None) -> None:
    """End the attempt: succeeded, failed, stopped or paused. Runs that wait for this one are queued or stopped."""
    with db.write() as connection:
        _end(connection, lease, state, now, reason)


def requeue(db: Database, lease: Lease, *, now: float, reason: Text | None = None) -> None:
    """Put the run of a dead worker back at its old place in the queue.

    It is paused or stopped instead where a person asked for that, and fails after ATTEMPTS_WITHOUT_CHECKPOINT attempts
    in a row without a new checkpoint.
    """
    with db.write() as connection:
        _requeue(connection, lease, now, reason)


def release(db: Database, lease: Lease, *, now: float, reason: Text | None = None) -> None:
    """Put the run back as `requeue` does, without counting the attempt: what ended it was no fault of the run."""
    with db.write() as connection:
        connection.execute(sa.update(tables.Run).where(*lease_fence(lease)).values(advanced_attempt=lease.attempt))
        _requeue(connection, lease, now, reason)


def expire(db: Database, now: float, spare: Collection[str] = ()) -> list[str]:
    """Requeue the runs whose lease ran out, because their engine died, except those in `spare`; return their ids."""
    run = tables.Run
    with db.write() as connection:
        dead = connection.execute(
            sa.select(run.id, run.attempt, run.slot)
            .where(run.state == "running", run.lease_until < now, run.id.not_in(list(spare)))
            .with_for_update(skip_locked=True)
        ).all()
        for row in dead:
            _requeue(connection, Lease(row.id, row.attempt, row.slot), now, (N_("The engine that ran it is gone."), {}))
    return [row.id for row in dead]


def request(db: Database, run_id: str, what: str, now: float) -> Run:
    """Ask for "pause" or "stop". A running one obeys at its next step; one that waits obeys at once."""
    if what not in REQUESTS:
        raise Invalid(N_("A run can be asked to pause or to stop, not to {what}."), what=what)
    run = tables.Run
    with db.write() as connection:
        row = _own_row(connection, run_id)
        if row.state == "running":
            # who asked for a stop does not get a pause instead
            outstanding = sa.case((run.request == "stop", "stop"), else_=what)
            return record(_set(connection, run_id, request=outstanding))
        if row.state in ("succeeded", "failed") or (row.state == "stopped" and what == "pause"):
            raise Invalid(N_("The run {id} has ended already."), id=run_id)
        state = "paused" if what == "pause" else "stopped"
        if row.state != state:
            _set_state(connection, run_id, row.attempt, state, now, None, ended_by="person")
        return record(_locked_row(connection, run_id))


def resume(db: Database, run_id: str, now: float) -> Run:
    """Put a paused, stopped or failed run back at its old place in the queue; runs that its end stopped wait again."""
    with db.write() as connection:
        run_row = _own_row(connection, run_id)
        if run_row.state not in ("paused", "stopped", "failed"):
            raise Invalid(N_("Only a paused, stopped or failed run can be resumed; {id} is none of these."), id=run_id)
        row = _enqueue_again(connection, run_row, now)
        _await_again(connection, run_id, now)
        return record(row)


def move(db: Database, run_id: str, offset: int) -> None:
    """Move a queued run by `offset` places in the queue: negative is towards the front."""
    run = tables.Run
    with db.write() as connection:
        queued = connection.execute(
            sa.select(run.id, run.priority, run.position).where(run.state == "queued").order_by(*CLAIM_ORDER)
        ).all()
        order = [row.id for row in queued]
        if run_id not in order:
            raise Invalid(N_("The run {id} is not in the line."), id=run_id)
        index = order.index(run_id)
        order.insert(max(0, index + offset), order.pop(index))
        for run_at_place, place in zip(order, queued, strict=True):
            if run_at_place != place.id:
                _set(connection, run_at_place, priority=place.priority, position=place.position)


def _write(db: Database, lease: Lease, **values: Any) -> Run:
    with db.write() as connection:
        row = connection.execute(
            sa.update(tables.Run).where(*lease_fence(lease)).values(**values).returning(*COLUMNS)
        ).first()
    if row is None:
        raise lease_lost(lease)
    return record(row)


def _requeue(connection: sa.Connection, lease: Lease, now: float, reason: Text | None) -> None:
    run = tables.Run
    row = connection.execute(sa.select(run.request, run.advanced_attempt).where(*lease_fence(lease))).first()
    if row is None:
        raise lease_lost(lease)
    if row.request is not None:
        _end(connection, lease, "paused" if row.request == "pause" else "stopped", now, reason)
    elif lease.attempt - row.advanced_attempt >= ATTEMPTS_WITHOUT_CHECKPOINT:
        tried: Text = (
            N_("It was tried {count} times in a row without reaching a new checkpoint."),
            {"count": ATTEMPTS_WITHOUT_CHECKPOINT},
        )
        whole: Text = (N_("{cause} {tried}"), {"cause": to_json(reason), "tried": to_json(tried)}) if reason else tried
        _end(connection, lease, "failed", now, whole)
    else:
        _end(connection, lease, "queued", now, reason)


def _end(connection: sa.Connection, lease: Lease, state: str, now: float, reason: Text | None) -> None:
    """Set the state and release what the attempt holds."""
    run = tables.Run
    request = connection.execute(sa.select(run.request).where(*lease_fence(lease))).scalar()
    released = connection.execute(sa.update(run).where(*lease_fence(lease)).values(request=None, **RELEASED)).rowcount
    if not released:
        raise lease_lost(lease)
    ended_by: EndedBy = "person" if (state, request) == ("stopped", "stop") else "engine"
    _set_state(connection, lease.run_id, lease.attempt, state, now, reason, ended_by=ended_by)


def _set_state(
    connection: sa.Connection,
    run_id: str,
    attempt: int,
    state: str,
    now: float,
    reason: Text | None,
    *,
    ended_by: EndedBy,
) -> None:
    """Set the state of a run that nobody holds, and of those that wait for it."""
    ended = state in ENDED
    end: dict[str, Any] = {"finished_at": now if ended else None, "ended_by": ended_by if ended else None}
    if state == "succeeded" and reason is None:  # one that ended early shows how far it came
        end["fraction"] = 1.0
    _set(connection, run_id, state=state, reason=to_json(reason), eta_seconds=None, **end)
    add_event_row(connection, run_id, attempt, "state", now, text=reason or (state, {}))
    if not ended:
        return
    run = tables.Run
    children = connection.execute(
        sa.select(run.id, run.attempt, run.state).where(run.waits_for == run_id, run.state.in_(("waiting", "paused")))
    ).all()
    for child in children:
        if state != "succeeded":
            cause: Text = (ORPHANED[state], {"id": run_id})
            _set_state(connection, child.id, child.attempt, "stopped", now, cause, ended_by="parent")
        elif child.state == "waiting":
            _set(connection, child.id, state="queued", queued_at=now)
            add_event_row(connection, child.id, child.attempt, "state", now, text=("queued", {}))


def _enqueue_again(connection: sa.Connection, row: sa.Row[Any], now: float) -> sa.Row[Any]:
    """Put the run back into the queue, or let it wait for its parent again."""
    state = entry_state(connection, row.waits_for)
    add_event_row(connection, row.id, row.attempt, "state", now, text=(state, {}))
    # a person who resumes a run gives it its full count of attempts again
    cleared = {"reason": None, "ended_by": None, "finished_at": None, "advanced_attempt": row.attempt, "request": None}
    return _set(connection, row.id, state=state, queued_at=now, archived_at=None, **cleared)


def _await_again(connection: sa.Connection, run_id: str, now: float) -> None:
    """Let the runs wait again that were stopped because this run had ended; not those that a person stopped."""
    run = tables.Run
    orphans = sa.select(*COLUMNS).where(run.waits_for == run_id, run.state == "stopped", run.ended_by == "parent")
    for child in connection.execute(orphans).all():
        _enqueue_again(connection, child, now)
        _await_again(connection, child.id, now)


def _own_row(connection: sa.Connection, run_id: str) -> sa.Row[Any]:
    """The row of a run that an engine of this workspace carries out."""
    row = _locked_row(connection, run_id)
    if row.origin != "local":
        raise Invalid(N_("The run {id} was not made here: it can only be looked at and deleted."), id=run_id)
    return row


def _locked_row(connection: sa.Connection, run_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(*COLUMNS).where(tables.Run.id == run_id).with_for_update()).first()
    if row is None:
        raise NotFound(N_("There is no run {id}."), id=run_id)
    return row


def _set(connection: sa.Connection, run_id: str, **values: Any) -> sa.Row[Any]:
    statement = sa.update(tables.Run).where(tables.Run.id == run_id).values(**values).returning(*COLUMNS)
    return connection.execute(statement).one()
