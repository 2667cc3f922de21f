"""Our own routes beside Streamlit's: plain functions that Starlette runs in its thread pool."""

from starlette.routing import Route

from app.bridge import javascript
from app.routes import (
    annotation,
    compare_files,
    event_files,
    fragments,
    front_page,
    grouped_points,
    ingest,
    points,
    points_table,
    refusals,
    run_ends,
    run_samples,
    scripts,
    served_workspace,
    token_values,
)
from app.routes.access import readers
from app.sign_in import addresses, pages

ROUTES = [
    Route("/overview", front_page.overview),
    Route("/alignlab/points", readers(points.points)),
    Route("/alignlab/points.csv", readers(points_table.table)),
    Route("/alignlab/groups", readers(grouped_points.points)),
    Route("/alignlab/groups.csv", readers(grouped_points.table)),
    Route("/alignlab/compare.csv", readers(compare_files.figures)),
    Route("/alignlab/verdict.csv", readers(compare_files.verdict)),
    Route("/alignlab/compare.html", readers(compare_files.report)),
    Route("/alignlab/tokens", readers(token_values.tokens)),
    Route("/alignlab/samples/{name}", readers(run_samples.samples)),
    Route("/alignlab/run-ends", readers(run_ends.run_ends)),
    Route("/alignlab/fragments/{name}", readers(fragments.fragment)),
    Route("/alignlab/tensorboard", readers(event_files.download)),
    Route(addresses.INGEST, ingest.ingest, methods=["POST"]),
    Route(addresses.WORKSPACE, served_workspace.workspace),
    Route("/alignlab/annotate/queue", annotation.queue),
    Route("/alignlab/annotate/leave", annotation.leave, methods=["POST"]),
    Route("/alignlab/annotate/judgements", annotation.judgements, methods=["POST"]),
    Route(f"/{javascript.URL}/{{version}}/{{path:path}}", scripts.script),
    Route(addresses.SIGN_IN, pages.sign_in, methods=["GET", "POST"]),
    Route(addresses.INVITATION.rstrip("/"), pages.invitation),
    Route(addresses.INVITATION + "{invitation:path}", pages.invitation, methods=["GET", "POST"]),
    Route(addresses.FIRST_ACCOUNT, pages.first_account, methods=["GET", "POST"]),
    Route(addresses.ACCOUNT, pages.account, methods=["GET", "POST"]),
    Route("/alignlab/{path:path}", refusals.nothing),
]
