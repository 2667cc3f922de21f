"""A model's tokens without torch, from a process of its own: for the preflight, the preview, and models nobody knows.

It reads a model's files as training does (`tokenizer_files`), and outlives no file that loops, crashes or asks for all
memory. One process a model is kept between requests, and started anew when the model's files change. Left out: its
program (`tokenizer_server`).
"""

import atexit
import json
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.rendering import Messages, TemplateLimit, TemplateProblem
from engine.data.templates import Conversation, Encoded
from engine.data.tool_calls import Answer, Tools
from engine.models.model_folder import Location, ModelProblem
from engine.models.tokenizer_names import token_files
from engine.models.tokenizer_server import MEGABYTES
from engine.spec.answers import Piece
from words import N_

PROCESSES = 3
BATCH = 50  # examples of one request
TOO_LONG = (signal.SIGVTALRM, signal.SIGALRM)  # what ends a process over its time
LIMITS_REACHED = 3  # conversations beyond a limit, after which the model's template is refused
REFUSED_SECONDS = 60.0  # for which a model is refused whose process was ended

Call = tuple[str, Sequence[Any]]
Result = dict[str, Any]


class _Ended(Exception):
    """The process is gone. `status` is 0 where it left because nobody asked it for a while."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class TokenizerProcess:
    """The process of one model. It answers one request after another, from whichever thread."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._refused_until = 0.0
        self._problem: ModelProblem | TemplateProblem | None = None
        self._limits_reached = 0

    def call(self, calls: Sequence[Call], enable_thinking: bool | None) -> list[Result]:
        """What each call of a method of the template gives. Raises ModelProblem and TemplateProblem."""
        request = {"calls": calls, "enable_thinking": enable_thinking}
        with self._lock:
            if self._problem is not None and time.monotonic() < self._refused_until:
                raise self._problem
            status = 0
            for _ in range(2):  # once more where it has just left
                try:
                    return self._counted(self._ask(request, self._process or self._start())["results"])
                except _Ended as ended:
                    self._process, status = None, ended.status
                if status:
                    break
            raise self._refuse(self._reason(status))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.models.tokenizer_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the engine
        )
        self._process, self._limits_reached = process, 0
        location = {**vars(self._location), "folder": str(self._location.folder)}
        answer = self._ask({"location": location}, process)
        if "problem" in answer:
            msgid, values = answer["problem"]
            kind = ModelProblem if answer["kind"] == ModelProblem.__name__ else TemplateProblem
            raise self._refuse(kind(msgid, **values))
        return process

    def _ask(self, request: dict[str, Any], process: subprocess.Popen[str]) -> dict[str, Any]:
        """The answer to a request. Raises _Ended."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line.endswith("\n"):
            process.communicate()
            raise _Ended(process.returncode)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _counted(self, results: list[Result]) -> list[Result]:
        """The results; a template that reached its limits often is refused, for it would go on so."""
        self._limits_reached += sum(result.get("limit", False) for result in results)
        if self._limits_reached >= LIMITS_REACHED:
            raise self._refuse(self._reason(-TOO_LONG[0]))
        return results

    def _refuse(self, problem: ModelProblem | TemplateProblem) -> ModelProblem | TemplateProblem:
        """The problem, which is told again for a while without starting another process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        self._problem, self._refused_until = problem, time.monotonic() + REFUSED_SECONDS
        return problem

    def _reason(self, status: int) -> ModelProblem:
        if -status in TOO_LONG:
            text = N_("The tokenizer or chat template of the model {name} takes too long or too much memory.")
            return ModelProblem(text, name=self._location.name)
        text = N_("The tokenizer of the model {name} broke down, or needs more than {limit} MB of memory.")
        return ModelProblem(text, name=self._location.name, limit=MEGABYTES)


@dataclass(frozen=True)
class RemoteTemplate:
    """The `engine.data.templates.Template` of another process. Each call may raise ModelProblem too."""

    process: TokenizerProcess
    enable_thinking: bool | None

    def encode_all(
        self, conversations: Sequence[Conversation], max_tokens: int, max_prompt_tokens: int
    ) -> list[list[Encoded] | TemplateProblem]:
        calls: list[Call] = [
            ("encode", (messages, answers, max_tokens, max_prompt_tokens, tools))
            for messages, answers, tools in conversations
        ]
        results = self._results(calls)
        return [_problem(result) if "problem" in result else _encoded(result["value"]) for result in results]

    def check_all(self, conversations: Sequence[Conversation]) -> list[TemplateProblem | None]:
        results = self._results([("check", conversation) for conversation in conversations])
        return [_problem(result) if "problem" in result else None for result in results]

    def typed_ends(self, texts: Sequence[str]) -> list[bool]:
        return [bool(result["value"]) for result in self._results([("typed_end", (text,)) for text in texts])]

    def written_otherwise(self, conversations: Sequence[Conversation]) -> list[str | None]:
        results = self._results([("whole_otherwise", conversation) for conversation in conversations])
        return [result["value"] for result in results]

    def marked(
        self, messages: Messages, answer: Answer, max_tokens: int, max_prompt_tokens: int, tools: Tools
    ) -> list[Piece]:
        (result,) = self.process.call(
            [("marked", (messages, answer, max_tokens, max_prompt_tokens, tools))], self.enable_thinking
        )
        if "problem" in result:
            raise _problem(result)
        return [Piece(*piece) for piece in result["value"]]

    def _results(self, calls: Sequence[Call]) -> list[Result]:
        """What many calls give, some of them in each request."""
        return [
            result
            for start in range(0, len(calls), BATCH)
            for result in self.process.call(calls[start : start + BATCH], self.enable_thinking)
        ]


_processes: OrderedDict[tuple[Any, ...], TokenizerProcess] = OrderedDict()  # the one used last stands last
_processes_lock = threading.Lock()


def template(location: Location, enable_thinking: bool | None = None) -> RemoteTemplate:
    """The template of a model, as training would use it now. Its files are read when it is first used."""
    key = (location.folder, *_stamps(location))
    with _processes_lock:
        process = _processes.pop(key, None) or TokenizerProcess(location)
        _processes[key] = process
        surplus = [_processes.popitem(last=False)[1] for _ in range(len(_processes) - PROCESSES)]
    for old in surplus:
        old.close()
    return RemoteTemplate(process, enable_thinking)


@atexit.register
def close_all() -> None:
    """End all processes."""
    while _processes:
        _processes.popitem()[1].close()


def _stamps(location: Location) -> list[tuple[str, int, int]]:
    """Sizes and times of the files that tokens depend on."""
    return [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in token_files(location.folder)]


def _encoded(pairs: Iterable[Sequence[Sequence[int]]]) -> list[Encoded]:
    return [Encoded(tuple(prompt), tuple(response)) for prompt, response in pairs]


def _problem(result: Result) -> TemplateProblem:
    msgid, values = result["problem"]
    return (TemplateLimit if result["limit"] else TemplateProblem)(msgid, **values)
