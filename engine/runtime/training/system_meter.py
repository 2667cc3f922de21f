"""What the training process takes of its machine, read between two steps: some 50 microseconds a reading.

Left out: other processes of the machine, and when it is read.
"""

from collections.abc import Mapping

import psutil
import torch


class SystemMeter:
    """Called, it gives memory now, or the most that was held on a GPU, and processor time since the last call."""

    def __init__(self, device: torch.device) -> None:
        self._on_gpu = device.type == "cuda"
        self._device = device
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first reading has nothing to compare with, and is 0

    def __call__(self) -> Mapping[str, float]:
        process_mb = float(self._process.memory_info().rss) / 2**20
        processor = {"cpu_percent": self._process.cpu_percent()}
        if not self._on_gpu:
            return {"memory_mb": process_mb, **processor}
        held = float(torch.cuda.max_memory_allocated(self._device)) / 2**20
        return {"memory_mb": held, "process_memory_mb": process_mb, **processor}
