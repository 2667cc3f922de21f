"""The estimate names the precision that `auto` will come to, though it decides without torch."""

import pytest
import torch

from engine.runtime.preflight import estimate
from engine.runtime.run import resolve


@pytest.mark.parametrize(("device", "precision"), [("cpu", "fp32"), ("cuda", "bf16"), ("cuda:1", "bf16")])
def test_the_estimate_and_the_first_attempt_agree(monkeypatch: pytest.MonkeyPatch, device: str, precision: str):
    """torch emulates bf16 on GPUs before Ampere, so it holds for every GPU that torch runs on."""
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert estimate.auto_precision(device) == resolve._precision("auto", device) == precision
