"""What a run's `auto` came to, as its log says it."""

from engine.runtime.run.resolved import Resolved


def test_the_log_says_in_words_what_the_run_goes_with():
    settled = Resolved(
        model="starter",
        ancestors=[(None, "weights.safetensors")],
        device="cpu",
        precision="fp32",
        threads=2,
        micro_batch=4,
        learning_rate=2e-4,
        budget={"tokens": 120_000},
    )
    assert settled.told() == (
        "starter from 1 earlier run(s) on cpu in fp32, 2 thread(s), micro-batches of 4, learning rate 0.0002, "
        "budget 120,000 tokens"
    )
