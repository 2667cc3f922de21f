"""A share of the generated inputs that `accept.hostile_inputs` tries: each ends well, or with an error of our own."""

from collections.abc import Iterator

import pytest

from app import clients
from tests.hostile.attempts import attempts
from tests.hostile.bounded import Attempt, fault

pytestmark = pytest.mark.slow

SHARES = {
    "run files": 120,
    "yaml": 120,
    "changes": 60,
    "patterns": 30,
    "preflights": 30,
    "rows": 100,
    "files": 40,
    "dashboard": 80,
    "engine": 50,
    "commands": 40,
}


@pytest.fixture(scope="module")
def attempt_of_kind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Attempt]]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("hostile")
        patch.setenv("ALIGNLAB_HOME", str(root / "workspace"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield attempts(root)
        clients.database().close()


@pytest.mark.parametrize("kind", SHARES)
def test_no_input_ends_in_an_error_that_is_not_ours(attempt_of_kind: dict[str, Attempt], kind: str):
    outcomes = [fault(kind, number, attempt_of_kind[kind]) for number in range(SHARES[kind])]
    assert [wrong for wrong, _seconds in outcomes if wrong and "took" not in wrong] == []


def test_a_fault_is_noticed():
    """The trial itself fails where an input does: an error of others, no sentence, one without end, a status of 500."""
    assert fault("x", 1, lambda random: {}["nothing"])[0] == "x 1: KeyError: KeyError('nothing')"
    assert fault("x", 2, lambda random: "a 500")[0] == "x 2: a 500"
    assert fault("x", 3, lambda random: None)[0] is None
