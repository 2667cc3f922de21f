"""The rewards a run file can name. What they compute is in `engine.rewards`."""

from typing import Literal

from engine.spec.fields import Real, Settings, setting
from engine.spec.text import N_


class Component(Settings):
    """One named part of the weighted sum."""

    kind: Literal["polite"] = setting(
        "polite",
        N_("Reward"),
        N_("polite: courtesy, an answer to the topic and no rude words, in English and Chinese, from 0 to 1."),
        labels={"polite": N_("Polite and helpful")},
    )
    weight: Real = setting(1.0, N_("Weight"), N_("Factor of this part in the sum."), ge=-100, le=100)
