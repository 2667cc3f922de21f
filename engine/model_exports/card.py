"""The card of an exported model, README.md of its folder: what it is, how it was made, how sure its figures are, and
four lines that load it. It quotes no prompt and no answer.

Left out: measuring (`figures`, `equality`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.model_exports.figures import Figure
from engine.model_exports.sources import Source
from engine.models.model_folder import CONFIG_BYTES
from engine.spec import to_yaml
from engine.spec.answers import ExportedModel
from words import english

_LICENCE = re.compile(r"\A---\n.*?^license: *([\w.-]+) *$.*?^---$", re.DOTALL | re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|!~$&])")
_FORMS = {
    "model": "The whole model, to be used like any other.",
    "adapter": "A LoRA adapter, which needs its base model beside it.",
    "reward_model": "A reward model: it gives a score to an answer, and none alone means anything.",
    "reward_adapter": "A LoRA adapter and the head of a reward model, which need their base model beside them.",
}
_TAGS = {
    "model": ("transformers", "text-generation"),
    "adapter": ("peft", "text-generation"),
    "reward_model": ("transformers", "text-classification"),
    "reward_adapter": ("peft", "text-classification"),
}


@dataclass(frozen=True)
class Card:
    """All that the card says beside the run itself."""

    source: Source
    exported: ExportedModel
    figures: Sequence[Figure]
    licence: str | None  # of the base model, as its own card states it
    plain_template: bool  # the chat template is the project's own, since the model had none
    constant: float  # what AlignLab's reward head adds to every score
    end: str  # the token that ends an answer

    def text(self) -> str:
        """The card as Markdown."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        run, form = self.source.run, self.exported.form
        yield from ("---", yaml.safe_dump(self._metadata(), sort_keys=False, allow_unicode=True).rstrip(), "---", "")
        yield from (
            f"# {_plain(run.name)}",
            "",
            f"{_FORMS[form]} Exported by AlignLab from `{self.exported.checkpoint}`.",
        )
        yield from ("", *self._facts(), "", "## How to load it", "", "```python", *self._loading(), "```")
        yield from ("", *self._notes(), "", "## Figures", "", *_figure_lines(self.figures))
        yield from (
            "",
            "## Does the folder say what the checkpoint says?",
            "",
            *self._check(),
        )
        run_file = to_yaml(self.source.spec).rstrip()
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", run_file)), default=0))
        yield from (
            "",
            "## Settings",
            "",
            "Those that differ from the defaults.",
            "",
            f"{fence}yaml",
            run_file,
            fence,
            "",
        )

    def _metadata(self) -> dict[str, object]:
        library, task = _TAGS[self.exported.form]
        name = self.source.base
        hub = {} if Path(name).is_absolute() else {"base_model": name}
        stated = {"license": self.licence} if self.licence else {}
        return {
            **stated,
            **hub,
            "library_name": library,
            "pipeline_tag": task,
            "tags": ["alignlab", self.source.spec.algorithm],
        }

    def _facts(self) -> Iterator[str]:
        spec, source = self.source.spec, self.source
        yield f"- Base model: {_plain(self.exported.base)}"
        yield f"- Licence of the base model: {self.licence or 'not known; ask whoever made it'}"
        yield f"- Method: {spec.algorithm}" + (", with LoRA" if source.has_adapter else "")
        yield f"- Step: {source.checkpoint.step}, seed {spec.seed}; state of the run: {source.run.state}"
        yield f"- Data: {_plain(spec.data.dataset)}, version `{spec.data.version}`"
        lineage = [f"{_plain(run.name)} (`{run.id}`, {run.algorithm})" for run in (*source.lineage, source.run)]
        yield f"- Runs, oldest first: {' → '.join(lineage)}"

    def _loading(self) -> Iterator[str]:
        form = self.exported.form
        package = "peft" if form.endswith("adapter") else "transformers"
        kind = "SequenceClassification" if form.startswith("reward") else "CausalLM"
        loader = f"Auto{'Peft' if package == 'peft' else ''}ModelFor{kind}"
        labels = ", num_labels=1" if form == "reward_adapter" else ""
        tokenizer = "from transformers import AutoTokenizer"
        yield tokenizer + (f", {loader}" if package == "transformers" else f"; from peft import {loader}")
        yield 'folder = "."  # where this card lies'
        yield "tokenizer = AutoTokenizer.from_pretrained(folder)"
        yield f'model = {loader}.from_pretrained(folder, dtype="float32"{labels})'

    def _notes(self) -> Iterator[str]:
        spec, form = self.source.spec, self.exported.form
        yield "Weights are float32 safetensors, and no program code comes with them."
        if form.endswith("adapter"):
            yield f"The base is read from `{self.source.base}`; elsewhere, name its place in `adapter_config.json`."
        if form.startswith("reward"):
            yield "A score belongs to the last token of `prompt + answer + end`: the prompt is what the chat template"
            yield f"writes with `add_generation_prompt=True`, the end is `{self.end}`. Only differences count."
            if self.constant:
                yield f"AlignLab's own head adds {self.constant:.6g} to every score, which cancels in each of them."
        elif "value" in spec.needs:
            yield "The value head, which only training needs, is left out."
        if self.plain_template:
            yield "The base has no chat template; this one is AlignLab's plain one, with which it was trained."
        if spec.data.enable_thinking is not None:
            yield f"The chat template was given `enable_thinking={spec.data.enable_thinking}`; give it the same."

    def _check(self) -> Iterator[str]:
        yield english(self.exported.sentence())
        yield f"It was read by transformers{' and peft' if self.exported.form.endswith('adapter') else ''} on a CPU."


def stated_licence(folder: Path) -> str | None:
    """The licence that the card in a model's folder names; None where there is none."""
    path = folder / "README.md"
    if not path.is_file() or path.stat().st_size > CONFIG_BYTES:
        return None
    match = _LICENCE.match(path.read_text(encoding="utf-8", errors="replace"))
    return match[1] if match else None


def _figure_lines(figures: Sequence[Figure]) -> Iterator[str]:
    if not figures:
        yield "Nothing was measured up to this step."
        return
    yield from ("| metric | step | value | 95 % interval |", "| --- | --- | --- | --- |")
    for figure in figures:
        is_bounded = figure.low is not None and figure.high is not None
        interval = f"{figure.low:.4g} to {figure.high:.4g}, {figure.answers} answers" if is_bounded else "not known"
        yield f"| `{figure.key}` | {figure.step} | {figure.value:.4g} | {interval} |"
    yield from ("", "One run of one seed: the intervals are over prompts, and another seed may lie outside them.")


def _plain(text: str) -> str:
    """A person's text as one line of Markdown that shows it as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
