"""The metrics of how a run trains: its optimizer and its data, how far it is, and what it takes of the machine.

Left out: what it learns (`metrics`).
"""

from engine.spec.metric_declaration import Metric
from words import N_

MACHINE = (
    Metric(
        "learning_rate",
        N_("Learning rate"),
        N_("Learning rate"),
        N_("Rises through the warm-up, then follows the schedule over the budget."),
    ),
    Metric(
        "grad_norm",
        N_("Gradient norm"),
        N_("Gradient norm"),
        N_("Before clipping. Steady is good; a sudden rise by ten or more often comes before a run breaks."),
    ),
    Metric("num_tokens", N_("Tokens"), N_("Tokens"), N_("Prompt and response tokens trained on so far."), reduce="sum"),
    Metric(
        "generated_tokens", N_("Generated tokens"), N_("Tokens"), N_("Tokens sampled so far in training."), reduce="sum"
    ),
    Metric(
        "data/skipped",
        N_("Skipped examples"),
        N_("Skipped examples"),
        N_(
            "Examples left out so far: no answer was left after cutting to the longest example, or their whole batch "
            "had nothing to compare."
        ),
        "down",
        reduce="sum",
    ),
)

PROGRESS = (
    Metric("num_samples", N_("Samples"), N_("Samples"), N_("Responses trained on so far."), reduce="sum"),
    Metric(
        "train_seconds",
        N_("Training time"),
        N_("Training time"),
        N_("Time of rollouts and updates so far, over all attempts, without loading, evaluations and pauses."),
        unit=N_("s"),
        reduce="sum",
    ),
)
"""What curves are drawn along; no charts of their own."""

SYSTEM = (
    Metric(
        "tokens_per_second", N_("Tokens per second"), N_("Tokens per second"), N_("Tokens trained on per second."), "up"
    ),
    Metric(
        "samples_per_second",
        N_("Samples per second"),
        N_("Samples per second"),
        N_("Responses trained on per second."),
        "up",
    ),
    Metric(
        "seconds_per_step", N_("Seconds per step"), N_("Seconds per step"), N_("Time of one update."), "down", N_("s")
    ),
    Metric("memory_mb", N_("Memory"), N_("Memory"), N_("Held now; on a GPU, the most so far."), "down", "MB", "max"),
    Metric(
        "cpu_percent",
        N_("Processor"),
        N_("Processor"),
        N_("Of the training process since the step before; 100 % is one core kept busy."),
        unit="%",
    ),
    Metric(
        "process_memory_mb",
        N_("Memory of the process"),
        N_("Memory of the process"),
        N_("Held by the training process beside the memory of its GPU."),
        "down",
        "MB",
        "max",
    ),
)
