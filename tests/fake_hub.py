"""A Hugging Face hub on this machine: an HTTP server that tells of datasets and gives their files, or refuses.

It speaks the few endpoints that `huggingface_hub` uses to read a dataset. Left out: models, and every write.
"""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

MAIN = "main"
TOKEN = "hf_sesame"


@dataclass
class FakeDataset:
    """Files by revision and path, the `configs` of the card, and who may read what."""

    revisions: dict[str, dict[str, bytes]]
    card: Any = None
    is_private: bool = False
    is_gated: bool = False

    def commit(self, revision: str) -> str | None:
        """The commit of a revision, which may be a commit itself."""
        commits = {name: hashlib.sha1(name.encode()).hexdigest() for name in self.revisions}
        return revision if revision in commits.values() else commits.get(revision)

    def files(self, commit: str) -> dict[str, bytes]:
        return next(files for name, files in self.revisions.items() if self.commit(name) == commit)


@dataclass
class FakeHub:
    """`requests` lists method and path of what was asked, `sizes` what the listing says in place of a file's size."""

    datasets: dict[str, FakeDataset] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    status: int | None = None  # in place of every answer
    gate: threading.Event | None = None  # a file waits halfway for it
    is_halfway: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who stops a download hangs up
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def add(self, name: str, files: dict[str, bytes], card: Any = None, **looks: Any) -> FakeDataset:
        """A dataset with these files on its main branch."""
        self.datasets[name] = FakeDataset({MAIN: files}, card, **looks)
        return self.datasets[name]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        self.requests.append(f"{handler.command} {path}")
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if self.status is not None:
            return _send(handler, self.status, b"{}")
        is_listing = parts[0] == "api"
        if is_listing:
            del parts[0]
        name, rest = "/".join(parts[1:3]), parts[3:]
        dataset = self.datasets.get(name)
        is_known = handler.headers.get("Authorization") == f"Bearer {TOKEN}"
        if dataset is None or (dataset.is_private and not is_known):
            return _send(handler, 401, b"{}", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Not Found"})
        commit = dataset.commit(rest[1] if rest else MAIN)
        if commit is None:
            return _send(handler, 404, b"{}", {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "Invalid rev"})
        if is_listing:
            return _send(handler, 200, json.dumps(self._listing(name, dataset, commit)).encode())
        if dataset.is_gated and not is_known:
            return _send(handler, 403, b"{}", {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access restricted"})
        return self._file(handler, dataset.files(commit)["/".join(rest[2:])], commit)

    def _listing(self, name: str, dataset: FakeDataset, commit: str) -> dict[str, Any]:
        files = dataset.files(commit)
        siblings = [{"rfilename": path, "size": self.sizes.get(path, len(data))} for path, data in files.items()]
        card = {} if dataset.card is None else {"configs": dataset.card}
        return {"id": name, "sha": commit, "siblings": siblings, "cardData": card, "gated": dataset.is_gated}

    def _file(self, handler: BaseHTTPRequestHandler, data: bytes, commit: str) -> None:
        headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": commit}
        half = len(data) // 2
        if handler.command == "HEAD" or self.gate is None:
            return _send(handler, 200, data, headers)
        _send_head(handler, 200, len(data), headers)
        handler.wfile.write(data[:half])
        handler.wfile.flush()
        self.is_halfway.set()
        if self.gate.wait(30):
            handler.wfile.write(data[half:])
        return None


def _send_head(handler: BaseHTTPRequestHandler, status: int, length: int, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(length), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


def _send(handler: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
    _send_head(handler, status, len(data), headers or {})
    if handler.command != "HEAD":
        handler.wfile.write(data)
