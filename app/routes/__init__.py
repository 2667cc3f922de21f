"""Our own routes beside Streamlit's: plain functions that Starlette runs in its thread pool. All of them only read."""

from starlette.routing import Route

from app.routes import front, parts, plotly, points

ROUTES = [
    Route("/overview", front.overview),
    Route("/alignlab/points", points.points),
    Route("/alignlab/parts/{name}", parts.part),
    Route("/alignlab/plotly.min.js", plotly.script),
]
