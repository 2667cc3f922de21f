"""The policy as a run's checkpoint has it: its adapter apart from the weights it changes, its head beside them.

Left out: which checkpoint that is (`ancestry`), and a policy whose run goes on (`engine.runtime.training.assembly`).
"""

from collections.abc import Sequence
from typing import Literal

from safetensors.torch import load_file

from engine.models.load import Policy, load_policy
from engine.models.model_folder import AncestorCheckpoint, Location
from engine.spec.resolved import Precision


def load_checkpoint(
    location: Location,
    before: Sequence[AncestorCheckpoint],
    own: AncestorCheckpoint | None,
    *,
    head: Literal["shared", "own"] | None,
    device: str = "cpu",
    precision: Precision = "fp32",
) -> Policy:
    """The policy of the run that wrote `own`; `before`, oldest first, are put in ahead of it. Raises ModelProblem.

    `own` is None at a step 0 that only points to the model it started from.
    """
    policy = load_policy(
        location,
        adapter=(own and own.adapter) or "none",
        device=device,
        precision=precision,
        seed=0,  # of weights that are put in next
        head=head,
        ancestors=before,
    )
    if own is not None:
        policy.load_weights(load_file(own.weights))
    return policy
