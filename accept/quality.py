"""Data quality on real and shipped data: its time, planted faults and their amount, gaming, the shipped reference."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from accept.report import SHARED_DATA, alignlab, answer, conclude
from app.quality.stored_items import quality_item
from engine.analysis.judged import Judged
from engine.analysis.quality import distinct_bigrams
from engine.analysis.quality.measure import measure
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from engine.analysis.quality.quality_report import QualityReport
from storage import datasets
from storage.database import connect
from storage.workspace import Workspace

REFERENCE = {"latin": "dpo_en_demo.json", "han": "dpo_zh_demo.json"}
REAL = {"dpo_en": "dpo_en_demo.json", "dpo_zh": "dpo_zh_demo.json", "hh": "hh_harmless_dev.jsonl.gz"}
SHIPPED = "polite-weather"
LARGE, MOST_SECONDS = 10_000, 60.0
UNJUDGED = "answers that nobody judged"
Items = Sequence[QualityItem]


def main() -> int:
    """Import, measure, plant faults, measure again."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        for name, file in REAL.items():
            answer(alignlab("data", "import", str(SHARED_DATA / file), "--name", name, "--json", workspace=workspace))
        printed = {name: command(workspace, name) for name in (*REAL, SHIPPED)}
        db = connect(Workspace(workspace))
        items = {name: [quality_item(item) for item in datasets.items(db, name)[0]] for name in (*REAL, SHIPPED)}
        large = large_file(Path(folder) / "large.jsonl", items)
        answer(alignlab("data", "import", str(large), "--name", "large", "--json", workspace=workspace))
        began, used = time.monotonic(), processor_seconds()
        printed["large"] = command(workspace, "large")
        seconds, used = time.monotonic() - began, processor_seconds() - used
        db.close()
    times = {"processor_seconds_for_10000_pairs": round(used, 1), "seconds_for_10000_pairs": round(seconds, 1)}
    figures: dict[str, Any] = {**times, "scores": printed}
    figures["planted"] = {name: planted(items[name]) for name in ("hh", SHIPPED)}
    figures["gaming"] = {name: gaming(items[name]) for name in ("hh", SHIPPED)}
    figures["reference"] = {writing: curve(file) for writing, file in REFERENCE.items()}
    return conclude("quality", figures, wanted(figures))


def processor_seconds() -> float:
    """Of the commands so far; others may share the machine, so their wall time says less."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def command(workspace: Path, name: str) -> dict[str, Any]:
    """Score, parts and counts of defects, as the command gives them."""
    report = answer(alignlab("data", "quality", name, "--json", workspace=workspace))
    parts = {key: part["value"] and round(part["value"], 3) for key, part in report["parts"].items()}
    defects = {key: defect["count"] for key, defect in report["defects"].items() if defect["count"]}
    return {"items": report["items"], "score": round(report["score"], 3), **parts, "defects": defects}


def large_file(path: Path, items: dict[str, list[QualityItem]]) -> Path:
    """Pairs put together of the sentences of all sets: prompts of about 200 and answers of about 600 characters."""
    random = Random(5)
    sentences = [
        sentence.strip() + "."
        for name in REAL
        for item in items[name]
        for one in item.chosen
        for sentence in one.text.replace("\n", " ").split(".")
        if 20 < len(sentence) < 200
    ]
    with path.open("w", encoding="utf-8") as file:
        for _ in range(LARGE):
            prompt, chosen, rejected = (" ".join(random.choices(sentences, k=count)) for count in (2, 6, 6))
            file.write(json.dumps({"prompt": prompt, "chosen": chosen, "rejected": rejected}) + "\n")
    return path


def verdicts(items: Items, flipped: float = 0.0) -> list[Judged]:
    """Two people who agree, the second but for a share of flipped verdicts; answers in no order."""
    random = Random(2)
    judged = []
    for item in items:
        for chosen, rejected in item.pairs[:1]:
            ids = (item.id, chosen.id, rejected.id)
            judged.append(Judged(*ids, "ann", "a", seconds=600.0))
            judged.append(Judged(*ids, "bob", "b" if random.random() < flipped else "a", seconds=600.0))
    return judged


def part(report: QualityReport, key: str) -> float:
    return next(part.value or 0.0 for part in report.parts if part.key == key)


def planted(items: Items) -> dict[str, float]:
    """How far each fault moves the figure that it should move."""
    data = QualityInput(items, verdicts(items))
    before = measure(data)
    flipped = measure(replace(data, judged=verdicts(items, 0.2)))
    half = [*items[: len(items) // 2], *(replace(item, id=f"{item.id}x") for item in items[: len(items) // 2])]
    doubled, single = measure(QualityInput(half)), measure(QualityInput(half[: len(half) // 2]))
    which = [number for number, item in enumerate(items) if item.chosen and len(item.chosen[0].text) >= 80][::10]
    clean = {item for defect in before.defects if defect.lowers for item in defect.items}
    cut = measure(QualityInput([cut_item(item) if number in set(which) else item for number, item in enumerate(items)]))
    fresh = sum(items[number].id not in clean for number in which)
    ratio = doubled.parts[1].ingredients[0].value or 0.0
    return {
        "alpha before": round(before.parts[0].ingredients[0].value or 0.0, 3),
        "alpha with 20 % flipped (wanted 0.6)": round(flipped.parts[0].ingredients[0].value or 0.0, 3),
        "different prompts, doubled over single (wanted 0.5)": round(
            ratio / (single.parts[1].ingredients[0].value or 1.0), 3
        ),
        "annotation quality lost to cuts, over the share cut (wanted 1)": round(
            (part(before, "annotation") - part(cut, "annotation")) / (fresh / len(items)), 3
        ),
    }


def cut_item(item: QualityItem) -> QualityItem:
    """The item with its first chosen answer cut in the middle of a sentence."""
    chosen = item.chosen[0]
    text = chosen.text[: round(len(chosen.text) * 0.7)].rstrip(" .!?。！？\n")
    answers = tuple(replace(one, text=text) if one.id == chosen.id else one for one in item.answers)
    return replace(item, answers=answers)


def with_chosen(item: QualityItem, change: Callable[[Answer], str]) -> QualityItem:
    ids = {one.id for one in item.chosen}
    return replace(
        item, answers=tuple(replace(one, text=change(one)) if one.id in ids else one for one in item.answers)
    )


def unjudged(item: QualityItem) -> QualityItem:
    """The item with another prompt, its answers without preference, score and label."""
    answers = tuple(replace(one, score=None, label=None) for one in item.answers)
    prompt = f"{item.prompt[::-1]}?"
    return replace(item, id=f"{item.id}y", prompt=prompt, prompt_key=prompt, answers=answers, preferences=())


def gaming(items: Items) -> dict[str, float]:
    """The score of the set as it is, and after strategies that shall not pay."""
    judged = verdicts(items, 0.1)
    copies = [replace(item, id=f"{item.id}x") for item in items]
    empty = [replace(item, answers=tuple(replace(one, text="") for one in item.answers)) for item in items]
    strategies: dict[str, QualityInput] = {
        "honest": QualityInput(items, judged),
        "each item twice": QualityInput([*items, *copies], judged),
        "one answer to everything": QualityInput(
            [with_chosen(i, lambda _one: "Of course, gladly.") for i in items], judged
        ),
        "answers repeated": QualityInput([with_chosen(i, lambda one: f"{one.text} {one.text}") for i in items], judged),
        "no answers": QualityInput(empty, judged),
        "templates left in": QualityInput([with_chosen(i, lambda one: f"[INST] {one.text}") for i in items], judged),
        "ties only": QualityInput(items, [replace(one, verdict="tie") for one in judged]),
        "votes without reading": QualityInput(items, [replace(one, seconds=0.1) for one in judged]),
        "votes by a coin": QualityInput(items, verdicts(items, 0.5)),
        "old guideline": QualityInput(items, [replace(one, guideline=1) for one in judged], guideline=2),
        "planted items failed": QualityInput(items, [replace(one, expected="b") for one in judged]),
    }
    strategies[UNJUDGED] = QualityInput([*items, *map(unjudged, items)], judged)
    return {name: round(measure(data).score or 0.0, 3) for name, data in strategies.items()}


def curve(file: str) -> tuple[float, ...]:
    """Distinct-2 of the chosen answers of a public set, as the shipped reference has it."""
    rows = json.loads((SHARED_DATA / file).read_text(encoding="utf-8"))
    return distinct_bigrams.curve([row["chosen"]["value"] for row in rows])


def wanted(figures: dict[str, Any]) -> dict[str, bool]:
    """What has to hold."""
    planted_figures = [list(values.values()) for values in figures["planted"].values()]
    honest = {name: scores["honest"] for name, scores in figures["gaming"].items()}
    return {
        "10,000 pairs within 60 s of one core": figures["processor_seconds_for_10000_pairs"] < MOST_SECONDS,
        "a fifth of verdicts flipped: alpha near 0.6": all(abs(values[1] - 0.6) < 0.06 for values in planted_figures),
        "half duplicated: half as many different prompts": all(
            abs(values[2] - 0.5) < 0.02 for values in planted_figures
        ),
        "a tenth cut: found by 85 % or more, and nothing else": all(
            0.85 <= values[3] <= 1.1 for values in planted_figures
        ),
        "ten gaming strategies score below the honest set": all(
            score < honest[name]
            for name, scores in figures["gaming"].items()
            for key, score in scores.items()
            if key not in ("honest", UNJUDGED)
        ),
        "answers that nobody judged add nothing": all(
            scores[UNJUDGED] <= honest[name] for name, scores in figures["gaming"].items()
        ),
        "the shipped reference is that of the named answers": figures["reference"] == distinct_bigrams.REFERENCE,
    }


if __name__ == "__main__":
    sys.exit(main())
