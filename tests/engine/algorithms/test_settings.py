"""Every setting of an algorithm's own changes what a run learns: examples, targets, loss, optimizer, critic, sampling.

The tests run over the registry and derive the values they try from the declarations, so that a new algorithm is covered
by being declared. Left out: settings that all algorithms share, and whether a change is the right one (each algorithm's
own tests).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from engine import algorithms
from engine.algorithms import dpo
from engine.batch import Batch
from engine.data.items import examples
from engine.models.load import Policy, _head
from engine.runtime.training.learner import Learner
from engine.spec import ALGORITHMS, Setting, Train, parse, settings
from engine.spec.problems import SpecError
from storage.records import Item, Preference, Response
from tests.engine.batches import gradients, invent

PROMPT = ({"role": "user", "content": "Why?"},)
ITEMS = [
    Item("scored", PROMPT, (Response("a", "a", 0.9), Response("b", "b", 0.5), Response("c", "c", 0.1))),
    Item("pair", PROMPT, (Response("a", "a"), Response("b", "b")), (Preference("a", "b", strength=0.5),)),
    Item("labelled", PROMPT, (Response("a", "a", label=True), Response("b", "b", label=False))),
]
NUMBERS = {"real": (0.25, 0.5, 2.0), "whole": (2, 50)}  # each setting takes one of them at least

Values = Mapping[str, Any]


def own(algorithm: str) -> list[Setting]:
    """The settings that not every run has."""
    every = settings(ALGORITHMS[algorithm])
    return [setting for setting in every if setting.path.split(".")[0] not in Train.model_fields]


@pytest.mark.parametrize(
    ("algorithm", "path"), [(algorithm, setting.path) for algorithm in ALGORITHMS for setting in own(algorithm)]
)
def test_every_setting_of_its_own_changes_what_is_learned(algorithm: str, path: str) -> None:
    assert any(observed(spec) != observed(changed) for spec, changed in trials(algorithm, path))


def test_a_setting_that_nothing_reads_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pair_loss = dpo.pair_loss
    monkeypatch.setattr(dpo, "pair_loss", lambda h, spec: pair_loss(h, spec.model_copy(update={"beta": 0.1})))
    assert not any(observed(spec) != observed(changed) for spec, changed in trials("dpo", "beta"))


def trials(algorithm: str, path: str) -> Iterator[tuple[Train, Train]]:
    """Two specs that differ in one setting: beside the defaults, then beside each other value of each other setting."""
    values = {setting.path: list(alternatives(setting)) for setting in own(algorithm)}
    companions = [{other: value} for other in values if other != path for value in values[other]]
    for companion, value in product([{}, *companions], values[path]):
        with suppress(SpecError):  # some settings bind each other
            yield parsed(algorithm, companion), parsed(algorithm, {**companion, path: value})


def alternatives(setting: Setting) -> Iterator[Any]:
    """Values that a setting may take beside its default."""
    candidates = {"choice": setting.choices, "switch": (True, False), **NUMBERS}[setting.kind]
    yield from (value for value in candidates if value != setting.default)


def parsed(algorithm: str, values: Values) -> Train:
    return parse({"algorithm": algorithm, "data": {"dataset": "any"}, **values})


def observed(spec: Train) -> dict[str, Any]:
    """What a run with these settings trains on and does, as plain values."""
    amounts = (spec.passes, spec.rollout_prompts, spec.completions)
    return {"examples": examples(ITEMS, spec), "amounts": amounts, **learning(spec), "weights": weights(spec)}


def learning(spec: Train) -> dict[str, Any]:
    """Loss, gradients and targets of an invented batch. Metrics are left out: they change nothing."""
    algorithm = algorithms.load(spec.algorithm)
    batch = invent()
    totals = algorithm.totals(batch, spec)
    outcome = {"targets": targets(algorithm, spec) if spec.batch == "trajectories" else None}
    if not any(totals.values()):  # the loop passes over such an update
        return outcome
    batch = Batch(**{**vars(batch), "totals": totals})
    loss = algorithm.loss(batch, spec).loss
    assert loss.isfinite()
    loss.backward()
    return {**outcome, "loss": loss.item(), "gradients": [tensor.tolist() for tensor in gradients(batch, spec)]}


def targets(algorithm: Any, spec: Train) -> Any:
    """The targets of an invented rollout, and what the next rollout goes on from."""
    outcome = algorithm.targets(invent(), spec, {})
    return {name: tensor.tolist() for name, tensor in outcome.values.items()}, outcome.carry


def weights(spec: Train) -> list[tuple[int, float, float]]:
    """The number of weights that learn alike, their rate and their decay: a critic's and its trunk's among them."""
    head = _head(model(), spec.head) if spec.head else None
    policy = Policy(model(), None, torch.device("cpu"), "fp32", "", head, packs_prompts=False, _reload=model)
    learner = Learner(SimpleNamespace(policy=policy), spec, micro_batch=1, heartbeat=lambda: None)
    return [
        (sum(weight.numel() for weight in group["params"]), group["rate"], group["weight_decay"])
        for group in learner._optimizer.param_groups
    ]


@cache
def model() -> LlamaForCausalLM:
    sizes = {"vocab_size": 8, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1}
    return LlamaForCausalLM(LlamaConfig(**sizes, num_attention_heads=1))
