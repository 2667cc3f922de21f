"""`alignlab runs compare`: what it answers, and what it refuses."""

import statistics
from pathlib import Path

from engine.spec import key_metrics
from storage.database import Database
from tests.app import families
from tests.app.cli.conftest import Alignlab
from tests.app.compare.test_group_figures import AT, SEEDS, last_values


def test_it_answers_as_json_csv_a_file_and_a_table(database: Database, alignlab: Alignlab, tmp_path: Path) -> None:
    ids = families.seeds(database, AT)
    grpo = last_values(database, ids[SEEDS:], key_metrics.HEADLINE)
    out = tmp_path / "report.html"
    answer = alignlab("runs", "compare", *ids, "--baseline", ids[0], "--out", str(out), "--json").json
    assert answer["runs"] == ids
    assert answer["groups"][1]["metrics"][key_metrics.HEADLINE]["mean"] == statistics.fmean(grpo)
    assert answer["report"] == str(out)
    assert "<script" not in out.read_text(encoding="utf-8")
    table = alignlab("runs", "compare", *ids, "--group-by", "none", "--csv")
    assert len([line for line in table.out.splitlines() if f",{key_metrics.HEADLINE},1," in line]) == 4 * SEEDS
    words = alignlab("runs", "compare", *ids)
    assert "grpo · 3 seeds" in words.out
    assert "Not told apart: dpo, grpo." in words.err
    alone = alignlab("runs", "compare", ids[0])
    assert alone.err == "", "one run leads nothing"
    answer = alignlab("runs", "compare", ids[0], "--json").json
    assert (answer["warnings"], answer["verdict"]) == ([], None)
    refused = alignlab("runs", "compare", *ids, "--group-by", "nope")
    assert refused.code == 2
    assert "cannot be grouped by nope. They can by: none, seed, algorithm" in refused.err
    assert alignlab("runs", "compare", *ids[:2], "--baseline", ids[4]).code == 2
    assert alignlab("runs", "compare", *ids[:2], "--csv", "--json").code == 2
