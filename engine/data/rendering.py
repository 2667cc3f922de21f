"""A conversation as a model's chat template writes it, within limits of time, memory and length.

A template is a program that came with the model: it may loop without end, ask for all memory, fail on one row, or write
the date. The limits hold where rendering is done in a process's main thread. What one call of C code does in a go they
cannot end, so templates that nobody has tried yet are rendered in a process apart (`engine.models.tokenizer_process`).
Left out: tokens (`templates`).
"""

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import TemplateError

from words import N_, Explained

Messages = Sequence[Mapping[str, Any]]

RENDER_SECONDS = 2.0  # of the processor, for one conversation
RENDER_MEGABYTES = 1024
RENDER_CHARACTERS = 1_000_000  # beside ten times those of the conversation
_CHECK_SECONDS = 0.1  # of the processor, between two looks at the time after that


class TemplateProblem(Explained):
    """A conversation or tokenizer that no prompt can be made from."""


class TemplateLimit(TemplateProblem):
    """A conversation over which the template spends too much time, memory or text."""


def render(
    tokenizer: Any,
    messages: Messages,
    *,
    add_generation_prompt: bool,
    written_at: datetime | None = None,
    variables: Mapping[str, Any] | None = None,
) -> str:
    """The text of the conversation. `written_at` is the date that a template may write, now if None.

    `variables` are given to the template. Raises TemplateProblem for every way in which a template can fail.
    """
    try:
        with _limits():
            _set_date(tokenizer, written_at, (variables or {}).get("tools"))
            text: str = tokenizer.apply_chat_template(
                [dict(message) for message in messages],
                tokenize=False,
                add_generation_prompt=add_generation_prompt,
                **(variables or {}),
            )
    except TemplateProblem:
        raise
    except MemoryError:
        raise TemplateLimit(
            N_("The model's chat template needs more than {limit} MB of memory for this conversation."),
            limit=RENDER_MEGABYTES,
        ) from None
    except TemplateError as error:
        raise TemplateProblem(
            N_("The model's chat template refuses this conversation: {cause}"), cause=_cause(error)
        ) from None
    except Exception as error:  # a template computes, so it may raise anything
        raise TemplateProblem(
            N_("The model's chat template fails on this conversation: {cause}"), cause=_cause(error)
        ) from None
    limit = RENDER_CHARACTERS + 10 * sum(len(str(message)) for message in messages)
    if len(text) > limit:
        raise TemplateLimit(
            N_("The model's chat template writes more than {limit} characters for this conversation."), limit=limit
        )
    return text


def _cause(error: Exception) -> str:
    """The first line of what the template or jinja says, short enough to stand in a sentence."""
    line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return line[:300]


def _set_date(tokenizer: Any, written_at: datetime | None, tools: Any) -> None:
    """Have the template's clock stand still. Of named templates, another one is used where there are tools.

    transformers gives a template its clock as a global of the compiled template, and hands it plain data only.
    """
    named = not isinstance(tokenizer.chat_template, str)
    chat_template = tokenizer.get_chat_template(None, tools) if named else tokenizer.chat_template
    if "strftime_now" in chat_template:
        # late: it takes half a second, and the engine renders in another process
        from transformers.utils.chat_template_utils import _compile_jinja_template

        date = written_at or datetime.now()
        _compile_jinja_template(chat_template).environment.globals["strftime_now"] = date.strftime


@contextmanager
def _limits() -> Iterator[None]:
    """Limits of time and memory while a template is rendered. None outside a main thread, which alone gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    begun = time.thread_time()

    def check_time(_number: int, _frame: Any) -> None:
        if time.thread_time() - begun >= RENDER_SECONDS:  # the timer counts other threads too, which may spin
            raise TemplateLimit(
                N_("The model's chat template takes longer than {seconds} seconds for this conversation."),
                seconds=round(RENDER_SECONDS),
            )

    previous = signal.signal(signal.SIGPROF, check_time)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        _limit_memory(soft, hard)
        signal.setitimer(signal.ITIMER_PROF, RENDER_SECONDS, _CHECK_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:  # again: the signal may have come in the finally above
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _limit_memory(soft: int, hard: int) -> None:
    """Let this process's address space grow by RENDER_MEGABYTES, where the system tells how large it is."""
    statm = _statm(os.getpid())
    if statm is not None:
        size = int(os.pread(statm, 64, 0).split()[0]) * resource.getpagesize()
        limits = (size + RENDER_MEGABYTES * 2**20, soft, hard)
        lowest = min(limit for limit in limits if limit != resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_AS, (lowest, hard))


@cache
def _statm(_pid: int) -> int | None:
    """The open file in which Linux tells the size of this process: to open it takes longer than most templates."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
