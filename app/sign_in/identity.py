"""Who a request or a browser session comes from, by its cookie. Left out: what the person may do then."""

import time
from collections.abc import Mapping

from app import clients, people
from app.people import Person, SignedOut
from app.sign_in import cookies
from storage.people import sessions
from storage.people.people_records import User


def identify(cookie_values: Mapping[str, str], browser: str, *, in_use: bool = True) -> Person:
    """The person behind the cookies of a browser with this User-Agent. Raises SignedOut.

    Without any account it is the local person. `in_use` is False for a look that keeps no idle session alive.
    """
    token = cookies.session_token(cookie_values)
    if token is None:
        return people.local()
    user = sessions.owner(clients.database(), token, browser=browser, now=time.time(), in_use=in_use)
    return people.local() if user is None else person_of(user)


def person_of(user: User) -> Person:
    """An account as a person."""
    if user.disabled_at is not None:
        raise SignedOut
    return Person(user.name, account=user.id, role=user.role)
