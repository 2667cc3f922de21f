"""What is chosen in the lens stands in the address, beside what else stands there."""

from types import SimpleNamespace

import pytest

from app.tokens import lens


class Address(dict[str, str]):
    """The address of a page, as Streamlit lets scripts read and write it."""

    def from_dict(self, query: dict[str, str]) -> None:
        self.clear()
        self.update(query)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Address:
    """The tokens of step 25, in the address of a run; the lens has told that step 50 is wanted, and no prompt."""
    query = Address(id="r1", tab="tokens", step="25", prompt="3")
    session = {"lens_r1": {"chosen": {"step": 50, "show": "ratio"}}}
    for module in (lens, lens.address):
        monkeypatch.setattr(module, "st", SimpleNamespace(query_params=query, session_state=session))
    return query


def test_what_is_chosen_is_written_and_what_is_not_is_taken_away(address: Address):
    lens._write_address("lens_r1")
    assert address == {"id": "r1", "tab": "tokens", "step": "50", "show": "ratio"}


def test_an_answer_is_opened_without_what_was_chosen_before(address: Address):
    address["against"] = "@0"
    lens.open_answer(75, 2)
    assert address == {"id": "r1", "tab": "tokens", "step": "75", "part": "answers", "prompt": "2"}
