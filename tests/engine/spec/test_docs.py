"""What the docs show can be run, every algorithm has its page, and what they call a planted fault is one."""

import re
from pathlib import Path

import pytest

from engine.spec import ALGORITHMS, RunSpec, is_chain, is_study, parse, parse_chain, parse_study, read_yaml

ROOT = Path(__file__).parents[3]
EXAMPLES = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
    for page in sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    if "algorithm:" in block or "kind: generate" in block or "base:" in block
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_run_file_of_the_docs_parses(example: str) -> None:
    data = read_yaml(example)
    if is_study(data):
        assert parse_study(data).run_count > 1
        return
    assert parse_chain(data) if is_chain(data) else parse(data, RunSpec)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_has_a_page_of_the_guide(algorithm: str) -> None:
    page = ROOT / "docs" / "guide" / "methods" / f"{algorithm}.md"
    assert f"algorithm: {algorithm}" in page.read_text(encoding="utf-8")


def test_the_docs_call_planted_what_is_planted() -> None:
    places = (ROOT / "accept" / "planted_faults.yaml").read_text(encoding="utf-8")
    planted = re.findall(r"^- name: '?(.+?)'?$", places, re.MULTILINE)
    table = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (?!fault \|)(.+?) \|", table, re.MULTILINE) == planted
    article = " ".join((ROOT / "docs" / "guide" / "article.md").read_text(encoding="utf-8").split())
    named = re.findall(r"\*(.+?)\*", article.rpartition("[planted]")[2])
    assert named
    assert set(named) <= set(planted)
