"""What tokens were worth, for the lens: /alignlab/tokens?run=ID&step=N&part=PART&prompt=K, or like=KEY for the prompt.

The prompt comes as in lists of samples, its speakers in &language. Left out: what is answered (`app.tokens.lens_view`).
"""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import clients
from app.routes.refusals import malformed, refused
from app.samples import answers
from app.tokens import lens_view
from app.translations import language_as
from storage import runs
from storage.errors import StorageError

NUMBER = re.compile(r"[0-9]{1,9}")
KEY = re.compile(r"[0-9a-f]{16}\.[0-9]{1,6}")


def tokens(request: Request) -> Response:
    """One prompt at a time. 400 for a query that is not one of ours; else what `refused` answers."""
    query = request.query_params
    step, part, prompt, like = (query.get(name) for name in ("step", "part", "prompt", "like"))
    if any(text is not None and not NUMBER.fullmatch(text) for text in (step, prompt)):
        return malformed("A step and a prompt are whole numbers.")
    if like is not None and not KEY.fullmatch(like):
        return malformed("The key of a prompt is one that this route has answered.")
    try:
        choice = lens_view.Choice(_whole(step), lens_view.part_named(part), _whole(prompt), like)
    except ValueError as error:
        return malformed(str(error))
    db = clients.database()
    try:
        run = runs.get(db, query.get("run", ""))
        with language_as(query.get("language", "en")):
            answer = lens_view.view(db, run.id, choice)
            answer["asked"] = answers.prompt(answer.pop("messages"))
    except StorageError as error:
        return refused(error)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)
