"""Our JavaScript modules: their addresses on our own server, and how a Streamlit component gets them.

Streamlit takes a component's script as one inline module, which it loads from a blob; inside a blob no relative import
resolves. So the inline module only imports ours by its full address. The address contains a hash of all modules, so
that browsers keep them for good and still never mix two versions. Left out: answering the requests (`routes.scripts`).
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[1]
URL = "alignlab/js"


@cache
def modules() -> Mapping[str, bytes]:
    """The content of every module by its path below `app`."""
    return {path.relative_to(APP).as_posix(): path.read_bytes() for path in sorted(APP.rglob("*.js"))}


@cache
def version() -> str:
    """A hash of all modules with their paths."""
    digest = hashlib.sha256()
    for path, content in modules().items():
        digest.update(f"{path}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def address(path: str) -> str:
    """Where a module is served, from the root of the dashboard. Raises LookupError."""
    if path not in modules():
        raise LookupError(f"There is no module {path}.")
    return f"{URL}/{version()}/{path}"


def component_script(path: str) -> str:
    """The inline script of a component whose default export is that of one of our modules.

    An import from a blob needs an absolute address, and only the browser knows the one it has reached us by.
    """
    return f'const module = await import(new URL("{address(path)}", document.baseURI))\nexport default module.default\n'
