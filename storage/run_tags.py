"""The tags of runs, as they are read and as they are written by hand: `+keep -old`.

Left out: changing them (`run_label_writes`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid
from words import N_
from words.names import unseen_character

LONGEST_TAG = 40
MOST_TAGS = 20


@dataclass(frozen=True)
class TagChanges:
    """Tags to give and tags to take away."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Iterable[str]) -> "TagChanges":
        """Of words as a person writes them: `+keep` gives a tag, `-old` takes one away. Raises Invalid."""
        signed = [(word[:1], checked(word[1:])) for word in words if _is_signed(word)]
        return cls(*(tuple(dict.fromkeys(tag for sign, tag in signed if sign == wanted)) for wanted in "+-"))


def _is_signed(word: str) -> bool:
    if word[:1] not in ("+", "-"):
        raise Invalid(N_("Write +TAG to give a tag and -TAG to take it away, not {tag}."), tag=word)
    return True


def checked(tag: str) -> str:
    """The tag without white space around it. Raises Invalid where it cannot be one."""
    tag = tag.strip()
    if not tag:
        raise Invalid(N_("A tag needs at least one character."))
    if len(tag) > LONGEST_TAG:
        raise Invalid(N_("A tag has at most {most} characters."), most=LONGEST_TAG)
    if character := unseen_character(tag):
        raise Invalid(
            N_("The tag holds the character {character}, which nobody sees: leave it out."), character=character
        )
    return tag


def of_runs(db: Database, run_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The tags of each run in the order of the alphabet; a run without any is left out."""
    table = tables.RunTag
    query = sa.select(table.run_id, table.tag).where(table.run_id.in_(run_ids)).order_by(table.tag)
    tags: dict[str, tuple[str, ...]] = {}
    if run_ids:
        with db.read() as connection:
            for run_id, tag in connection.execute(query):
                tags[run_id] = (*tags.get(run_id, ()), tag)
    return tags


def every_tag(db: Database) -> list[str]:
    """The tags that any run has."""
    tag = tables.RunTag.tag
    with db.read() as connection:
        return list(connection.execute(sa.select(tag).distinct().order_by(tag)).scalars())
