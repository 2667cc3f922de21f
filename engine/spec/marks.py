"""The hue family and the shape with which each algorithm is drawn. Left out: colours and pixels (`app.theme`)."""

from typing import Literal

Family = Literal["sft", "reward", "dpo", "ppo", "grpo", "gspo"]
"""Algorithms of one family share a hue."""

Shape = Literal["diamond", "triangle-up", "triangle-down", "circle", "circle-open", "square", "bar", "cross", "hexagon"]
"""What stands beside the hue, by Plotly's names (a bar is a square there)."""
