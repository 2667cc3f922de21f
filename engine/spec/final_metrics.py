"""The metrics of the evaluation at the end of a run: of `eval/NAME`, what it is on the prompts that the run reports on.

They have a value at the last step, and those of sampled answers one at step 0 beside it. Left out: all others
(`metrics`).
"""

from engine.spec.metric_declaration import Metric
from words import N_

FINAL = (
    Metric(
        "final/reward",
        N_("Reward at the end"),
        N_("Reward at the end"),
        N_(
            "Mean reward on the reported prompts, several answers to each: other prompts than those that the best "
            "checkpoint is chosen by. At step 0 the model that the run began with."
        ),
        "up",
    ),
    Metric(
        "final/reward_gain",
        N_("Reward gained"),
        N_("Reward gained"),
        N_(
            "By how much the mean reward on the reported prompts grew since step 0, prompt by prompt. Where its "
            "interval holds 0, nothing says that it grew."
        ),
        "up",
    ),
    Metric(
        "final/rewards/{component}",
        N_("{component} at the end"),
        N_("{component} at the end"),
        N_("One part of the reward on the answers to the reported prompts."),
        "up",
    ),
    Metric(
        "final/kl",
        N_("KL to the reference at the end"),
        N_("KL to the reference at the end"),
        N_("The KL of the next token, summed over the vocabulary and along each answer to the reported prompts."),
        "down",
        N_("nats an answer"),
        judged=False,
    ),
    Metric(
        "final/kl_sampled",
        N_("Sampled KL at the end"),
        N_("Sampled KL at the end"),
        N_("The same from the sampled tokens alone, log π − log ref: it has the same mean and more noise."),
        "down",
        N_("nats an answer"),
        judged=False,
    ),
    Metric(
        "final/length",
        N_("Answer length at the end"),
        N_("Answer length at the end"),
        N_("Mean tokens of an answer to the reported prompts."),
        unit=N_("tokens"),
    ),
    Metric(
        "final/answer_length",
        N_("Answer length without thinking at the end"),
        N_("Answer length without thinking at the end"),
        N_("Tokens after the thinking, of answers that close a block of it."),
        unit=N_("tokens"),
    ),
    Metric(
        "final/distinct_2",
        N_("Diversity at the end"),
        N_("Diversity at the end"),
        N_("Distinct word pairs among 300 of the word pairs of the answers to the reported prompts."),
        "up",
    ),
    Metric(
        "final/reference_perplexity",
        N_("Perplexity under the reference at the end"),
        N_("Perplexity under the reference at the end"),
        N_("How surprising a token of the answers to the reported prompts is to the reference."),
        "down",
    ),
    Metric(
        "final/clipped_ratio",
        N_("Answers cut short at the end"),
        N_("Answers cut short at the end"),
        N_("Share of the answers to the reported prompts that reached the longest length without ending."),
        "down",
    ),
    Metric(
        "final/loss",
        N_("Loss at the end"),
        N_("Loss at the end"),
        N_("The loss on the data of the reported prompts."),
        "down",
    ),
    Metric(
        "final/accuracy",
        N_("Accuracy at the end"),
        N_("Accuracy at the end"),
        N_("Share of the reported prompts' pairs whose chosen answer gained more than the rejected one."),
        "up",
    ),
    Metric(
        "final/margin",
        N_("Margin at the end"),
        N_("Margin at the end"),
        N_("Mean difference of the log-ratios of chosen and rejected on the reported prompts, without β."),
        "up",
        N_("nats"),
    ),
)
