"""Which items of a dataset a person looks at, changes at once, or opens a round with.

Left out: finding them (`storage.working_copy`).
"""

from dataclasses import dataclass

FACETS = ("topic", "tag", "flag", "origin", "script", "defect")
"""What items are labelled with."""


@dataclass(frozen=True)
class ItemFilter:
    """The live items that hold all searched words and carry each label that is named; without any condition, all."""

    search: str | None = None
    topic: str | None = None
    tag: str | None = None
    flag: str | None = None
    origin: str | None = None
    script: str | None = None
    defect: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """facet -> the label that an item must have."""
        labels = {facet: getattr(self, facet) for facet in FACETS}
        return {facet: label for facet, label in labels.items() if label is not None}
