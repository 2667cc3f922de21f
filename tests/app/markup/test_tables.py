"""Tables as a screen reader and a keyboard meet them."""

from markupsafe import Markup

from app.markup import tables

LINK = Markup('<a href="run?id=a">first</a>')


def test_a_column_without_words_has_no_head() -> None:
    assert '<tr><th class="" scope="col">Run</th><td class="al-act"></td></tr>' in tables.table(
        ["Run", ""], [["first", "✕"]], kinds=["", "al-act"]
    )


def test_a_table_takes_the_focus_where_nothing_in_it_does() -> None:
    assert '<div class="al-scroll" tabindex="0">' in tables.table(["Run"], [["first"]])
    assert '<div class="al-scroll">' in tables.table(["Run"], [[LINK]])


def test_what_a_person_wrote_is_no_link() -> None:
    assert '<div class="al-scroll" tabindex="0">' in tables.table(["Run"], [['<a href="x">first</a>']])
