"""What can be run: every setting, metric, reward and suggestion, declared once. Pydantic only; never torch."""

from engine.spec.algorithms import ALGORITHMS
from engine.spec.blocks import model_block
from engine.spec.chain import Chain, apply_to_stages, is_chain, parse_chain, references
from engine.spec.fields import Setting, settings
from engine.spec.generate import AnswerSampling, Generate
from engine.spec.inert import inert, set_in_vain
from engine.spec.metric_declaration import Metric
from engine.spec.metrics import METRICS, general, metric
from engine.spec.models import known_models, resolve, suggested, suggested_blocks, suggestions
from engine.spec.parse import apply, brief, dump, flat, parse, readable, to_yaml
from engine.spec.presets import CANDIDATES, CHAINS, PRESET_GROUPS, PRESETS, STUDIES, Preset
from engine.spec.problems import Problem, SpecError
from engine.spec.reported import metric_keys
from engine.spec.resolved import Resolved, ResolvedGenerate, ResolvedTrain, RewardOrigin, resolved_path
from engine.spec.run import RunSpec
from engine.spec.study import StudySpec, is_study, parse_study, readable_study
from engine.spec.train import Train
from engine.spec.yaml_text import read_yaml, write_yaml

__all__ = [
    "ALGORITHMS",
    "CANDIDATES",
    "CHAINS",
    "METRICS",
    "PRESETS",
    "PRESET_GROUPS",
    "STUDIES",
    "AnswerSampling",
    "Chain",
    "Generate",
    "Metric",
    "Preset",
    "Problem",
    "Resolved",
    "ResolvedGenerate",
    "ResolvedTrain",
    "RewardOrigin",
    "RunSpec",
    "Setting",
    "SpecError",
    "StudySpec",
    "Train",
    "apply",
    "apply_to_stages",
    "brief",
    "dump",
    "flat",
    "general",
    "inert",
    "is_chain",
    "is_study",
    "known_models",
    "metric",
    "metric_keys",
    "model_block",
    "parse",
    "parse_chain",
    "parse_study",
    "read_yaml",
    "readable",
    "readable_study",
    "references",
    "resolve",
    "resolved_path",
    "set_in_vain",
    "settings",
    "suggested",
    "suggested_blocks",
    "suggestions",
    "to_yaml",
    "write_yaml",
]
