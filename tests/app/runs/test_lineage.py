"""How runs that came from each other are drawn: a chain, a diamond, many runs of one parent."""

import re
import time

import pytest

from app.runs import graph_layout
from app.runs.lineage import layers
from storage import run_links
from storage.database import Database
from storage.records import RunLink
from tests.app import families
from tests.app.conftest import open_page, words
from tests.renamed import rename

DIAMOND = (("sft", "reward"), ("sft", "ppo"), ("reward", "ppo"), ("ppo", "grpo"))


@pytest.fixture
def diamond(empty: Database) -> dict[str, str]:
    return families.diamond(empty, time.time())


def linked(*pairs: tuple[str, str]) -> list[RunLink]:
    return [RunLink(parent, child, "weights") for parent, child in pairs]


def test_a_diamond_is_linked_as_the_run_files_say(empty: Database, diamond: dict[str, str]) -> None:
    names = {run_id: name for name, run_id in diamond.items()}
    links = [(names[link.parent], names[link.child], link.role) for link in run_links.family(empty, diamond["sft"])]
    assert links == [
        ("sft", "reward", "weights"),
        ("sft", "ppo", "weights"),
        ("reward", "ppo", "reward"),
        ("ppo", "grpo", "weights"),
    ]


def test_layers_lie_behind_all_that_they_take_from() -> None:
    members = ["grpo", "ppo", "reward", "sft"]
    assert layers(members, linked(*DIAMOND), {}) == [["sft"], ["reward"], ["ppo"], ["grpo"]]


def test_runs_that_name_each_other_end_somewhere() -> None:
    circle = linked(("a", "b"), ("b", "a"))
    assert sum(map(len, layers(["a", "b"], circle, {}))) == 2


def test_no_line_runs_behind_a_box() -> None:
    drawing = graph_layout.draw([["sft"], ["reward"], ["ppo"], ["grpo"]], DIAMOND)
    left, top = drawing.boxes["reward"]
    level = [float(y) for y, x in re.findall(r" ([\d.]+)H([\d.]+)", drawing.lines["sft", "ppo"]) if float(x) > left]
    assert level, "the line passes the reward's layer on a level of its own"
    assert all(not top <= y <= top + graph_layout.HEIGHT for y in level)
    assert drawing.boxes["ppo"][0] > left


def test_the_head_of_a_run_shows_its_stages_with_their_states(diamond: dict[str, str]) -> None:
    said = words(open_page("run", id=diamond["ppo"]))
    strip = said[said.index("al-stages") : said.index("</ol>")]
    assert re.findall(r'href="run\?id=(\w+)"', strip) == [diamond[name] for name in ("sft", "reward", "ppo", "grpo")]
    assert re.findall(r'(\w+)" aria-current="page"', strip) == [diamond["ppo"]]
    assert "succeeded" in strip
    assert "40 %" in strip


def test_the_graph_says_what_is_taken_of_whom(diamond: dict[str, str]) -> None:
    said = words(open_page("run", id=diamond["sft"], tab="lineage"))
    assert "weights of manners-sft · reward of manners-reward" in said
    assert len(re.findall(r'<path class="al-link al-link-weights" d="M', said)) == 4, "three links and the legend"
    assert "取自 manners-sft 的权重" in words(open_page("run", "zh", id=diamond["sft"], tab="lineage"))


def test_a_run_that_stands_alone_has_no_strip_and_says_so(empty: Database) -> None:
    alone = families.trained(empty, "alone", families.spec("dpo"), time.time())
    said = words(open_page("run", id=alone, tab="lineage"))
    assert "al-stages" not in said
    assert "came from no other" in said


def test_many_runs_of_one_parent_keep_the_strip_short(empty: Database) -> None:
    first = families.trained(empty, "first", families.spec("sft"), time.time())
    told = [families.spec("dpo", seed, model={"from": f"run:{first}"}) for seed in range(6)]
    children = [families.put(empty, f"child{seed}", spec, time.time()) for seed, spec in enumerate(told)]
    said = words(open_page("run", id=first))
    strip = said[said.index("al-stages") : said.index("</ol>")]
    assert "and 2 more" in strip
    assert words(open_page("run", id=children[5])).count('class="al-stage ') == 2


def test_names_are_escaped_in_the_graph(empty: Database, diamond: dict[str, str]) -> None:
    rename(empty, diamond["sft"], "<img src=x>")
    assert "<img" not in words(open_page("run", id=diamond["ppo"], tab="lineage"))
