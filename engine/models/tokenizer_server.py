"""The program of a process that makes tokens for another one: `python -P -m engine.models.tokenizer_server`.

It loads no torch, so it is ready in a second or two. It reads a request a line and writes an answer a line, both JSON.
What a model's own files do here is limited: the system ends this process where one request takes too long, and gives it
no more memory than a tokenizer needs. Left out: the other side (`tokenizer_process`).
"""

import json
import os
import resource
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

REQUEST_SECONDS = 20  # of the processor: on a busy machine, no model is to blame for the others
WAIT_SECONDS = 120
IDLE_SECONDS = 300
MEGABYTES = 4096
CALLS = ("encode", "check", "typed_end", "whole_otherwise", "marked")


def main() -> int:
    """Answer until standard input ends, or nobody has asked for a while."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    sys.modules["torch"] = None  # type: ignore[assignment]  # how Python marks a module that cannot be imported
    template: Any = None
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
        _limit_time(REQUEST_SECONDS, WAIT_SECONDS)
        request = json.loads(line)
        if template is None:
            template, answer = _load(request["location"])
        else:
            own = template.for_run(None, request["enable_thinking"])
            answer = {"results": [_call(own, *call) for call in request["calls"]]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        _limit_time(0, 0)
    return 0


def _load(location: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    from engine.data.rendering import TemplateProblem
    from engine.models.model_folder import Location, ModelProblem
    from engine.models.tokenizer_files import load_template

    _limit_memory()
    try:
        template = load_template(Location(**{**location, "folder": Path(location["folder"])}))
    except (ModelProblem, TemplateProblem) as error:
        return None, {"problem": error.text, "kind": type(error).__name__}
    return template, {"loaded": True}


def _call(template: Any, name: str, arguments: Sequence[Any]) -> dict[str, Any]:
    from engine.data.rendering import TemplateLimit, TemplateProblem

    assert name in CALLS
    try:
        return {"value": getattr(template, name)(*arguments)}
    except TemplateProblem as error:
        return {"problem": error.text, "limit": isinstance(error, TemplateLimit)}


def _limit_time(processor_seconds: int, seconds: int) -> None:
    """Have the system end this process after that long; 0 takes the limit away. The renderer uses the other timer."""
    signal.setitimer(signal.ITIMER_VIRTUAL, processor_seconds)
    signal.alarm(seconds)


def _limit_memory() -> None:
    import psutil

    limit = psutil.Process().memory_info().vms + MEGABYTES * 2**20
    with suppress(ValueError, OSError):  # where the system has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
