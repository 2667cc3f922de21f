"""Peers' own code reads what we export: `datasets` and TRL's data steps, and LLaMA-Factory's loader and converters.

Each peer has an environment of its own, made once in the system's temporary folder; ALIGNLAB_TRL_ENV and
ALIGNLAB_LLAMAFACTORY_ENV name others. Left out: their losses (`parity_trl`).
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from accept.peers.environment import TRL
from accept.peers.environment import environment as trl_environment
from accept.report import SHARED_DATA, alignlab, answer, conclude
from storage import datasets
from storage.database import connect
from storage.records import Message
from storage.workspace import Workspace

LLAMAFACTORY = "0.9.5"
# what llamafactory's data package imports, at the versions it asks for; not its web page
IMPORTED = (
    "transformers>=4.55,<=5.6.0,!=4.57.0",
    "datasets<=4.0.0",
    "accelerate<=1.11.0",
    "peft<=0.18.1",
    "trl<=0.24.0",
    "av<=16.0.0",
    "omegaconf",
    "sentencepiece",
    "tiktoken",
    "protobuf",
    "scipy",
    "pandas",
)
PEERS = Path(__file__).parent / "peers"
TEMPLATE = (
    "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}"
    "{% for call in m['tool_calls'] or [] %}<call>{{ call['function']['name'] }}</call>{% endfor %}[end]{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
TRL_FORMS = {
    "pairs": ("trl", "trl-messages"),
    "unpaired": ("trl-unpaired",),
    "demonstrations": ("trl-completion",),
    "prompts": ("trl-prompt",),
}
# how a user describes our files in dataset_info.json
ALPACA = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
PAIR = {"chosen": "chosen", "rejected": "rejected"}
CHAT_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "system_tag": "system",
}
LLAMAFACTORY_FORMS: dict[str, dict[str, dict[str, Any]]] = {
    "pairs": {
        "sharegpt": {
            "formatting": "sharegpt",
            "ranking": True,
            "columns": {"messages": "conversations", **PAIR},
        },
        "alpaca": {"ranking": True, "columns": ALPACA | PAIR},
    },
    "unpaired": {
        "sharegpt-unpaired": {
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "kto_tag": "label"},
            "tags": CHAT_TAGS,
        },
        "alpaca-unpaired": {"columns": ALPACA | {"kto_tag": "kto_tag"}},
    },
    "demonstrations": {
        "messages": {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": CHAT_TAGS},
        "alpaca-completion": {"columns": ALPACA},
    },
}
TEMPLATE = (
    "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}"
    "{% for call in m['tool_calls'] or [] %}<{{ call['function']['name'] }}>{% endfor %}[end]{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
CALL = {"id": "c1", "type": "function", "function": {"name": "warmth", "arguments": '{"town": "Bern"}'}}
TOOLS = [{"type": "function", "function": {"name": "warmth", "parameters": {"type": "object"}}}]
ASKED = {"role": "user", "content": "How warm is it in Bern?"}
PROMPTS: list[list[Message]] = [
    [ASKED],
    [{"role": "system", "content": "Be kind.\n\nAlways."}, {"role": "user", "content": "今天天气怎么样？"}],
    [ASKED, {"role": "assistant", "content": " 20 degrees. "}, {"role": "user", "content": "And\tnow? \U0001f600"}],
    [{"role": "user", "content": 'Quote "this": \\n {braces} %s </b>\u2028end'}],
]
CALLING: list[Message] = [
    ASKED,
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "content": "20", "tool_call_id": "c1"},
]
TEXTS = ("Twenty degrees, thank you for asking.\n\n- warm", "看外面。")
Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A prompt and its answers, the better one first where there are two."""

    prompt: list[Message]
    answers: tuple[str, ...]
    label: bool | None = None
    tools: Any = None


@dataclass(frozen=True)
class Source:
    """A dataset of ours."""

    name: str
    kind: str
    examples: list[Example]


@dataclass(frozen=True)
class Exported:
    """A file that a peer reads, and the dataset it was written from."""

    source: Source
    form: str
    path: Path

    @property
    def name(self) -> str:
        return f"{self.source.name}_{self.form}"


def main() -> int:
    """Make datasets, export them in every form, and let the peers read them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = list(make_sources(folder))
        found = {**with_trl(folder, sources), **with_llamafactory(folder, sources)}
    figures = {name: {"rows": rows, "equal": equal} for name, (rows, equal) in found.items()}
    wanted = {f"{name}: every row is equal": rows == equal > 0 for name, (rows, equal) in found.items()}
    return conclude("peers_read", {"versions": {"trl": TRL, "llamafactory": LLAMAFACTORY}, **figures}, wanted)


def make_sources(folder: Path) -> Iterator[Source]:
    """Import invented rows of every kind, and the real files."""
    paths = {path.name.partition(".")[0]: path for path in sorted(SHARED_DATA.glob("*.json*"))}
    invented = {kind: rows(kind, PROMPTS) for kind in TRL_FORMS}
    for name, lines in {**invented, "calls": rows("pairs", [*PROMPTS, CALLING])}.items():
        paths[name] = folder / f"{name}.jsonl"
        paths[name].write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for name, path in paths.items():
        workspace = folder / "workspace"
        report = answer(alignlab("data", "import", str(path), "--name", name, "--json", workspace=workspace))
        yield Source(name, report["kind"], list(examples(workspace, name)))


def rows(kind: str, prompts: Sequence[list[Message]]) -> Iterator[Row]:
    """Rows of our own form."""
    for number, prompt in enumerate(prompts):
        row: Row = {"prompt": prompt, "responses": [], "extra": {"source": f"row {number}"}}
        if prompt is CALLING:
            row["extra"]["tools"] = TOOLS
        if kind == "pairs":
            row |= {
                "responses": [{"text": text} for text in TEXTS],
                "preferences": [{"chosen": "r1", "rejected": "r2"}],
            }
        elif kind == "unpaired":
            row["responses"] = [{"text": TEXTS[number % 2], "label": number % 2 == 0}]
        elif kind == "demonstrations":
            row["responses"] = [{"text": TEXTS[0]}]
        yield row


def examples(workspace: Path, name: str) -> Iterator[Example]:
    """What the rows of an exported file must say, in their order."""
    for item in datasets.items(connect(Workspace(workspace)), name)[0]:
        prompt, tools = list(item.messages), item.extra.get("tools")
        texts = {response.id: response.text for response in item.responses}
        for preference in item.preferences:
            yield Example(prompt, (texts[preference.chosen], texts[preference.rejected]), None, tools)
        if not item.preferences:
            for response in item.responses:
                yield Example(prompt, (response.text,), response.label, tools)
        if not item.responses:
            yield Example(prompt, (), None, tools)


def export(folder: Path, source: Source, form: str) -> Exported:
    """The source as a file in this form."""
    path = folder / f"{source.name}_{form}.jsonl"
    command = ("data", "export", source.name, "--format", form, "--out", str(path), "--json")
    answer(alignlab(*command, workspace=folder / "workspace"))
    return Exported(source, form, path)


def with_trl(folder: Path, sources: Sequence[Source]) -> dict[str, tuple[int, int]]:
    """file -> (rows, rows that TRL reads as ours)."""
    files = [export(folder, source, form) for source in sources for form in TRL_FORMS[source.kind]]
    question = {"template": TEMPLATE, "files": {file.name: str(file.path) for file in files}}
    found = asked(trl_environment(), "trl_rows.py", question)
    return {
        f"TRL, {file.name}": (len(file.source.examples), trl_equals(file.source.examples, found[file.name]))
        for file in files
    }


def trl_equals(wanted: Sequence[Example], found: Row) -> int:
    """How many examples TRL has as they are, and its template renders as they are; 0 where it unpairs them wrongly."""
    labelled = [(text(row["completion"]), row["label"]) for row in found["unpaired"]]
    halves = [(answer, place == 0) for example in wanted for place, answer in enumerate(example.answers)]
    if labelled and sorted(labelled) != sorted(halves):
        return 0
    checked = zip(wanted, found["rows"], found["rendered"], strict=True)
    return sum(trl_equal(*each) for each in checked)


def trl_equal(example: Example, row: Row, rendered: Row) -> bool:
    """Whether TRL's row says what the example says, before and after the chat template."""
    fields = ("chosen", "rejected") if len(example.answers) == 2 else ("completion",)[: len(example.answers)]
    if not isinstance(row["prompt"], list):
        return [{"role": "user", "content": row["prompt"]}] == example.prompt and example.answers == tuple(
            rendered[field] for field in fields
        )
    written = "".join(map(turn, example.prompt)) + "[assistant]"
    return (
        row["prompt"] == example.prompt
        and tuple(text(row[field]) for field in fields) == example.answers
        and row.get("label") == example.label
        and rendered["prompt"] == written
        and all(rendered[field] == f"{text(row[field])}[end]" for field in fields)
    )


def turn(message: Message) -> str:
    """A turn as TEMPLATE writes it."""
    calls = "".join(f"<{call['function']['name']}>" for call in message.get("tool_calls", ()))
    return f"[{message['role']}]{message['content']}{calls}[end]"


def text(answer: str | list[Message]) -> str:
    """The text of an answer that is one message, or text."""
    return answer if isinstance(answer, str) else "".join(message["content"] for message in answer)


def with_llamafactory(folder: Path, sources: Sequence[Source]) -> dict[str, tuple[int, int]]:
    """file -> (rows, rows that LLaMA-Factory reads as ours)."""
    tried = [(source, form) for source in sources for form in LLAMAFACTORY_FORMS.get(source.kind, {})]
    files = [export(folder, source, form) for source, form in tried if readable(source, form)]
    described = {file.path.name: description(file) for file in files}
    (folder / "dataset_info.json").write_text(json.dumps(described), encoding="utf-8")
    question = {"folder": str(folder), "cache": str(folder / "cache"), "names": list(described)}
    found = asked(llamafactory_environment(), "llamafactory_rows.py", question)
    compared = {}
    for file in files:
        pairs = zip(file.source.examples, found[file.path.name], strict=True)
        compared[f"LLaMA-Factory, {file.name}"] = (
            len(file.source.examples),
            sum(llamafactory_equal(*each) for each in pairs),
        )
    return compared


def description(file: Exported) -> Row:
    """The file as a user tells LLaMA-Factory of it."""
    known = LLAMAFACTORY_FORMS[file.source.kind][file.form]
    tools = {"tools": "tools"} if any(example.tools for example in file.source.examples) else {}
    return {**known, "columns": known["columns"] | tools, "file_name": file.path.name}


def readable(source: Source, form: str) -> bool:
    """Whether the peer can hold the dialogues at all: user and assistant in alternation, and in alpaca text only."""
    if form.startswith("alpaca") and any("tool_calls" in turn for each in source.examples for turn in each.prompt):
        return False
    return all(
        {message["role"] for message in prompt[::2]} <= {"user", "tool"}
        and {message["role"] for message in prompt[1::2]} <= {"assistant"}
        for prompt in (spoken(example.prompt)[1] for example in source.examples)
    )


def spoken(prompt: list[Message]) -> tuple[str, list[Message]]:
    """What the system says, and the other turns."""
    return (prompt[0]["content"], prompt[1:]) if prompt[0]["role"] == "system" else ("", prompt)


def llamafactory_equal(example: Example, row: Row) -> bool:
    """Whether LLaMA-Factory's row says what the example says. An answer's label is which of two places it stands in."""
    system, turns = spoken(example.prompt)
    answers = list(example.answers)
    if example.label is not None:
        answers = [*answers, ""] if example.label else ["", *answers]
    tools = json.loads(row["_tools"]) if row["_tools"] else None
    return (
        (row["_system"] or "") == system
        and [as_ours(message) for message in row["_prompt"]] == [without_ids(message) for message in turns]
        and [message["content"] for message in row["_response"]] == answers
        and tools == example.tools
    )


def as_ours(message: Message) -> Message:
    """A turn of LLaMA-Factory in the words of `without_ids`."""
    if message["role"] == "function":
        return {"role": "assistant", "content": "", "call": json.loads(message["content"])}
    return {"role": {"observation": "tool"}.get(message["role"], message["role"]), "content": message["content"]}


def without_ids(message: Message) -> Message:
    """A turn of ours without what LLaMA-Factory has no field for."""
    plain = {"role": message["role"], "content": message["content"]}
    if not message.get("tool_calls"):
        return plain
    function = message["tool_calls"][0]["function"]
    return {**plain, "call": function | {"arguments": json.loads(function["arguments"])}}


def asked(python: Path, peer: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """What the peer's script finds in the files."""
    around = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    with tempfile.TemporaryDirectory() as cache:
        around |= {"HF_HUB_OFFLINE": "1", "HF_HOME": cache, "CUDA_VISIBLE_DEVICES": ""}
        done = subprocess.run(
            [str(python), str(PEERS / peer)],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=False,
            env=around,
        )
    if done.returncode:
        raise SystemExit(f"{peer} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.rpartition("\nrows: ")[2])
    return found


def llamafactory_environment() -> Path:
    """The Python of an environment that holds LLaMA-Factory, without its web page."""
    given = os.environ.get("ALIGNLAB_LLAMAFACTORY_ENV")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"alignlab-llamafactory-{LLAMAFACTORY}"
    python = folder / "bin" / "python"
    loads = [str(python), "-c", "import llamafactory.data.loader"]
    if not python.exists() or subprocess.run(loads, capture_output=True, check=False).returncode:
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
        # torch first, so that its largest build is not fetched
        subprocess.run([*install, f"torch=={torch.__version__.partition('+')[0]}"], check=True)
        subprocess.run([*install, *IMPORTED], check=True)
        subprocess.run([*install, "--no-deps", f"llamafactory=={LLAMAFACTORY}"], check=True)
        # imported beside the text readers, for sound only: it has no build that fits every torch
        next(folder.glob("lib/python*/site-packages")).joinpath("torchaudio.py").write_text("", encoding="utf-8")
    return python


if __name__ == "__main__":
    sys.exit(main())
