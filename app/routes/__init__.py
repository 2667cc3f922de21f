"""Our own routes beside Streamlit's: plain functions that Starlette runs in its thread pool. All but one only read."""

from starlette.routing import Route

from app.bridge import javascript
from app.routes import annotation, fragments, front_page, plotly, points, scripts, served_workspace

ROUTES = [
    Route("/overview", front_page.overview),
    Route("/alignlab/points", points.points),
    Route("/alignlab/fragments/{name}", fragments.fragment),
    Route("/alignlab/workspace", served_workspace.workspace),
    Route("/alignlab/annotate/queue", annotation.queue),
    Route("/alignlab/annotate/judgements", annotation.judgements, methods=["POST"]),
    Route("/alignlab/plotly.min.js", plotly.script),
    Route(f"/{javascript.URL}/{{version}}/{{path:path}}", scripts.script),
]
