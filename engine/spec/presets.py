"""Run files to start from: single ones, the four demos of the article, and four methods on equal terms.

Left out: where they are offered (Overview, Launch, Studies).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.spec.models import suggested_blocks
from engine.spec.parse import RunFile
from words import N_


@dataclass(frozen=True)
class Preset:
    """Run files that belong together. `differences`: where they part from what they are named after."""

    title: str
    about: str
    files: Mapping[str, RunFile]  # by name
    differences: tuple[str, ...] = ()


def _run(name: str, algorithm: str, **blocks: Any) -> dict[str, RunFile]:
    base = {"name": name, "algorithm": algorithm, "model": {"name": "starter"}, "data": {"dataset": "polite-weather"}}
    return {name: base | blocks}


def _demo(name: str, algorithm: str, source: str, **blocks: Any) -> dict[str, RunFile]:
    """A demo of the article: its kind of prompts, to train and to evaluate on, its two rules, 20 steps."""
    return _run(
        name,
        algorithm,
        data={"dataset": "polite-weather", "filter": "article", "source": source},
        optimizer={"batch_size": 4},
        budget={"steps": 20},
        evaluation={"every": 10, "prompts": 8, "reward": [{"kind": "article_rule"}, {"kind": "article_quality"}]},
        **blocks,
    )


def _equal(algorithm: str) -> dict[str, RunFile]:
    """One of four methods on equal terms: only what the model suggests for the method differs, never the budget."""
    terms = {
        "reward": [{"kind": "polite"}],
        "budget": {"tokens": 120_000},
        "evaluation": {"every": 20, "prompts": 64, "reward": [{"kind": "polite"}]},
    }
    return _run(f"fair-{algorithm}", algorithm, **(suggested_blocks("starter", algorithm) | terms))


PRESET_GROUPS: dict[str, Preset] = {
    "polite": Preset(
        N_("First steps"),
        N_("The starter learns to answer politely, from pairs that come with it."),
        _run("polite-dpo", "dpo") | _run("polite-sft", "sft"),
    ),
    "article": Preset(
        N_("The article's four demos"),
        N_("PPO, DPO and the article's forms of GRPO and GSPO, on its kind of prompts, with its rules, for 20 steps."),
        _demo(
            "article-ppo",
            "ppo",
            "sampled",
            reward=[{"kind": "article_rule"}],
            gamma=0.99,
            sampling={"group_size": 4, "epochs": 2},
        )
        | _demo("article-dpo", "dpo", "frozen", beta=0.1)
        | _demo(
            "article-grpo",
            "grpo_pairwise",
            "sampled",
            reward=[{"kind": "article_quality"}],
            beta=0.1,
            sampling={"group_size": 4},
        )
        | _demo(
            "article-gspo",
            "gspo_selective",
            "sampled",
            reward=[{"kind": "article_quality"}],
            beta=0.1,
            tau=0.2,
            sampling={"group_size": 4},
        ),
        (
            N_("The starter takes the place of gpt2, with its own learning rate: at 1e-5 it would stand still."),
            N_("Prompts and answers are new ones of the article's kind: the items of polite-weather tagged article."),
            N_("GRPO and GSPO learn from groups that they sample from the model while it learns."),
            N_(
                "The losses are right where the article's code is not: only the answer's own tokens count, ties teach "
                "nothing, the critic is trained as one, and dropout is off."
            ),
            N_("Progress is judged by both rules, on answers to the article's prompts, not on the training loss."),
            N_("These prompts are trained on as well: there are eight, too few to hold some out."),
        ),
    ),
    "fair-quartet": Preset(
        N_("Four methods on equal terms"),
        N_("DPO, PPO, GRPO and GSPO with the same model, prompts, reward, budget in tokens and evaluation."),
        _equal("dpo") | _equal("ppo") | _equal("grpo") | _equal("gspo"),
        (
            N_("DPO learns from the pairs that come with the prompts; the others from answers they sample to them."),
            N_("Tokens are those that pass through updates: the time that sampling takes comes on top."),
            N_("One run of each shows how to compare, not which method is best: other seeds may turn the order round."),
            N_("The budget is smaller than what each method's settings were tuned for, GRPO's most."),
        ),
    ),
}

PRESETS: dict[str, RunFile] = {name: file for group in PRESET_GROUPS.values() for name, file in group.files.items()}


def _stage(algorithm: str, **blocks: Any) -> RunFile:
    """A stage that is called like its method, with what the starter suggests for it: it stands at the root."""
    return {"name": algorithm, "algorithm": algorithm, **suggested_blocks("starter", algorithm), **blocks}


STUDIES: dict[str, RunFile] = {
    "fair-quartet": {
        "name": "fair quartet",
        "base": {
            "model": {"name": "starter"},
            "data": {"dataset": "polite-weather"},
            "reward": [{"kind": "polite"}],
            "evaluation": {"every": 20, "prompts": 64, "reward": [{"kind": "polite"}]},
        },
        "algorithms": ["dpo", "ppo", "grpo", "gspo"],
        "seeds": [0, 1, 2],
        "budget": {"tokens": 120_000},
    },
}
"""Study files, by name: four methods on equal terms, each with three seeds."""

CHAINS = Preset(
    N_("Methods in a row"),
    N_("Linked runs on the starter: each stage starts from the weights of an earlier one, and waits for it."),
    {
        "sft-reward-ppo": {
            "data": {"dataset": "polite-weather"},
            "stages": [
                _stage("sft"),
                _stage("reward", model={"from": "stage:sft"}),
                _stage(
                    "ppo",
                    model={"from": "stage:sft"},
                    reward=[{"kind": "learned", "from": "stage:reward"}],
                    kl_coefficient=0.2,  # of scores that are not from 0 to 1
                    evaluation={"reward": [{"kind": "polite"}]},
                ),
            ],
        },
        "dpo-grpo": {
            "data": {"dataset": "polite-weather"},
            "reward": [{"kind": "polite"}],
            "stages": [_stage("dpo"), _stage("grpo", model={"from": "stage:dpo"})],
        },
    },
)
"""Files of stages, by name: each becomes several runs, so they stand apart from the run files of one."""

CANDIDATES: RunFile = {
    "name": "polite-candidates",
    "kind": "generate",
    "model": {"name": "starter"},
    "data": {"dataset": "polite-weather"},
    "prompts": 40,
    "sampling": {"samples": 2},
    "into": "candidates",
}
"""A first dataset to judge: two answers of the starter to each of forty prompts. No train run, so it stands apart."""
