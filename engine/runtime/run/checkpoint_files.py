"""Checkpoints on disk: safetensors and JSON in a folder of their own, made valid by a manifest that is written last.

A folder without a manifest, or whose files differ from it, does not exist for a reader. Left out: when to save, which
to keep and the table of checkpoints (`checkpoints`).
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from storage import manifests
from storage.manifests import MANIFEST

_NAME = re.compile(r"(\d+)-a(\d+)")


@dataclass(frozen=True)
class CheckpointPath:
    """Where a checkpoint lies: <root>/<step>-a<attempt>."""

    root: Path
    step: int
    attempt: int

    @property
    def folder(self) -> Path:
        """The folder of this checkpoint."""
        return self.root / f"{self.step}-a{self.attempt}"


@dataclass(frozen=True)
class Content:
    """What a checkpoint holds. `weights` is empty where step 0 only points to the model it started from."""

    weights: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    state: Mapping[str, Any]


def write(checkpoint: CheckpointPath, content: Content, heartbeat: Callable[[], None]) -> int:
    """Write the files, then the manifest that commits them, with a heartbeat a file. Returns the bytes written.

    What cannot be written whole is deleted: on a full disk the run's row needs that room to say so.
    """
    try:
        return _write(checkpoint, content, heartbeat)
    except BaseException:
        shutil.rmtree(checkpoint.folder, ignore_errors=True)
        raise


def _write(checkpoint: CheckpointPath, content: Content, heartbeat: Callable[[], None]) -> int:
    shutil.rmtree(checkpoint.folder, ignore_errors=True)
    checkpoint.folder.mkdir(parents=True)
    for name, tensors in (("weights", content.weights), ("optimizer", content.optimizer)):
        if tensors:
            save_file({key: value.contiguous() for key, value in tensors.items()}, _file(checkpoint, name))
            heartbeat()
    (checkpoint.folder / "state.json").write_text(json.dumps(content.state, ensure_ascii=False, sort_keys=True))
    files = {}
    for path in sorted(checkpoint.folder.iterdir()):
        files[path.name] = _fingerprint(path)
        _to_disk(path)
        heartbeat()
    _commit(checkpoint.folder, {"version": 1, "step": checkpoint.step, "attempt": checkpoint.attempt, "files": files})
    return sum(int(entry["bytes"]) for entry in files.values())


def read(checkpoint: CheckpointPath, device: str = "cpu") -> Content:
    """The content, after every file was compared with the manifest. Raises Damaged."""
    verify(checkpoint)
    tensors = {
        name: load_file(_file(checkpoint, name), device=device) if _file(checkpoint, name).exists() else {}
        for name in ("weights", "optimizer")
    }
    return Content(tensors["weights"], tensors["optimizer"], json.loads((checkpoint.folder / "state.json").read_text()))


def verify(checkpoint: CheckpointPath) -> None:
    """Raises Damaged unless every file is there, whole and unchanged."""
    for name, entry in manifests.files(checkpoint.folder).items():
        path = checkpoint.folder / name
        if not path.is_file() or _fingerprint(path) != entry:
            raise manifests.damaged(path)


def checkpoint_paths(root: Path) -> list[CheckpointPath]:
    """All checkpoint folders, the newest first, torn ones too."""
    names = [match for path in _folders(root) if (match := _NAME.fullmatch(path.name))]
    return sorted(
        (CheckpointPath(root, int(match[1]), int(match[2])) for match in names),
        key=lambda checkpoint: (checkpoint.step, checkpoint.attempt),
        reverse=True,
    )


def _folders(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_dir()] if root.exists() else []


def _file(checkpoint: CheckpointPath, name: str) -> Path:
    return checkpoint.folder / f"{name}.safetensors"


def _fingerprint(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _commit(folder: Path, manifest: Mapping[str, Any]) -> None:
    """After this returns the checkpoint survives a loss of power, for its files are on the disk already."""
    draft = folder / "manifest.draft"
    draft.write_text(json.dumps(manifest, indent=1, sort_keys=True))
    _to_disk(draft)
    draft.rename(folder / MANIFEST)
    _to_disk(folder)


def _to_disk(path: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open folders, nor flush what is open for reading only
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
