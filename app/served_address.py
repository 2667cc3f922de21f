"""Where the dashboard of the workspace is served, as it noted itself: what a command's links to it begin with.

Left out: the address that a page's own browser knows.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass

from app import clients, public_address
from storage.errors import StorageError
from storage.files import atomic_write


@dataclass(frozen=True)
class ServedAddress:
    """`local`: where this machine reaches the dashboard. `shown`: what others type, where a proxy is declared."""

    local: str
    shown: str


def keep(host: str, port: int) -> None:
    """Note where the dashboard of this process is served."""
    local = public_address.local_url(host, port)
    text = json.dumps(asdict(ServedAddress(local, public_address.public_origin() or local)))
    # a workspace that cannot be written is told by the pages, which need it for more than this
    with (
        suppress(OSError, StorageError),
        atomic_write(clients.workspace().create().dashboard_file) as unfinished,
    ):
        unfinished.write_text(text, encoding="utf-8")


def kept() -> ServedAddress | None:
    """What was noted last, also by a dashboard that has ended; None where none ever did."""
    try:
        return ServedAddress(**json.loads(clients.workspace().dashboard_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
