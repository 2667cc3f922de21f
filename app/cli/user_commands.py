"""`alignlab users ...`: accounts from the command line. Whoever has a shell in the workspace is an admin there."""

import getpass
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, local_time, note, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.database import Database
    from storage.people.people_records import Invitation, User

commands = typer.Typer(help="People who sign in: add, invite, change, disable them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name under which the person signs in.")]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, annotator, researcher or admin.")]
PasswordInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password as one line of stdin instead of asking for it.")
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        show_default="ALIGNLAB_PUBLIC_URL, or where the dashboard is served",
        help="Address that the person types, https://HOST/: the printed link begins with it.",
    ),
]


@commands.command("add")
def add(
    name: Name,
    role: Role,
    *,
    password_stdin: PasswordInput = False,
    invite: Annotated[
        bool, typer.Option("--invite", help="Print a link by which the person chooses a password, once, in 7 days.")
    ] = False,
    page: Annotated[
        str, typer.Option("--page", metavar="PATH", help="Where the link leads: /annotate?dataset=NAME&round=1.")
    ] = "/",
    url: Url = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make an account, with a password or by an invitation. The first one has to be an admin."""
    from app.actions import accounts
    from app.sign_in import addresses

    database = opened(workspace)
    if invite:
        if page != "/" and addresses.local_page(page) != page:
            hint = "--page takes a path such as /annotate?dataset=NAME&round=1"
            raise Refusal(f"{page} is no page of the dashboard: {hint}.")
        target, origin = None if page == "/" else page, _origin(url)
        token, offer = accounts.invite(database, COMMAND_LINE, name=name, role=role, target=target, now=time.time())
        _print_link(origin, token, offer, as_json)
        return
    from storage.people import users

    users.check_new(database, name, role)  # before a password is asked for
    password = _password(password_stdin)
    user = accounts.add(database, COMMAND_LINE, name=name, role=role, password=password, now=time.time())
    _answer(user, f"{user.name} can sign in as {user.role}.", as_json)


@commands.command("list")
def list_(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List the accounts, and the invitations that are open."""
    from storage.people import invitations, users

    database = opened(workspace)
    offers = invitations.listing(database, time.time())
    rows = [_as_json(user) for user in users.listing(database)]
    rows += [
        {"name": offer.name, "role": offer.role, "state": "invited", "created_at": offer.created_at}
        for offer in offers
        if offer.user_id is None
    ]
    if as_json:
        write_json(rows)
        return
    write_table(
        ("NAME", "ROLE", "STATE", "SINCE"),
        [(row["name"], row["role"], row["state"], local_time(row["created_at"])) for row in rows],
    )


@commands.command("withdraw")
def withdraw(name: Name, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Take an invitation back that nobody has accepted: its link opens nothing any more."""
    from app.actions import accounts

    database = opened(workspace)
    offer = _invitation(database, name)
    if offer is None:
        raise Refusal(f"No invitation of {name} is open.")
    accounts.withdraw(database, COMMAND_LINE, offer.id, time.time())
    if as_json:
        write_json({"name": offer.name, "role": offer.role, "state": "withdrawn"})
    else:
        note(f"The invitation of {offer.name} is withdrawn.")


@commands.command("role")
def role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, annotator, researcher or admin.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give another role; the person has to sign in again."""
    from app.actions import accounts

    database = opened(workspace)
    _require_account(database, name)
    user = accounts.set_role(database, COMMAND_LINE, name, role, time.time())
    _answer(user, f"{user.name} is {user.role} now.", as_json)


@commands.command("disable")
def disable(name: Name, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Let nobody sign in under this name; what the person did stays. An open session ends at once."""
    from app.actions import accounts

    database = opened(workspace)
    _require_account(database, name)
    user = accounts.disable(database, COMMAND_LINE, name, time.time())
    _answer(user, f"{user.name} is disabled.", as_json)


@commands.command("enable")
def enable(name: Name, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Let a disabled account sign in again."""
    from app.actions import accounts

    user = accounts.enable(opened(workspace), COMMAND_LINE, name, time.time())
    _answer(user, f"{user.name} can sign in again.", as_json)


@commands.command("password")
def password(
    name: Name,
    password_stdin: PasswordInput = False,
    invite: Annotated[
        bool, typer.Option("--invite", help="Print a link by which the person chooses it, once, in 7 days.")
    ] = False,
    url: Url = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Set another password, as for somebody who has forgotten it; open sessions end.

    With --invite, who was invited and has no account yet gets a new link of that invitation.
    """
    from app.actions import accounts

    database = opened(workspace)
    if invite:
        origin = _origin(url)
        _print_link(origin, *accounts.offer_password(database, COMMAND_LINE, name, time.time()), as_json)
        return
    _require_account(database, name)
    user = accounts.set_password(database, COMMAND_LINE, name, _password(password_stdin), time.time())
    _answer(user, f"{user.name} has a new password.", as_json)


@commands.command("audit")
def audit(
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many entries, newest first.")] = 50,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show who did what: launched, stopped, edited, deleted, exported, voted, signed in."""
    from storage.people import audit

    entries = audit.listing(opened(workspace), limit=limit)
    if as_json:
        write_json([vars(entry) for entry in entries])
        return
    rows = [(local_time(e.at), e.person, e.action, e.subject, _details(e.details)) for e in entries]
    write_table(("WHEN", "WHO", "WHAT", "ON", "DETAILS"), rows)


def _origin(url: str | None) -> str:
    """What the address of a link begins with."""
    from app import clients, public_address, served_address
    from app.cli.serve import FIRST_PORT, served_workspace

    try:
        named = public_address.origin(public_address.parsed(url)) if url else public_address.public_origin()
    except public_address.BadPublicUrl as error:
        raise Refusal(str(error)) from error
    if named:
        return named
    kept, root = served_address.kept(), str(clients.workspace().root)
    is_served = kept is not None and served_workspace(kept.local, root) == root
    return kept.shown if kept and is_served else public_address.local_url("127.0.0.1", FIRST_PORT)


def _print_link(origin: str, token: str, offer: "Invitation", as_json: bool) -> None:
    from urllib.parse import urlsplit

    from app.guard import is_loopback
    from app.sign_in import addresses

    link = f"{origin}{addresses.INVITATION}{token}"
    if as_json:
        write_json({"name": offer.name, "role": offer.role, "link": link, "expires_at": offer.expires_at})
        return
    write(link)
    note(f"The link is for {offer.name} alone: it works once, until {local_time(offer.expires_at)}.")
    if is_loopback(urlsplit(origin).hostname or ""):
        note(f"{origin} is reached from this machine alone: for others, name the dashboard's address with --url.")


def _require_account(database: "Database", name: str) -> None:
    """Refuse what needs an account, and say what to do for somebody who was only invited."""
    from storage.errors import NotFound
    from storage.people import users

    try:
        users.get(database, name)
    except NotFound as error:
        if _invitation(database, name) is None:
            raise
        ways = f"users password {name} --invite prints a new link, users withdraw {name} takes the invitation back"
        raise Refusal(f"{name} was invited and has no account yet: {ways}.") from error


def _invitation(database: "Database", name: str) -> "Invitation | None":
    """The open invitation of somebody who has no account yet."""
    from storage.people import invitations, users

    offers = invitations.listing(database, time.time())
    account = users.account_of(name)
    return next((o for o in offers if o.user_id is None and users.account_of(o.name) == account), None)


def _password(from_stdin: bool) -> str:
    """The password: a line of stdin, or asked for twice without showing it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Refusal("There is nobody to ask for the password: give it by --password-stdin.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise Refusal("The two passwords differ.")
    return first


def _answer(user: "User", sentence: str, as_json: bool) -> None:
    if as_json:
        write_json(_as_json(user))
    else:
        note(sentence)


def _as_json(user: "User") -> dict[str, Any]:
    state = "active" if user.disabled_at is None else "disabled"
    return {"name": user.name, "role": user.role, "state": state, "created_at": user.created_at}


def _details(details: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in details.items())
