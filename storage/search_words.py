"""The words that a search looks for, of which there are only so many: each costs the database a look at every row."""

from storage.item_content import normal

LONGEST = 500  # characters of a search
MOST = 20


def search_words(text: str) -> list[str]:
    """The first words of what was typed, as the searched texts have them."""
    return normal(text[:LONGEST]).split()[:MOST]
