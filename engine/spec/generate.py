"""A generate run: one or two models answer prompts, and fill a dataset with items for people to judge.

Left out: what all runs have (`run`), and how the answers are sampled (`engine.runtime.generation`).
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from engine.spec.blocks import Lora, Model
from engine.spec.fields import Real, Settings, Whole, setting
from engine.spec.problems import Problem
from engine.spec.rewards import Component, ReadReward
from engine.spec.run import RunSpec
from words import N_


class AnswerSampling(Settings):
    """How many answers each model gives to a prompt, and how they are sampled."""

    samples: Whole = setting(
        2,
        N_("Answers a prompt"),
        N_("How many answers each model gives to a prompt."),
        ge=1,
        le=16,
        suggested=(2, 4),
    )
    temperature: Real = setting(
        1.0, N_("Temperature"), N_("Below 1 sharpens, above 1 flattens the model; 0 takes the likeliest."), ge=0, le=10
    )
    top_p: Real = setting(1.0, N_("Top p"), N_("Samples from the likeliest tokens that hold this mass."), gt=0, le=1)
    max_new_tokens: Whole = setting(
        128, N_("Longest answer"), N_("Answers are cut here."), ge=1, suggested=(64, 128, 256), unit=N_("tokens")
    )


class Generate(RunSpec):
    """A run that trains nothing: it answers prompts and keeps the answers as items of a dataset."""

    lane = "light"
    field_order: ClassVar[tuple[str, ...]] = (
        *("version", "kind", "name", "model", "against", "data", "prompts", "sampling", "into", "scorer"),
        *("notify", "resources", "seed"),
    )

    kind: Literal["generate"] = setting(
        "generate", N_("Kind"), N_("What the engine does."), labels={"generate": N_("generate")}
    )
    model: Model = setting(Model(), N_("Model"), N_("What answers."))
    against: Model | None = setting(
        None, N_("Against"), N_("A second model, or another checkpoint, that answers the same prompts; null is none.")
    )
    prompts: Whole | None = setting(
        None,
        N_("Prompts"),
        N_("How many of the dataset's different prompts are answered, the first by their hash; null is all."),
        ge=1,
        suggested=(40, 100, 400),
    )
    sampling: AnswerSampling = AnswerSampling()
    into: str = setting(
        ...,
        N_("Into the dataset"),
        N_("The dataset that the answers become items of: a new one, or one that such runs filled."),
        min_length=1,
        max_length=64,
    )
    scorer: ReadReward | None = setting(
        None,
        N_("Scorer"),
        N_(
            "A reward, such as a trained reward model, that scores the answers. The scores stay hidden; where they are "
            "close, people can be asked first."
        ),
        min_length=1,
    )

    def mistakes(self) -> list[Problem]:
        return [*self._of_training(), *self._not_comparable(), *self._no_room()]

    @property
    def default_name(self) -> str:
        return f"answers for {self.into}"

    @property
    def identity(self) -> dict[str, str]:
        return {"kind": self.kind, "into": self.into}

    @property
    def reward_parts(self) -> Iterator[tuple[str, Component]]:
        yield from ((f"scorer.{number}", part) for number, part in enumerate(self.scorer or [], 1))

    @property
    def models(self) -> dict[str, Model]:
        """The models that answer, by the path of their block."""
        return {"model": self.model} | ({} if self.against is None else {"against": self.against})

    @property
    def answers(self) -> int:
        """How many answers an item gets."""
        return len(self.models) * self.sampling.samples

    def _of_training(self) -> Iterator[Problem]:
        """Settings of the shared blocks that only a train run has."""
        for path, model in self.models.items():
            if isinstance(model.adapter, Lora):
                text = N_("A generate run trains nothing: leave {path} out.")
                yield Problem(f"{path}.adapter", (text, {"path": f"{path}.adapter"}))
        if self.data.fraction != 1:
            text = N_("A generate run asks every prompt: leave {path} out, or set prompts to how many it should ask.")
            yield Problem("data.fraction", (text, {"path": "data.fraction"}))
        if self.data.source != "frozen":
            text = N_("A generate run always takes the prompts of the dataset: leave {path} out.")
            yield Problem("data.source", (text, {"path": "data.source"}))

    def _not_comparable(self) -> Iterator[Problem]:
        """Answers of which there is one only, or which are all the same."""
        if self.answers < 2:
            text = N_("There is nothing to compare with one answer: set sampling.samples to 2, or name a second model.")
            yield Problem("sampling.samples", (text, {}))
        elif self.sampling.temperature == 0 and self.sampling.samples > 1:
            text = N_("At temperature 0 a model gives the same answer each time: set sampling.samples to 1.")
            yield Problem("sampling.temperature", (text, {}))
        elif self.sampling.temperature == 0 and self.against == self.model:
            text = N_("At temperature 0 a model gives the same answer each time: name another model in against.")
            yield Problem("against", (text, {}))

    def _no_room(self) -> Iterator[Problem]:
        if self.data.max_prompt_tokens + self.sampling.max_new_tokens > self.data.max_tokens:
            text = N_(
                "data.max_prompt_tokens and sampling.max_new_tokens exceed data.max_tokens together: {most} tokens."
            )
            yield Problem("sampling.max_new_tokens", (text, {"most": self.data.max_tokens}))
