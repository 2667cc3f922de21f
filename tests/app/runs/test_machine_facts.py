"""The machine of a run, as its page tells it."""

import os
import platform

from app.runs.machine_facts import machine
from engine.spec.resolved import Machine, Resolved
from storage import queue, run_writes
from storage.database import Database

DECIDED = Resolved(
    model="starter",
    ancestors=[],
    device="cpu",
    precision="fp32",
    threads=3,
    machine=Machine(host="bench", processor="A <fast> one", instructions="AVX2", cores=4, memory_mb=2000),
)


def test_a_run_tells_its_machine_and_while_it_runs_here_what_its_process_takes(empty: Database):
    run = run_writes.create(empty, name="r", kind="train", algorithm="dpo", lane="train", spec={"data": {}}, now=1.0)
    assert machine({"id": run.id}).html == ""
    lease = queue.claim_run(empty, run.id, host=platform.node(), device="cpu", seconds=60, now=2.0)
    assert lease is not None
    queue.resolve(empty, lease, DECIDED.state())
    queue.set_pid(empty, lease, os.getpid())
    html = machine({"id": run.id}).html
    assert "A &lt;fast&gt; one, 4 cores, AVX2" in html
    assert "Memory of its process" in html
    queue.finish(empty, lease, "succeeded", now=9.0)
    assert "Memory of its process" not in machine({"id": run.id}).html
