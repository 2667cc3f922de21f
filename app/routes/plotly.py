"""Plotly's script from the installed wheel: the product asks no other server for anything."""

from functools import cache
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse


def script(request: Request) -> FileResponse:
    """The script of the installed version."""
    # a day: an upgrade of plotly must not leave an old script in browsers for long
    return FileResponse(_path(), media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


@cache
def _path() -> Path:
    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
