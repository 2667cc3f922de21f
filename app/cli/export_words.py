"""What the command line says about a written file: which items have no row in it, and why."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from words import english

if TYPE_CHECKING:
    from storage.exports import ExportReport

SHOWN_REASONS = 5
MOST_LISTED = 1000


def warnings(report: "ExportReport") -> Iterator[str]:
    """A line for the person, beside the answer, where items are left out; equal reasons once, with their count."""
    reasons = Counter(english(each.reason) for each in report.left_out)
    shown = [f"{count}: {reason}" for reason, count in reasons.most_common(SHOWN_REASONS)]
    if shown:
        rest = len(report.left_out) - sum(count for _, count in reasons.most_common(SHOWN_REASONS))
        yield f"{len(report.left_out)} items have no row. {' '.join(shown)}{f' And {rest} more.' if rest else ''}"


def as_json(report: "ExportReport") -> dict[str, Any]:
    """The report as `--json` answers it; it names a thousand of the items that have no row."""
    return {
        "rows": report.rows,
        "left_out": [
            {"row": each.place, "item": each.item, "problem": english(each.reason), "unfit": each.unfit}
            for each in report.left_out[:MOST_LISTED]
        ],
        "left_out_count": len(report.left_out),
    }
