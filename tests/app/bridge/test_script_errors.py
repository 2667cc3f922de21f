"""What a page says when its script fails."""

import pytest
from streamlit.testing.v1 import AppTest


def fails_with_a_sentence() -> None:
    from app.bridge import script_errors
    from storage.errors import NotFound

    assert script_errors.show_error(NotFound("There is no run {id}.", id="*x1* <b>"))


def fails_by_surprise() -> None:
    from app.bridge import script_errors

    assert script_errors.show_error(KeyError("loss"))


def test_a_refusal_of_storage_is_told_in_its_own_words() -> None:
    page = AppTest.from_function(fails_with_a_sentence, default_timeout=60).run()
    assert "There is no run *x1* &lt;b&gt;." in page.get("html")[0].proto.body
    assert not page.markdown


def test_a_surprise_is_one_sentence_and_its_traceback_goes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    page = AppTest.from_function(fails_by_surprise, default_timeout=60).run()
    said = page.get("html")[0].proto.body
    assert "KeyError: &#39;loss&#39;" in said
    assert "Traceback" not in said
    assert "KeyError" in capsys.readouterr().err
