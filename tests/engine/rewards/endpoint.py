"""A judge's endpoint on this machine: an HTTP server that speaks the protocol, or fails in the ways real ones do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any] | None  # status and body; None answers too late


class Endpoint:
    """An OpenAI-compatible server. `says(number, body)` decides what request `number` is answered with."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.retry_after: str | None = None
        self.location: str | None = None
        self.says: Callable[[int, dict[str, Any]], Answer] = lambda number, body: reply("7")
        self._open, self.most_open = 0, 0
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.answer(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that gave up waiting is meant
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        with self._lock:
            self.asked.append(body)
            self.headers.append(dict(handler.headers))
            number = len(self.asked)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
        try:
            answer = self.says(number, body) if handler.path == "/v1/chat/completions" else (404, {})
            if answer is None:
                time.sleep(1.0)
                answer = (200, {})
        finally:
            with self._lock:
                self._open -= 1
        status, content = answer
        raw = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        handler.send_response(status)
        if self.retry_after:
            handler.send_header("Retry-After", self.retry_after)
        if self.location:
            handler.send_header("Location", self.location)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)


def reply(text: Any) -> Answer:
    return (200, {"choices": [{"message": {"role": "assistant", "content": text}}]})


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint that listens until it is left."""
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
    thread.join()
