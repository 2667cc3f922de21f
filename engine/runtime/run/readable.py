"""The items that a run's models can read: those whose prompt a chat template refuses are left out, and that is noted.

Left out: how a refusal is found (`engine.data.refusals`).
"""

import logging
from collections.abc import Callable, Iterator, Sequence

from engine.data.refusals import Check, refusals
from engine.spec.blocks import SystemTurn
from storage.records import Item
from words import N_, Explained, Text, english, to_json

log = logging.getLogger(__name__)


class NothingReadable(Explained):
    """A template refuses every prompt, with `cause` for the first."""

    def __init__(self, cause: Text) -> None:
        self.cause = cause
        super().__init__(N_("Not one prompt can be read, so the run can do nothing. {cause}"), cause=to_json(cause))


def readable(
    items: Sequence[Item],
    check: Check,
    system_turn: SystemTurn,
    *,
    note: Callable[[Text], None],
    heartbeat: Callable[[], None],
) -> list[Item]:
    """The items without those that `check` refuses. Raises NothingReadable where it refuses all."""

    def with_heartbeats() -> Iterator[Item]:
        for item in items:
            heartbeat()
            yield item

    refused = refusals(with_heartbeats(), len(items), check, system_turn)
    if not refused.count:
        return list(items)
    if refused.count == len(items):
        raise NothingReadable(refused.refusals[0].cause)
    log.warning("%s", english(refused.text))
    note(refused.text)
    refused_ids = refused.items
    return [item for item in items if item.id not in refused_ids]
