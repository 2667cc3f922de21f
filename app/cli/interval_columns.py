"""How commands write the 95 % interval of a point: as keys of JSON, and as columns of a table."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.records import Interval

HEADS = ("95 % INTERVAL", "OVER")


def keys(interval: "Interval | None") -> dict[str, float | None]:
    """`low` and `high`; null where no interval is kept."""
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def cells(interval: "Interval | None") -> tuple[str, str]:
    """The interval, and what it is over; empty where none is kept."""
    if interval is None:
        return "", ""
    return f"{interval.low:.4g} to {interval.high:.4g}", f"{interval.prompts} prompts, {interval.answers} answers"
