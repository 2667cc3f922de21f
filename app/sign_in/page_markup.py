"""The pages of sign-in as plain HTML: signing in, accepting an invitation, and the own account.

Everything in them is escaped by `Markup.format`; they hold no script. Left out: carrying out what is sent back
(`app.sign_in.pages`).
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from app import theme
from app.actions.permissions import ROLE_MEANINGS, ROLE_NAMES
from app.markup import texts
from app.people import Person
from app.sign_in import addresses
from app.translations import LANGUAGES, _, current_language
from storage.people.passwords import SHORTEST
from storage.people.people_records import Invitation
from words import Text

PRODUCT = "AlignLab"  # the same in every language
_PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    "<title>{title} · {product}</title><style>{style}</style></head><body><main>{logo}<h1>{title}</h1>{body}"
    "<footer>{footer}</footer></main></body></html>"
)
_FIELD = Markup(
    '<label for="{name}">{label}</label><input id="{name}" name="{name}" type="{type}" autocomplete="{fill}" '
    'value="{value}" maxlength="200" required{more}>'
)
_FORM = Markup(
    '<form method="post"><input type="hidden" name="form" value="{token}">'
    '<input type="hidden" name="do" value="{do}">{fields}<button class="{look}">{button}</button></form>'
)


@dataclass(frozen=True)
class Shown:
    """What a page of sign-in has to say beside its form: the form's token, and the answer to what was sent before."""

    token: str
    refusal: Text | None = None
    done: str = ""


def sign_in(shown: Shown, name: str, target: str) -> Markup:
    """The form for name and password; `name` is what was written before."""
    fields = _field("name", _("Name"), fill="username", value=name, first=not name)
    fields += _field("password", _("Password"), fill="current-password", first=bool(name))
    advice = Markup("<p>{}</p>").format(_("Your name and password, from this workspace's admin."))
    query = {"next": target} if target != "/" else {}
    return _page(_("Sign in"), advice + _answer(shown) + _form(shown, "in", fields, _("Sign in"), primary=True), query)


def first_account(shown: Shown, name: str) -> Markup:
    """The form of the first account, an admin; `name` is what was written before."""
    offer = _("It is an admin. From then on everybody signs in, you too; others by a link that you make.")
    advice = Markup("<p>{}</p><p>{}</p>").format(offer, _new_password_advice())
    fields = _field("name", _("Name"), fill="username", value=name, first=not name) + _new_password()
    form = _form(shown, "first", fields, _("Make the account"), primary=True)
    back = Markup('<p><a href="{}">{}</a></p>').format(addresses.SETTINGS, _("Back to Settings"))
    return _page(_("The first account"), advice + _answer(shown) + form + back, {})


def nobody(title: str, sentence: str, link: str, address: str = "/") -> Markup:
    """A page without a form: one sentence, and the way on where `link` names one."""
    way = Markup('<p><a href="{}">{}</a></p>').format(address, link) if link else Markup("")
    return _page(title, Markup("<p>{}</p>").format(sentence) + way, {})


def invitation(shown: Shown, offered: Invitation) -> Markup:
    """The form that makes the account, or changes its password: the person chooses one."""
    title = _("Welcome, {name}").format(name=offered.name)
    offer = _("You are invited to this AlignLab as {role}: somebody who {does}.").format(
        role=_(ROLE_NAMES[offered.role]), does=_(ROLE_MEANINGS[offered.role])
    )
    if offered.user_id is not None:
        offer = _("Choose another password; you are signed out in all other browsers.")
    name = Markup('<input type="hidden" name="username" autocomplete="username" value="{}">').format(offered.name)
    advice = Markup("<p>{}</p><p>{}</p>").format(offer, _new_password_advice())
    fields = name + _new_password()
    return _page(title, advice + _answer(shown) + _form(shown, "accept", fields, _("Begin"), primary=True), {})


def account(shown: Shown, person: Person) -> Markup:
    """Who is signed in; forms for another password and for signing out."""
    role = _("{role}: {does}").format(role=_(ROLE_NAMES[person.role]), does=_(ROLE_MEANINGS[person.role]))
    back = Markup('<p>{}</p><p><a href="/">{}</a></p>').format(role, _("Back to AlignLab"))
    leave = _form(shown, "out", Markup(""), _("Sign out"), primary=True)
    leave += _form(shown, "everywhere", Markup(""), _("Sign out in all browsers"))
    fields = _field("old", _("Present password"), fill="current-password") + _new_password()
    change = _form(shown, "password", fields, _("Change the password"))
    advice = Markup("<h2>{}</h2><p>{}</p>").format(_("Another password"), _new_password_advice())
    body = back + _answer(shown) + leave + Markup("<section>{}{}</section>").format(advice, change)
    return _page(person.name, body, {})


def _new_password_advice() -> str:
    return _("At least {count} characters; several words are easy to keep in mind.").format(count=SHORTEST)


def _new_password() -> Markup:
    return _field("new", _("New password"), fill="new-password") + _field(
        "again", _("The same again"), fill="new-password"
    )


def _field(name: str, label: str, *, fill: str, value: str = "", first: bool = False) -> Markup:
    kind = "text" if fill == "username" else "password"
    more = " autofocus" if first else ""
    return _FIELD.format(name=name, label=label, type=kind, fill=fill, value=value, more=more)


def _form(shown: Shown, do: str, fields: Markup, button: str, *, primary: bool = False) -> Markup:
    return _FORM.format(token=shown.token, do=do, fields=fields, button=button, look="primary" if primary else "")


def _answer(shown: Shown) -> Markup:
    if shown.refusal is not None:
        return Markup('<p class="bad" role="alert">✕ {}</p>').format(texts.sentence(shown.refusal))
    return Markup('<p class="good" role="status">✓ {}</p>').format(shown.done) if shown.done else Markup("")


def _page(title: str, body: Markup, query: dict[str, str]) -> Markup:
    links = [
        Markup('<a href="?{}" lang="{}">{}</a>').format(urlencode({**query, "lang": code}), code, name)
        for code, name in LANGUAGES.items()
        if code != current_language()
    ]
    return _PAGE.format(
        language=current_language(),
        title=title,
        product=PRODUCT,
        style=Markup(theme.sign_in_sheet()),
        logo=Markup(theme.LOGO.read_text(encoding="utf-8")),
        body=body,
        footer=Markup("").join(links),
    )
