"""Every run file that the docs show can be run, and every algorithm has its page."""

import re
from pathlib import Path

import pytest

from engine.spec import ALGORITHMS, is_chain, parse, parse_chain, read_yaml

ROOT = Path(__file__).parents[3]
EXAMPLES = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
    for page in sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    if "algorithm:" in block
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_run_file_of_the_docs_parses(example: str) -> None:
    data = read_yaml(example)
    assert parse_chain(data) if is_chain(data) else parse(data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_has_a_page_of_the_guide(algorithm: str) -> None:
    page = ROOT / "docs" / "guide" / "methods" / f"{algorithm}.md"
    assert f"algorithm: {algorithm}" in page.read_text(encoding="utf-8")
