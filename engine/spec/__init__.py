"""What can be run: every setting, metric, reward and suggestion, declared once. Pydantic only; never torch."""

from engine.spec.algorithms import ALGORITHMS
from engine.spec.fields import Setting, settings
from engine.spec.metrics import METRICS, Metric, general, metric, metric_keys
from engine.spec.models import known_models, resolve, suggested, suggestions
from engine.spec.parse import apply, brief, dump, parse, read_yaml, to_yaml
from engine.spec.presets import PRESET_GROUPS, PRESETS, Preset
from engine.spec.problems import Problem, SpecError
from engine.spec.run import Train
from engine.spec.text import Text, english, is_text

__all__ = [
    "ALGORITHMS",
    "METRICS",
    "PRESETS",
    "PRESET_GROUPS",
    "Metric",
    "Preset",
    "Problem",
    "Setting",
    "SpecError",
    "Text",
    "Train",
    "apply",
    "brief",
    "dump",
    "english",
    "general",
    "is_text",
    "known_models",
    "metric",
    "metric_keys",
    "parse",
    "read_yaml",
    "resolve",
    "settings",
    "suggested",
    "suggestions",
    "to_yaml",
]
