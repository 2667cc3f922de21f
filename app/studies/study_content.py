"""A study's form as a file: what the fields hold, over the file that the form was filled from. No Streamlit.

Whatever of that file the form has no field for (rewards, settings of single methods, ranges of a search) stays as it
is. Left out: drawing the fields (`study_form`).
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from engine.spec import parse_study

FRACTION = "data.fraction"
UNITS = ("tokens", "steps", "samples", "seconds")
SEARCHES = ("none", "grid", "random", "tpe")
FRACTIONS = (0.1, 0.25, 0.5, 1.0)
MOST_SEEDS = 10


@dataclass(frozen=True)
class Content:
    """What the fields hold. `seeds` is how many, `fractions` are the shares of the data that are compared; `model` is
    empty where the study starts from a run."""

    name: str
    algorithms: tuple[str, ...]
    dataset: str | None
    model: str
    unit: str
    amount: int
    seeds: int
    prompts: int
    fractions: tuple[float, ...]
    search: str
    trials: int


def content(file: Mapping[str, Any]) -> Content:
    """The fields for a study file. Raises SpecError."""
    spec = parse_study(file)
    plain = spec.plain(spec.algorithms[0])
    return Content(
        spec.name or "",
        tuple(spec.algorithms),
        plain.data.dataset,
        plain.model.name or "",
        spec.budget.unit,
        round(spec.budget.amount),
        len(spec.seeds),
        plain.evaluation.prompts,
        tuple(spec.vary.get(FRACTION, (1.0,))),
        "none" if spec.search is None else spec.search.kind,
        (spec.search.trials if spec.search is not None else None) or 8,
    )


def study_file(fields: Content, base: Mapping[str, Any]) -> dict[str, Any]:
    """The study file of the fields, over the file that the form was filled from."""
    file = deepcopy(dict(base))
    run = file["base"] = dict(file.get("base", {}))
    if fields.model:  # else it starts from a run
        run["model"] = {key: kept for key, kept in run.get("model", {}).items() if key != "from"} | {
            "name": fields.model
        }
    data = dict(run.get("data", {}))
    if data.get("dataset") != fields.dataset:
        data.pop("version", None)
    run["data"] = data | {"dataset": fields.dataset}
    run["evaluation"] = dict(run.get("evaluation", {})) | {"prompts": fields.prompts}
    file |= {"algorithms": list(fields.algorithms), "budget": {fields.unit: int(fields.amount)}}
    file["methods"] = {name: block for name, block in file.get("methods", {}).items() if name in fields.algorithms}
    file["vary"] = _varied(file.get("vary", {}), fields)
    file["search"] = _search(file.get("search"), fields)
    if len(file.get("seeds", ())) != fields.seeds:
        file["seeds"] = list(range(fields.seeds))
    file["name"] = fields.name or None
    return {key: value for key, value in file.items() if value not in (None, {})}


def _varied(vary: Mapping[str, Any], fields: Content) -> dict[str, Any]:
    """Without settings of methods that were taken out, and with the shares of the data."""
    varied = {
        key: value
        for key, value in vary.items()
        if key != FRACTION and (not isinstance(value, Mapping) or "from" in value or key in fields.algorithms)
    }
    return varied | ({FRACTION: list(fields.fractions)} if set(fields.fractions) - {1.0} else {})


def _search(search: Mapping[str, Any] | None, fields: Content) -> dict[str, Any] | None:
    """A search of the chosen kind; a whole grid needs no number of trials."""
    if fields.search == "none":
        return None
    former = dict(search) if search and search.get("kind", "random") == fields.search else {}
    trials = {} if fields.search == "grid" else {"trials": fields.trials}
    return former | {"kind": fields.search} | trials
