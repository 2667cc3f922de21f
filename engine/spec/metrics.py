"""Every metric a run can report, declared once: how it is named, read, drawn and reduced over micro-batches.

Names are TRL's wherever TRL has one, so that imported runs lie on the same charts. An undeclared key is an error in
the recorder, so no chart is silently missing. `{component}` in a key stands for the name of a reward component. Left
out: which of them a run reports (`reported`), those of the machine (`machine_metrics`) and of the end evaluation
(`final_metrics`).
"""

import re
from dataclasses import replace

from engine.spec.final_metrics import FINAL
from engine.spec.machine_metrics import MACHINE, PROGRESS, SYSTEM
from engine.spec.metric_declaration import Metric, Section
from words import N_

# what TRL logs of pairs under rewards/ is no part of a reward
_COMPONENT = re.compile(r"(?<=rewards/)(?!(?:chosen|rejected|margins|accuracies)$)[^/]+(?=/mean$|/std$|$)")

_LEARNING = (
    Metric(
        "loss",
        N_("Loss"),
        N_("Loss"),
        N_(
            "What the update minimises. A loss on pairs starts where a model scores that tells no answers apart: "
            "ln 2 = 0.693 for the logistic ones, 1 for hinge, 1/(2β)² for ipo. Near 0 nothing is left to learn from "
            "these pairs."
        ),
        "down",
        rank=9,
    ),
    Metric(
        "mean_token_accuracy",
        N_("Token accuracy"),
        N_("Token accuracy"),
        N_("Share of answer tokens that were the model's first choice."),
        "up",
    ),
    Metric(
        "entropy",
        N_("Entropy"),
        N_("Entropy"),
        N_("How undecided the model is over the next token. Near 0 it always says the same."),
        unit=N_("nats a token"),
    ),
    Metric(
        "rewards/chosen",
        N_("Chosen"),
        N_("Implicit rewards"),
        N_(
            "β times the log-ratio to the reference. Chosen should stay above rejected; when both fall, the model "
            "moves away from the data: a larger β or fewer steps help."
        ),
        "up",
    ),
    Metric(
        "rewards/rejected",
        N_("Rejected"),
        N_("Implicit rewards"),
        N_("β times the log-ratio to the reference of the rejected answers; it should fall."),
        "down",
    ),
    Metric(
        "rewards/margins",
        N_("Margin"),
        N_("Margin"),
        N_("Chosen minus rejected implicit reward. It should grow, then level off."),
        "up",
    ),
    Metric(
        "rewards/accuracies",
        N_("Accuracy"),
        N_("Accuracy"),
        N_(
            "Share of training pairs whose chosen answer has the higher implicit reward; pairs that differ by rounding "
            "alone count one half. 0.5 is chance, and the start."
        ),
        "up",
    ),
    Metric(
        "logps/chosen",
        N_("Chosen"),
        N_("Log-probabilities"),
        N_("Mean summed log-probability of the chosen answers. If it falls far, good answers become unlikely too."),
        "up",
        N_("nats"),
    ),
    Metric(
        "logps/rejected",
        N_("Rejected"),
        N_("Log-probabilities"),
        N_("Mean summed log-probability of the rejected answers."),
        "down",
        N_("nats"),
    ),
    Metric(
        "reward",
        N_("Reward"),
        N_("Reward"),
        N_("Mean reward of the answers sampled for this update. It should rise; watch the held-out reward beside it."),
        "up",
    ),
    Metric("reward_std", N_("Spread of the reward"), N_("Spread of the reward"), N_("Between all sampled answers.")),
    Metric("rewards/{component}/mean", N_("{component}"), N_("Reward parts"), N_("One part of the reward."), "up"),
    Metric("rewards/{component}/std", N_("{component}, spread"), N_("Spread of the reward parts"), N_("Of one part.")),
    *(
        Metric(f"reward/{name}", title, N_("Distribution of the reward"), N_("Over the answers of one rollout."), "up")
        for name, title in (
            ("min", N_("smallest")),
            ("p05", N_("5 %")),
            ("p25", N_("25 %")),
            ("p50", N_("median")),
            ("p75", N_("75 %")),
            ("p95", N_("95 %")),
            ("max", N_("largest")),
        )
    ),
    Metric(
        "frac_reward_zero_std",
        N_("Groups without spread"),
        N_("Groups without spread"),
        N_("Share of groups whose answers all scored alike: they teach nothing. Harder prompts or more heat help."),
        "down",
    ),
    Metric(
        "kl",
        N_("KL to the reference, a token"),
        N_("KL to the reference, a token"),
        N_("Of a token, by the k3 estimate."),
        "down",
        N_("nats a token"),
    ),
    Metric("clip_ratio/low_mean", N_("Clipped below"), N_("Clip fraction"), N_("Share of tokens clipped from below.")),
    Metric("clip_ratio/high_mean", N_("Clipped above"), N_("Clip fraction"), N_("Share of tokens clipped from above.")),
    Metric(
        "clip_ratio/region_mean",
        N_("Clipped"),
        N_("Clip fraction"),
        N_("Share of tokens that the clip kept from moving on. Near 0.5 the steps are as large as is useful."),
    ),
    Metric("ratio/mean", N_("Mean ratio"), N_("Ratio to the old policy"), N_("It stays near 1.")),
    Metric(
        "ratio/max",
        N_("Largest ratio"),
        N_("Ratio to the old policy"),
        N_("A jump says that an update went too far."),
        reduce="max",
    ),
    Metric(
        "completions/mean_length",
        N_("Mean length"),
        N_("Answer length in training"),
        N_("Of sampled answers."),
        unit=N_("tokens"),
    ),
    Metric(
        "completions/max_length",
        N_("Longest"),
        N_("Answer length in training"),
        N_("Of sampled answers."),
        unit=N_("tokens"),
        reduce="max",
    ),
    Metric(
        "completions/mean_answer_length",
        N_("Mean without thinking"),
        N_("Answer length in training"),
        N_("Tokens after the thinking, of answers that close a block of it."),
        unit=N_("tokens"),
    ),
    Metric(
        "completions/clipped_ratio",
        N_("Cut answers"),
        N_("Cut answers"),
        N_("Share of answers that were cut at the longest answer. A rise means the model no longer ends."),
        "down",
    ),
    Metric(
        "completions/empty_ratio",
        N_("Empty answers"),
        N_("Empty answers"),
        N_("Share of answers that ended before they said anything."),
        "down",
    ),
    Metric(
        "sampling/logp_difference/mean",
        N_("Sampler against trainer, mean"),
        N_("Sampler against trainer"),
        N_("Difference of the log-probs recorded while sampling and those of the first update; near 0 is right."),
        "down",
    ),
    Metric(
        "sampling/logp_difference/max",
        N_("Sampler against trainer, largest"),
        N_("Sampler against trainer"),
        N_("Largest difference on one token."),
        "down",
        reduce="max",
    ),
    Metric("pairs/used", N_("Pairs used"), N_("Pairs"), N_("Pairs of this update."), reduce="sum"),
    Metric("pairs/skipped", N_("Pairs skipped"), N_("Pairs"), N_("Ties, and pairs too close together."), reduce="sum"),
    Metric(
        "accuracy",
        N_("Accuracy"),
        N_("Accuracy"),
        N_("Share of pairs scored in the right order; equal scores count one half."),
        "up",
    ),
    Metric("margin", N_("Margin"), N_("Margin"), N_("Mean difference of the scores of a pair."), "up"),
    Metric("min_reward", N_("Lowest score"), N_("Scores"), N_("Of this update."), reduce="min"),
    Metric("mean_reward", N_("Mean score"), N_("Scores"), N_("Of this update.")),
    Metric("max_reward", N_("Highest score"), N_("Scores"), N_("Of this update."), reduce="max"),
    Metric("loss/policy_avg", N_("Policy loss"), N_("Loss parts"), N_("The clipped surrogate alone."), "down"),
    Metric("loss/value_avg", N_("Value loss"), N_("Loss parts"), N_("The critic's error; it should fall."), "down"),
    Metric(
        "val/clipfrac_avg", N_("Clipped values"), N_("Clipped values"), N_("Share of the critic's estimates clipped.")
    ),
    Metric(
        "value/explained_variance",
        N_("Explained variance"),
        N_("Explained variance"),
        N_(
            "How much of what answers earned from each token on the critic foresaw: 1 is perfect, 0 no better than a "
            "constant, below 0 worse. Its own estimates are not part of what was earned."
        ),
        "up",
    ),
    Metric(
        "objective/kl",
        N_("KL of an answer"),
        N_("KL to the reference, an answer"),
        N_(
            "Mean sum of log pi - log ref over sampled answers; of kto over answers put to other prompts, and never "
            "below 0."
        ),
        "down",
        N_("nats an answer"),
    ),
    Metric("kl_coefficient", N_("KL weight"), N_("KL weight"), N_("Moves only where a KL target is set.")),
)

_HELD_OUT = (
    Metric(
        "eval/reward",
        N_("Held-out reward"),
        N_("Held-out reward"),
        N_("Mean reward of answers sampled on held-out prompts: the figure that compares methods."),
        "up",
        rank=1,
        wide=True,
    ),
    Metric(
        "eval/rewards/{component}",
        N_("Held-out {component}"),
        N_("Held-out reward parts"),
        N_("One part of the reward on the same answers."),
        "up",
    ),
    Metric(
        "eval/kl",
        N_("KL to the reference"),
        N_("KL to the reference"),
        N_(
            "How far the model's answers have moved from where it started: the KL of the next token, summed over the "
            "vocabulary and along each answer. Above 20 to 40 text often breaks."
        ),
        "down",
        N_("nats an answer"),
        rank=3,
        judged=False,  # it grows from 0 in every run: whether that is too much is for the reader to weigh
    ),
    Metric(
        "eval/kl_sampled",
        N_("Sampled KL to the reference"),
        N_("KL to the reference"),
        N_("The same from the sampled tokens alone, log π − log ref: it has the same mean and more noise."),
        "down",
        N_("nats an answer"),
        judged=False,
    ),
    Metric(
        "eval/length",
        N_("Answer length"),
        N_("Answer length"),
        N_("Mean tokens of a held-out answer. A doubling may mean that length is being rewarded."),
        unit=N_("tokens"),
        rank=6,
    ),
    Metric(
        "eval/answer_length",
        N_("Answer length without thinking"),
        N_("Answer length"),
        N_("Tokens after the thinking, of answers that close a block of it."),
        unit=N_("tokens"),
    ),
    Metric(
        "eval/distinct_2",
        N_("Diversity"),
        N_("Diversity"),
        N_(
            "Distinct word pairs among 300 of the held-out answers' word pairs, whatever their number; nothing where "
            "they have fewer. A fall means the answers become alike."
        ),
        "up",
        rank=5,
    ),
    Metric(
        "eval/reference_perplexity",
        N_("Perplexity under the reference"),
        N_("Perplexity under the reference"),
        N_("How surprising a token of the held-out answers is to the reference. A rise means the text breaks."),
        "down",
        rank=7,
    ),
    Metric(
        "eval/clipped_ratio",
        N_("Answers cut short"),
        N_("Answers cut short"),
        N_("Share of the held-out answers that reached the longest length without ending."),
        "down",
        rank=8,
    ),
    Metric("eval/loss", N_("Held-out loss"), N_("Held-out loss"), N_("The loss on held-out data."), "down", rank=4),
    Metric(
        "eval/accuracy",
        N_("Held-out accuracy"),
        N_("Held-out accuracy"),
        N_("Share of held-out pairs whose chosen answer gained more than the rejected one; ties count one half."),
        "up",
        rank=2,
    ),
    Metric(
        "eval/margin",
        N_("Held-out margin"),
        N_("Held-out margin"),
        N_("Mean difference of the log-ratios of chosen and rejected, without β."),
        "up",
        N_("nats"),
    ),
)

_TABLES: dict[Section, tuple[Metric, ...]] = {
    "held_out": _HELD_OUT,
    "final": FINAL,
    "learning": _LEARNING,
    "machine": MACHINE,
    "system": SYSTEM,
    "progress": PROGRESS,
}
METRICS: dict[str, Metric] = {
    metric.key: replace(metric, section=section) for section, table in _TABLES.items() for metric in table
}


def metric(key: str) -> Metric:
    """The declaration of a key. KeyError for one that is not declared."""
    return METRICS[general(key)]


def undeclared(key: str) -> Metric:
    """What is known of a metric that only an imported run has: its key, and the section that its prefix names."""
    return Metric(key, key, key, "", section="held_out" if key.startswith("eval/") else "learning")


def at_the_end(key: str) -> str | None:
    """The metric of the end evaluation that a held-out one along the run stands for; None where there is none.

    >>> at_the_end("eval/reward"), at_the_end("eval/rewards/polite"), at_the_end("reward")
    ('final/reward', 'final/rewards/polite', None)
    """
    end = key.replace("eval/", "final/", 1)
    return end if key.startswith("eval/") and general(end) in METRICS else None


def general(key: str) -> str:
    """The key as it is declared: with {component} in place of the name of a part of the reward."""
    return key if key in METRICS else _COMPONENT.sub("{component}", key)
