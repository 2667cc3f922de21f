"""Weights that are no numbers are found in their files, whatever kind of floats they are."""

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.models import weight_scan
from engine.models.catalogue import STARTER
from engine.models.model_folder import ModelProblem, inspect
from engine.models.weight_scan import check_numbers

NAME = "model.layers.1.mlp.up_proj.weight"


@pytest.fixture
def copy(folder, tmp_path):
    """A model folder that a test may spoil."""
    return shutil.copytree(folder, tmp_path / "copy")


def spoil(folder, value, *, kind=torch.float32, name=NAME, index=-1):
    """Save the weights in another kind of floats, one number of them replaced."""
    weights = {key: weight.to(kind) for key, weight in load_file(folder / "model.safetensors").items()}
    weights[name].view(-1)[index] = value
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_one_number_that_is_none_names_its_tensor(copy, kind, value):
    spoil(copy, value, kind=kind)
    with pytest.raises(ModelProblem) as raised:
        check_numbers(inspect("spoilt", copy))
    assert str(raised.value) == f"The weights of spoilt hold NaN or infinity: {NAME}."


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_the_largest_and_smallest_numbers_of_a_kind_are_numbers(copy, kind):
    limits = torch.finfo(kind)
    for index, value in enumerate((limits.max, limits.min, limits.tiny, -0.0)):
        spoil(copy, value, kind=kind, index=index)
    check_numbers(inspect("fine", copy))


def test_a_number_in_any_piece_of_a_tensor_is_seen(copy, monkeypatch):
    monkeypatch.setattr(weight_scan, "PIECE", 24)  # 6 numbers
    for index in (0, 5, 6, 700):
        weights = load_file(copy / "model.safetensors")
        spoil(copy, float("nan"), index=index)
        with pytest.raises(ModelProblem, match=r"up_proj\.weight"):
            check_numbers(inspect("spoilt", copy))
        save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})


def test_a_mask_may_hold_minus_infinity(copy):
    weights = load_file(copy / "model.safetensors")
    weights["model.layers.0.attn.masked_bias"] = torch.tensor(-torch.inf)
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    check_numbers(inspect("fine", copy))


def test_a_file_is_read_once_until_it_changes(copy, monkeypatch):
    scanned = []
    monkeypatch.setattr(weight_scan, "_is_finite", lambda *arguments: scanned.append(arguments) or True)
    check_numbers(inspect("one", copy))
    count = len(scanned)
    check_numbers(inspect("one", copy))
    assert count == len(scanned) > 0
    spoil(copy, 1.0)
    check_numbers(inspect("one", copy))
    assert len(scanned) == 2 * count


def test_weights_beyond_the_limit_are_left_to_the_worker(copy, monkeypatch):
    spoil(copy, float("nan"))
    monkeypatch.setattr(weight_scan, "MOST_BYTES", 1000)
    check_numbers(inspect("large", copy))


def test_the_starter_is_whole():
    check_numbers(inspect("starter", STARTER))
