"""The house rules a machine can check: who imports whom, what stays unloaded, and how large things may grow."""

import ast
import importlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("app", "engine", "storage")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_LINE_LENGTH = 120  # ruff counts Python's


def sources() -> list[Path]:
    return [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]


def scripts() -> list[Path]:
    """Our JavaScript, without what is vendored."""
    return [path for path in sorted((ROOT / "app").rglob("*.js")) if "vendor" not in path.parts]


def modules() -> list[str]:
    """Those that can be imported anywhere: not the scripts Streamlit runs, not what Alembic calls."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in sources()]
    return [name for name in names if not re.match(r"app\.(frame$|views\.)|storage\.migrations\.", name)]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


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
        ("import app.clients, engine.launch, engine.models.catalogue", {"torch", "streamlit", "transformers"}),
        ("from storage import database, datasets, metrics, queue, runs", {"torch", "streamlit", "transformers"}),
        ("import app.main", {"torch", "transformers"}),
        ("import engine.spec", {"torch", "streamlit", "sqlalchemy", "transformers"}),
    ],
)
def test_heavy_packages_stay_unloaded(statement: str, absent: set[str]):
    assert not loaded_after(statement) & absent


def test_every_module_imports():
    for name in modules():
        importlib.import_module(name)


def test_every_worked_example_is_tried():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    tried = [ROOT / folder for folder in asked]
    examples = [path for path in sources() if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.MULTILINE)]
    assert len(examples) > 15
    assert [path for path in examples if not any(path.is_relative_to(folder) for folder in tried)] == []


def test_files_and_functions_stay_small():
    written = [*sources(), *scripts(), *(ROOT / "app").rglob("*.css")]
    long_files = {shown(path) for path in written if path.read_text(encoding="utf-8").count("\n") > MOST_FILE_LINES}
    long_functions = {
        f"{shown(path)}:{node.name}"
        for path in sources()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    }
    assert long_files == set()
    assert long_functions == set()


def test_the_usual_function_is_short():
    lengths = [(node.end_lineno or 0) - node.lineno + 1 for path in sources() for node in functions(path)]
    assert statistics.median(lengths) <= 12


def test_modules_are_named_after_what_they_hold_and_say_so():
    assert {shown(path) for path in sources() if path.stem in FORBIDDEN_NAMES} == set()
    assert {shown(path) for path in sources() if tree(path).body and not ast.get_docstring(tree(path))} == set()


def oxlint(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The JavaScript linter that `make install` puts beside this Python."""
    command = shutil.which("oxlint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert command, "oxlint is not installed: make install"
    return subprocess.run([command, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=120)


def javascript_functions(folder: Path) -> dict[str, int]:
    """The lines of every function that has a name, as oxlint counts them when none is allowed."""
    none_allowed = folder / "oxlint.json"
    none_allowed.write_text(json.dumps({"rules": {"max-lines-per-function": ["error", {"max": 0}]}}))
    report = json.loads(oxlint("-c", none_allowed, "--format", "json", *scripts()).stdout)
    lengths = {}
    for diagnostic in report["diagnostics"]:
        match = re.match(r"The [\w ]+ `(.+)` has too many lines \((\d+)\)", diagnostic["message"])
        if match:
            lengths[f"{diagnostic['filename']}:{match[1]}"] = int(match[2])
    return lengths


def test_javascript_is_linted_under_the_same_limits():
    done = oxlint("app", "tests")
    assert done.returncode == 0, done.stdout
    rules = json.loads(re.sub(r"^ *//.*", "", (ROOT / ".oxlintrc.json").read_text(), flags=re.MULTILINE))["rules"]
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert rules["max-lines"] == ["error", MOST_FILE_LINES]
    assert rules["max-lines-per-function"] == ["error", MOST_FUNCTION_LINES]
    assert rules["complexity"] == ["error", python["mccabe"]["max-complexity"]]
    assert rules["max-params"] == ["error", python["pylint"]["max-positional-args"]]


def test_the_usual_function_of_javascript_is_short_too(tmp_path: Path):
    lengths = javascript_functions(tmp_path)
    assert len(lengths) > 50
    assert max(lengths.values()) <= MOST_FUNCTION_LINES
    assert statistics.median(lengths.values()) <= 12


def test_javascript_modules_say_what_they_hold_in_short_lines():
    assert len(scripts()) > 10
    assert {shown(path) for path in scripts() if path.stem in FORBIDDEN_NAMES} == set()
    texts = {shown(path): path.read_text(encoding="utf-8").splitlines() for path in scripts()}
    assert {name for name, lines in texts.items() if not lines[0].startswith("// ")} == set()
    assert {name for name, lines in texts.items() if max(map(len, lines)) > MOST_LINE_LENGTH} == set()


def test_no_two_modules_of_the_app_share_a_name():
    """A script of a page may bear the name of the room that it draws on."""
    modules = [path for path in (ROOT / "app").rglob("*.py") if not path.stem.startswith("__")]
    packages = [path.parent.name for path in (ROOT / "app").rglob("__init__.py")]
    names = [path.stem for path in modules if path.parent.name != "views" or path.stem not in packages]
    assert {name: count for name, count in Counter(names + packages).items() if count > 1} == {}


def test_code_is_synchronous():
    """ADR 0006: no async twin of anything; an ASGI middleware is the server's interface, not ours to choose."""
    found = {shown(path) for path in sources() if any(isinstance(n, ast.AsyncFunctionDef) for n in functions(path))}
    assert found <= {"app/guard.py", "app/sign_in/gate.py"}


def test_no_press_of_a_button_can_be_lost():
    """What `if st.button(...)` reads is forgotten when the page runs anew: see `app.bridge.buttons`."""
    pressed = [
        f"{shown(path)}:{node.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("st.button", "st.form_submit_button")
        if not any(keyword.arg == "on_click" for keyword in node.keywords)
    ]
    assert pressed == []
