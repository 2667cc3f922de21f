"""The order in which training passes over its data: every epoch a new permutation, the same on every machine.

A position is all there is to resume from. Left out: what the numbers stand for (`engine.data.items`).
"""

import hashlib


class Order:
    """An endless stream of indices below `count`: position p of epoch e is a permutation keyed by (seed, e)."""

    def __init__(self, count: int, seed: int) -> None:
        if count < 1:
            raise ValueError("an order needs at least one element")
        self.count = count
        self._seed = seed
        self._epoch = -1
        self._permutation: list[int] = []

    def __getitem__(self, position: int) -> int:
        """The index at a position of the stream, counted over all epochs."""
        epoch, offset = divmod(position, self.count)
        if epoch != self._epoch:
            self._epoch, self._permutation = epoch, self._shuffled(epoch)
        return self._permutation[offset]

    def _shuffled(self, epoch: int) -> list[int]:
        # Sorting by a hash does not depend on the version of a random library, so old runs can be repeated.
        return sorted(range(self.count), key=lambda index: _key(self._seed, epoch, index))


def _key(seed: int, epoch: int, index: int) -> bytes:
    return hashlib.blake2b(f"{seed}/{epoch}/{index}".encode(), digest_size=16).digest()
