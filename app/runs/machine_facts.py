"""The machine that a run is carried out on, and what its process takes of it now.

Left out: what it took from step to step, which are curves (`engine.spec.machine_metrics`).
"""

import platform
from collections.abc import Iterator, Mapping

import psutil
from markupsafe import Markup

from app import clients
from app.bridge.fragment import SLOW_SECONDS, Fragment
from app.markup import tables, texts
from app.translations import _
from engine.spec import Resolved
from storage import runs
from storage.records import Run
from words import names

Fact = tuple[str, str]


def machine(query: Mapping[str, str]) -> Fragment:
    """A line for each fact; nothing before the first attempt has looked at its machine."""
    run = runs.get(clients.database(), query["id"])
    is_running = run.state == "running"
    facts = [*_decided(run), *(_now(run) if is_running else ())]
    every = SLOW_SECONDS if is_running else None
    if not facts:
        return Fragment(Markup(""), every=every)
    return Fragment(texts.section(_("Machine")) + tables.pairs(facts), every=every)


def _decided(run: Run) -> Iterator[Fact]:
    """What the first attempt found and decided."""
    resolved = Resolved.read(run.resolved)
    if resolved is None:
        return
    found = resolved.machine
    if found is not None:
        yield _("Host"), found.host
        words = _("{processor}, {cores} cores, {instructions}")
        yield (
            _("Processor"),
            words.format(processor=found.processor, cores=found.cores, instructions=found.instructions),
        )
        yield _("Memory of the machine"), names.size(found.memory_mb * 2**20)
        if found.gpu is not None:
            yield _("GPU"), found.gpu
    yield _("Device"), resolved.device
    yield _("Precision"), resolved.precision
    yield _("Threads"), str(resolved.threads)


def _now(run: Run) -> Iterator[Fact]:
    """What its process takes now, where it runs on this machine."""
    if run.slot is None or run.pid is None or run.slot.partition("/")[0] != (platform.node() or "localhost"):
        return
    try:
        yield _("Memory of its process"), names.size(psutil.Process(run.pid).memory_info().rss)
    except psutil.Error:
        return  # it has just ended
    yield _("Load of the machine"), " · ".join(f"{share:.2f}" for share in psutil.getloadavg())
