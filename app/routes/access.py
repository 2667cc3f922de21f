"""Which routes answer whom: those that show runs or data answer nobody who judges blind."""

from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from app import people
from app.actions import permissions
from app.routes.refusals import refused
from app.sign_in.refusal import RefusalResponse
from storage.errors import StorageError

Endpoint = Callable[[Request], Response]


def readers(endpoint: Endpoint) -> Endpoint:
    """The route for those who may see runs and data; 403 for others, 401 for somebody who is signed out."""

    @wraps(endpoint)
    def answer(request: Request) -> Response:
        try:
            permissions.require_reader(people.of(request))
        except people.SignedOut as error:
            return RefusalResponse(error.text, 401)
        except permissions.Forbidden as error:
            return RefusalResponse(error.text, 403)
        except StorageError as error:
            return refused(error)
        return endpoint(request)

    return answer
