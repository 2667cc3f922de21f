"""Every visible string is translated, and every translation keeps the fields of its sentence."""

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app import translations
from app.translations import LANGUAGES, _, language_as, ngettext, translate

HOUSE = Path(__file__).parents[2]
OTHERS = [code for code in LANGUAGES if code != "en"]
# the command line speaks English
ENGLISH = ("__main__.py", "html_report.py", "trainer_callback.py")  # as all of the command line, which writes both
PAGES = [p for p in sorted((HOUSE / "app").rglob("*.py")) if "cli" not in p.parts and p.name not in ENGLISH]
SHOWING = {
    "button", "caption", "checkbox", "code", "dialog", "download_button", "empty", "error", "expander",
    "file_uploader", "form_submit_button", "header", "heading", "info", "link_button", "markdown",
    "menu_button", "metric", "multiselect", "number_input", "page_link", "pills", "popover", "radio",
    "section", "segmented_control", "select_slider", "selectbox", "slider", "spinner", "status", "subheader",
    "success", "tabs", "text", "text_area", "text_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
SHOWN_ARGUMENTS = {"label", "help", "placeholder", "text"}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every sentence of the three floors that is marked for translation."""
    out = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-o",
        str(out),
        "app",
        "engine",
        "storage",
    ]
    subprocess.run(command, cwd=HOUSE, check=True)
    with out.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_three_floors_is_translated(extracted: Catalog, language: str) -> None:
    catalogue = read(language)
    missing = [
        m.id for m in extracted if m.id and not (catalogue.get(one(m.id)) and filled(catalogue.get(one(m.id)).string))
    ]
    assert missing == []


def test_no_sentence_hides_from_the_extraction(extracted: Catalog) -> None:
    """pybabel does not see a call inside an f-string."""
    known = {one(m.id) for m in extracted if m.id}
    for path in PAGES:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if name_of(call) in ("_", "N_", "ngettext") and isinstance(call.args[0], ast.Constant):
                assert call.args[0].value in known, path


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_of_a_sentence_that_is_gone(extracted: Catalog, language: str) -> None:
    known = {one(m.id) for m in extracted if m.id}
    assert [m.id for m in read(language) if m.id and one(m.id) not in known] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_fields_of_its_sentence(language: str) -> None:
    for message in read(language):
        if message.id:
            ours = message.string if isinstance(message.string, str) else message.string[0]
            assert fields(ours) <= fields(one(message.id)) | {"count"}, message.id
            assert fields(one(message.id)) - fields(ours) <= {"count"}, message.id


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_nothing_visible_is_a_bare_string(path: Path) -> None:
    assert bare_strings(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_bare_string_would_be_found() -> None:
    code = "st.button('Press me')\nst.text_input(_('Name'), placeholder='or id')\nMarkup('<b>{x}</b> left').format()\n"
    assert bare_strings(ast.parse(code)) == ["Press me", "or id", "left"]


def test_no_message_is_made_with_an_f_string() -> None:
    """pybabel skips them without a word."""
    for path in [*PAGES, *(HOUSE / "engine").rglob("*.py"), *(HOUSE / "storage").rglob("*.py")]:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            if name_of(call) in ("_", "N_", "ngettext") and call.args:
                assert not isinstance(call.args[0], ast.JoinedStr), path


def test_a_session_without_a_choice_reads_english() -> None:
    assert _("Runs") == "Runs"


def test_a_route_speaks_for_its_own_request_only() -> None:
    with language_as("zh"):
        assert _("Runs") == "运行"
        assert ngettext("{count} run", "{count} runs", 1200) == "1,200 个运行"
    assert _("Runs") == "Runs"


def test_plurals_follow_the_language() -> None:
    assert [ngettext("{count} run", "{count} runs", count) for count in (1, 2)] == ["1 run", "2 runs"]


def test_a_stored_text_is_put_into_words_with_texts_inside_it() -> None:
    inner = ("a whole number", {})
    with language_as("zh"):
        stored = ["{path} must be {expected}, not {value}.", {"path": "seed", "expected": list(inner), "value": "x"}]
        assert translate(stored) == "seed 应为整数，而不是 x。"
    assert translate(None) == ""


@pytest.mark.parametrize(
    ("locale", "code"), [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr-FR", None), (None, None)]
)
def test_a_browsers_locale_picks_one_of_ours(locale: str | None, code: str | None) -> None:
    assert translations.supported(locale) == code


def read(language: str) -> Catalog:
    with (HOUSE / "app" / "translations" / f"{language}.po").open("rb") as file:
        return read_po(file)


def one(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def filled(translated: str | tuple[str, ...]) -> bool:
    return bool(translated) and all(translated)


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def bare_strings(tree: ast.AST) -> list[str]:
    """Words handed to a widget, or standing in markup, that went through no catalogue."""
    found = []
    for call in calls(tree):
        if name_of(call) in SHOWING:
            shown = [*call.args[:1], *(k.value for k in call.keywords if k.arg in SHOWN_ARGUMENTS)]
            found += [words for node in shown for words in literal_words(node)]
        if name_of(call) == "Markup":
            found += [visible for node in call.args for visible in markup_words(node)]
    return found


def literal_words(node: ast.expr) -> list[str]:
    """The node if it is text with letters; fields of an f-string are somebody else's words."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    code = re.compile(r"[a-z_]+: ")  # a piece of a run file reads the same in every language
    return [text for text in texts if re.search(r"[^\W\d_]{2}", text) and not code.match(text)]


def markup_words(node: ast.expr) -> list[str]:
    """Letters between the tags of a markup literal; commands in <code> are the same in every language."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return []
    text = re.sub(r"<code>.*?</code>|<svg.*?</svg>|<[^>]*>|\{[^}]*\}|&\w+;", " ", node.value, flags=re.S)
    return [word.strip() for word in re.findall(r"[^\W\d_][\w ]+", text)]
