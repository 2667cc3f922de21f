"""The files of a split, fetched into the hub's own cache in a thread. What is in the cache is not fetched again.

A file appears in the cache when it is whole: `huggingface_hub` writes it under another name, and deletes what it could
not finish. Left out: reading the rows (`storage.data_files`).
"""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from storage.containers.limits import DOWNLOAD, Limits
from storage.data_files import DataFiles
from storage.errors import Invalid, StorageError
from storage.hub import answers
from storage.hub.layout import Config, Split
from storage.hub.repositories import Repository
from words import N_, names

STOP_SECONDS = 5.0  # how long leaving waits for the thread, which stops at its next piece


class Stopped(Exception):
    """Ends the download within the library that carries it out."""


class Download:
    """Fetches the files of a split in a thread, from its making on. Raises Invalid where they are too large.

    As a context it stops when the block is left.
    """

    def __init__(self, repository: Repository, config: Config, split: Split) -> None:
        self.size, self._most = split.size, Limits.from_environment().download_bytes
        self._require_room(self.size)
        self._repository, self._config, self._split = repository, config, split
        self._whole = self._partial = 0  # bytes of the files that are there, and of the one that is being fetched
        # An event, since a `Thread.join` that Ctrl-C interrupts takes the thread for ended.
        self._stop, self._ended = Event(), Event()
        self._paths: list[Path] = []
        self.error: StorageError | None = None  # why it failed, once it is done
        Thread(target=self._run, daemon=True).start()

    @property
    def fetched(self) -> int:
        """The bytes that are here, at most `size`."""
        return min(self._whole + self._partial, self.size)

    def is_done(self, seconds: float) -> bool:
        """Whether it has ended, after waiting for that so long at most."""
        return self._ended.wait(seconds)

    def files(self) -> DataFiles:
        """The files, once it is done. Raises StorageError where they could not be fetched."""
        if self.error is not None:
            raise self.error
        name = f"{self._repository.name} {self._split.name}"
        return DataFiles(name, tuple(self._paths), self._repository.origin(self._config), self._split.name)

    def stop(self) -> None:
        """End it; what is not whole goes."""
        self._stop.set()
        self._ended.wait(STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            for file in self._split.files:
                self._partial = 0
                self._paths.append(self._fetched_file(file.path))
                self._whole, self._partial = self._whole + file.size, 0
        except Stopped:
            pass
        except Exception as error:  # of the network, the disk and the library's Rust part, which share no class
            self.error = answers.refusal(error, "dataset", self._repository.name)
        finally:
            self._ended.set()

    def _fetched_file(self, path: str) -> Path:
        from huggingface_hub import constants, hf_hub_download

        if self._stop.is_set():
            raise Stopped
        return Path(
            hf_hub_download(
                self._repository.name,
                path,
                repo_type="dataset",
                revision=self._repository.commit,
                endpoint=constants.ENDPOINT,
                cache_dir=constants.HF_HUB_CACHE,
                tqdm_class=_bar(self._count),
            )
        )

    def _count(self, size: int) -> None:
        """Note that so many bytes more are here. Raises Stopped, and Invalid where the hub sends more than it said."""
        if self._stop.is_set():
            raise Stopped
        self._partial += size
        self._require_room(self._whole + self._partial)

    def _require_room(self, size: int) -> None:
        if size > self._most:
            raise Invalid(
                N_("This split is larger than {most} ({size}); {setting} sets how much is fetched at once."),
                most=names.size(self._most),
                size=names.size(size),
                setting=DOWNLOAD,
            )


def _bar(count: Callable[[int], None]) -> type:
    """A class that `huggingface_hub` takes for the one of its progress bars: it draws nothing and counts bytes."""

    class Bar:
        def __init__(self, *_: Any, initial: int = 0, total: int | None = None, **__: Any) -> None:
            self.n, self.total = initial, total

        def update(self, size: float | None = 1) -> None:
            count(int(size or 0))

        def update_transfer(self, size: float) -> None:
            """Bytes on the wire, which `update` counts once they are on disk."""

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_, **__: None  # close, refresh, and whatever else draws

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    return Bar
