"""A live fragment of a page, as markup in the reader's language: /alignlab/fragments/NAME?language=zh&..."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.bridge.fragment import BadQuery, Build
from app.compare import figures, verdict_section
from app.datasets import quality_strip
from app.launch import preflight_cache
from app.routes.refusals import malformed, refused
from app.runs import (
    engine_status,
    findings_list,
    lineage_graph,
    log_tail,
    machine_facts,
    model_export_jobs,
    queue_list,
    recent,
    run_head,
    running,
    runs_table,
)
from app.settings import usage_table
from app.sign_in.refusal import RefusalResponse
from app.studies import studies_list, study_progress
from app.translations import N_, language_as
from storage.errors import StorageError

_BUILDS: tuple[Build, ...] = (
    engine_status.engine,
    figures.figures,
    figures.summary,
    findings_list.findings_list,
    model_export_jobs.exporting,
    lineage_graph.graph,
    lineage_graph.stages,
    log_tail.log,
    machine_facts.machine,
    preflight_cache.preflight,
    quality_strip.quality,
    queue_list.queue,
    recent.recent_runs,
    run_head.head,
    running.running_now,
    runs_table.table,
    studies_list.studies_table,
    study_progress.study_progress,
    study_progress.study_runs,
    usage_table.usage,
    verdict_section.verdict_figures,
)
FRAGMENTS: dict[str, Build] = {build.__name__: build for build in _BUILDS}


def fragment(request: Request) -> Response:
    """404 for a fragment or a run that is not there, so that a page left open says that it is stale; 400 for a query
    that lacks something or is none of ours; else what `refused` answers. A mistake of ours stays a 500."""
    build = FRAGMENTS.get(request.path_params["name"])
    if build is None:
        return RefusalResponse((N_("There is no such fragment."), {}), 404)
    query = _Query(request.query_params)
    try:
        with language_as(query.pop("language", "en")):
            fresh = build(query)
    except BadQuery as error:
        return malformed(str(error))
    except _Unasked as error:
        return malformed(f"This fragment needs {error}.")
    except StorageError as error:
        return refused(error)
    return JSONResponse(
        {"html": fresh.html, "version": fresh.version, "every": fresh.every}, headers={"Cache-Control": "no-store"}
    )


class _Unasked(LookupError):
    """The query has no such field."""


class _Query(dict[str, str]):
    """The fields of a query, which tells a field that is missing from a mistake of a fragment."""

    def __missing__(self, name: str) -> str:
        raise _Unasked(name)
