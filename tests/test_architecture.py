"""The house rules a machine can check: who imports whom, what stays unloaded, and how large things may grow."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("app", "engine", "storage")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60


def sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))


def modules() -> list[str]:
    found = []
    for floor in FLOORS:
        package = importlib.import_module(floor)
        found += [
            module.name for module in pkgutil.walk_packages(package.__path__, floor + ".", onerror=lambda _: None)
        ]
    return [
        name
        for name in found
        if not name.endswith(("__main__", ".migrations.env", "app.frame")) and ".versions." not in name
    ]


def loaded_after(statement: str) -> set[str]:
    """Top-level modules in sys.modules after a statement ran in a fresh interpreter."""
    code = f"import sys\n{statement}\nprint('\\n'.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd="/", timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_import_contracts_are_kept():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (
            "import app.cli; app.cli.command()",
            {"torch", "streamlit", "transformers", "pandas", "sqlalchemy", "pydantic"},
        ),
        ("import app.clients, app.submission", {"torch", "streamlit", "transformers"}),
        ("import app.main", {"torch", "transformers"}),
        ("import engine.spec", {"torch", "streamlit", "sqlalchemy", "transformers"}),
        ("import engine.models.catalogue", {"torch", "streamlit", "transformers"}),
        (
            "import storage.database, storage.runs, storage.queue, storage.metrics",
            {"torch", "streamlit", "transformers"},
        ),
        ("import storage.datasets", {"torch", "streamlit", "transformers"}),
    ],
)
def test_heavy_packages_stay_unloaded(statement: str, absent: set[str]):
    assert not loaded_after(statement) & absent


@pytest.mark.parametrize("name", modules())
def test_every_module_imports(name: str):
    importlib.import_module(name)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MOST_FUNCTION_LINES, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_named_after_what_they_hold_and_say_so(path: Path):
    assert path.stem not in FORBIDDEN_NAMES
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "a module opens by saying what it is"


def test_code_is_synchronous():
    """ADR 0006: no async twin of anything; an ASGI middleware is the server's interface, not ours to choose."""
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncFunctionDef)
    }
    assert found <= {"app/routes/guard.py"}
