"""What a page says when its script fails."""

import pytest
from streamlit.testing.v1 import AppTest


def fails_with_a_sentence() -> None:
    from app import mishap
    from storage.errors import NotFound

    assert mishap.tell(NotFound("There is no run {id}.", id="x1"))


def fails_by_surprise() -> None:
    from app import mishap

    assert mishap.tell(KeyError("loss"))


def test_a_refusal_of_storage_is_told_in_its_own_words() -> None:
    page = AppTest.from_function(fails_with_a_sentence, default_timeout=60).run()
    assert page.error[0].value == "There is no run x1."


def test_a_surprise_is_one_sentence_and_its_traceback_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    page = AppTest.from_function(fails_by_surprise, default_timeout=60).run()
    assert "KeyError: 'loss'" in page.error[0].value
    assert "Traceback" not in page.error[0].value
    assert "KeyError" in capsys.readouterr().err
