"""Tables as plain HTML, of rows under a head or of names and values: every cell is escaped.

Left out: rows of a dataset's items (`app.datasets.item_rows`), and putting a table into a page (`live.static`).
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Cell = str | Markup
HELP = '<span class="al-help"'  # the start of `texts.help_mark`


def table(
    heads: Sequence[Cell], rows: Iterable[Sequence[Cell] | Markup], kinds: Sequence[str] = (), name: str = ""
) -> Markup:
    """A table with a head. `kinds` are a class per column: num, soft, wide, act. A row of `spanning` stays as it is."""
    classes = [*kinds, *[""] * (len(heads) - len(kinds))]
    head = Markup("").join(map(_head, classes, heads))
    body = Markup("").join(row if isinstance(row, Markup) else _row(row, heads, classes) for row in rows)
    # one that is wider than its place is scrolled from the keyboard: by what takes the focus in it, else by itself
    focusable = "<a " in head + body or "<button" in body
    scroll = Markup('<div class="al-scroll">') if focusable else Markup('<div class="al-scroll" tabindex="0">')
    return Markup(
        '{scroll}<table class="al-table {name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    ).format(scroll=scroll, name=name, head=head, body=body)


def spanning(content: Markup, columns: int, name: str) -> Markup:
    """A row of one cell over all columns."""
    return Markup('<tr class="{}"><td colspan="{}">{}</td></tr>').format(name, columns, content)


def pairs(rows: Iterable[tuple[Cell, Cell]]) -> Markup:
    """Two columns, name and value, without a head."""
    body = Markup("").join(Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(*row) for row in rows)
    return Markup('<table class="al-table al-pairs"><tbody>{}</tbody></table>').format(body)


def _head(kind: str, cell: Cell) -> Markup:
    """The head of a column; a column without words, such as that of the buttons, has an empty cell in its place."""
    form = '<th class="{}" scope="col">{}</th>' if cell else '<td class="{}">{}</td>'
    return Markup(form).format(kind, cell)


def _row(row: Sequence[Cell], heads: Sequence[Cell], classes: Sequence[str]) -> Markup:
    # data-head lets a phone show each cell under its own heading; a picture or a help mark in it is not for that
    titles = [head.partition(HELP)[0].striptags() if isinstance(head, Markup) else head for head in heads]
    # escaped one by one: Markup.format would take most of the time of a long table
    cells = [
        f'<td class="{escape(kind)}" data-head="{escape(title)}">{escape(cell)}</td>'
        for kind, title, cell in zip(classes, titles, row, strict=True)
    ]
    return Markup("<tr>" + "".join(cells) + "</tr>")
