"""The files of a split: fetched once, whole or not at all, within a limit."""

import os
import threading
from pathlib import Path

import pytest

from storage.containers import limits
from storage.data_files import DataFiles
from storage.errors import Invalid, StorageError
from storage.hub import downloads, repositories
from storage.hub.dataset_ids import DatasetId
from storage.hub.downloads import Download
from tests.fake_hub import TOKEN, FakeHub

ROWS = b'{"prompt": "Hi", "chosen": "a", "rejected": "b"}\n'
PATIENCE = 30.0  # seconds


def begun(name: str, split: str | None = None) -> Download:
    repository = repositories.find(DatasetId(name))
    config = repository.config()
    return Download(repository, config, repository.split(config, split))


def fetched(name: str, split: str | None = None) -> DataFiles:
    download = begun(name, split)
    assert download.is_done(PATIENCE)
    return download.files()


def cached(tmp_path: Path) -> list[str]:
    """The files in the cache that hold something of a file."""
    return sorted(str(path) for path in (tmp_path / "hub").rglob("blobs/*"))


def test_the_files_of_a_split_come_in_their_order_with_the_name_of_their_commit(hub: FakeHub) -> None:
    hub.add("org/pairs", {"train/2.jsonl": ROWS * 2, "train/1.jsonl": ROWS, "test/1.jsonl": b"{}"})
    repository = repositories.find(DatasetId("org/pairs"))
    files = fetched("org/pairs")
    assert [path.read_bytes() for path in files.paths] == [ROWS, ROWS * 2]
    assert (files.name, files.split) == ("org/pairs train", "train")
    assert files.origin == f"hub:org/pairs@{repository.commit}"


def test_what_is_here_is_not_fetched_again(hub: FakeHub) -> None:
    hub.add("org/pairs", {"train.jsonl": ROWS})
    first = fetched("org/pairs")
    hub.requests.clear()
    download = begun("org/pairs")
    assert download.is_done(PATIENCE)
    assert download.files() == first
    assert download.fetched == len(ROWS)
    assert hub.requests == ["GET /api/datasets/org/pairs"]


def test_too_large_a_split_is_refused_before_a_byte_comes(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add("org/pairs", {"train.jsonl": ROWS})
    monkeypatch.setenv(limits.DOWNLOAD, "10")
    with pytest.raises(Invalid, match=r"This split is larger than 10 B \(49 B\); ALIGNLAB_MAX_DOWNLOAD_BYTES sets"):
        begun("org/pairs")
    assert hub.requests == ["GET /api/datasets/org/pairs"]


def test_a_hub_that_sends_more_than_it_said_is_cut_off(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.add("org/pairs", {"train.jsonl": ROWS})
    hub.sizes["train.jsonl"] = 1
    monkeypatch.setenv(limits.DOWNLOAD, "10")
    with pytest.raises(Invalid, match="larger than 10 B"):
        fetched("org/pairs")
    assert cached(tmp_path) == []


def test_a_gated_dataset_is_listed_but_fetched_with_a_token_alone(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.add("org/gated", {"train.jsonl": ROWS}, is_gated=True)
    with pytest.raises(Invalid, match="org/gated is gated: accept its terms on its page of the hub, then set HF_TOKEN"):
        fetched("org/gated")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert fetched("org/gated").paths[0].read_bytes() == ROWS
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert kept == []


def test_a_stopped_download_leaves_nothing_half_written(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(downloads, "STOP_SECONDS", 0.0)  # it hangs until the gate opens
    hub.add("org/pairs", {"train.jsonl": os.urandom(2**20)})
    hub.gate = threading.Event()
    with begun("org/pairs") as download:
        assert not download.is_done(0)
    hub.gate.set()
    assert download.is_done(PATIENCE)
    assert cached(tmp_path) == []


def test_a_hub_that_goes_away_is_told_and_leaves_nothing(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.add("org/pairs", {"train.jsonl": ROWS})
    repository = repositories.find(DatasetId("org/pairs"))
    hub.status = 403
    download = Download(repository, repository.config(), repository.split(repository.config()))
    assert download.is_done(PATIENCE)
    with pytest.raises(StorageError, match="The Hugging Face hub answered 403 about the dataset org/pairs"):
        download.files()
    assert cached(tmp_path) == []


def test_bytes_are_counted_once_where_the_library_counts_those_on_the_wire_too() -> None:
    from huggingface_hub.utils._xet_progress_reporting import XetDownloadProgressReporter

    class Report:
        total_bytes_completed, total_transfer_bytes_completed, total_bytes = 7, 5, 9
        total_bytes_completion_rate = total_transfer_bytes_completion_rate = 1.0

    counts: list[int] = []
    bar = downloads._bar(counts.append)
    with XetDownloadProgressReporter(reconstruction_desc="x", total=9, log_level=20, tqdm_class=bar) as reporter:
        reporter.update_progress(Report())
    assert counts == [7]
