"""The section Watch of the form: rules are added, read as sentences, taken away, and come back from a run file."""

from html import unescape

from streamlit.testing.v1 import AppTest

from app.launch import form_state
from engine.spec import read_yaml
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import paste, shown_run_file

RULES = """
algorithm: dpo
data: {dataset: polite}
watch:
- nan
- {kind: kl, above: 12, for: 3}
- {kind: plateau, metric: eval/accuracy, patience: 5, min_delta: 0.01, do: pause}
notify: {webhook: "env:TEAM_WEBHOOK"}
"""


def watched(page: AppTest) -> list[dict]:
    return read_yaml(shown_run_file(page)).get("watch", [])


def test_rules_are_added_read_and_taken_away(stocked: Database) -> None:
    page = open_page("launch")
    assert watched(page) == []
    key = form_state.key("dpo", "watch")
    for kind in ("nan", "kl", "plateau"):
        page.button(key=f"{key}~add~{kind}").click().run()
    assert watched(page) == [{"kind": "nan"}, {"kind": "kl"}, {"kind": "plateau"}]
    assert "When KL to the reference is above 40, 2 values in a row: stop the run" in words(page)
    page.selectbox(key=f"{key}.2.plateau.do").set_value("pause").run()
    page.selectbox(key=f"{key}.2.plateau.metric").set_value("eval/accuracy").run()
    assert "When Held-out accuracy gains no more than 0.005 in 4 evaluations: pause the run" in words(page)
    page.button(key=f"{key}~1~remove").click().run()
    assert watched(page) == [{"kind": "nan"}, {"kind": "plateau", "metric": "eval/accuracy", "do": "pause"}]
    assert not page.exception


def test_a_run_file_fills_the_section_and_a_mistake_stands_at_its_field(stocked: Database) -> None:
    page = paste(RULES)
    assert watched(page) == [
        {"kind": "nan"},
        {"kind": "kl", "above": 12.0, "for": 3},
        {"kind": "plateau", "metric": "eval/accuracy", "patience": 5, "min_delta": 0.01, "do": "pause"},
    ]
    assert read_yaml(shown_run_file(page))["notify"] == {"webhook": "env:TEAM_WEBHOOK"}
    (above,) = [field for field in page.number_input if str(field.key).endswith("watch.1.kl.above")]
    above.set_value(-1.0).run()
    assert "Above must be a number > 0, not -1.0." in unescape(words(page))
