"""Decides what runs of every kind leave to `auto`, on this machine and now.

Left out: what the decisions are kept in (`engine.spec.resolved`), and those of one kind of runs only
(`engine.runtime.training.resolve_train`).
"""

from datetime import datetime
from typing import Literal

import psutil
import torch

from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.machine import processor_name, this_host
from engine.spec import Resolved, RunSpec
from engine.spec.resolved import Machine, Precision
from storage.database import Database


def resolve_common(db: Database, spec: RunSpec) -> Resolved:
    """The model and its ancestors, the reward models, and what the run is computed with. Raises StorageError."""
    lineage = ancestry.resolve_ancestry(db, spec.model)
    device = _device(spec.resources.device)
    return Resolved(
        model=lineage.root,
        ancestors=ancestry.to_row(db.workspace, lineage.checkpoints),
        device=device,
        precision=_precision(spec.resources.precision, device),
        threads=torch.get_num_threads(),
        scorers=reward_context.origins(db, spec),
        rests_on=lineage.references,
        written_at=datetime.now().replace(microsecond=0),
        machine=_machine(device),
    )


def _machine(device: str) -> Machine:
    on_gpu = device.startswith("cuda") and torch.cuda.is_available()
    return Machine(
        host=this_host(),
        processor=processor_name(),
        instructions=torch.backends.cpu.get_cpu_capability(),
        cores=psutil.cpu_count() or 1,
        memory_mb=round(psutil.virtual_memory().total / 2**20),
        gpu=torch.cuda.get_device_name(device) if on_gpu else None,
    )


def _device(setting: str) -> str:
    if setting != "auto":
        return setting
    return "cuda" if torch.cuda.is_available() else "cpu"


def _precision(setting: Literal["auto"] | Precision, device: str) -> Precision:
    if setting != "auto":
        return setting
    return "bf16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "fp32"
