"""The folder in which everything that lasts is kept, and where each thing lies in it. Opens no file and no database."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from storage.errors import Invalid
from words import N_

FOLDERS = ("runs", "datasets", "cache", "models")
# all that may lie in a workspace without a database of its own; "secrets" is for a person to make
OWN_NAMES = frozenset(
    (*FOLDERS, "exports", "secrets", "engine.json", "dashboard.json", "engine.lock", "up.lock", "cookie.key")
)


@dataclass(frozen=True)
class Workspace:
    """`root` holds alignlab.db, runs/<id>/{log, checkpoints, evaluations}, datasets/<hash>.parquet, cache/, models/."""

    root: Path

    @property
    def url(self) -> str:
        """The database's address; it may hold a password, so it is never shown or logged."""
        named = os.environ.get("ALIGNLAB_DATABASE_URL") or "sqlite:///alignlab.db"
        driver, _, path = named.partition(":///")
        if not driver.startswith("sqlite") or not path or path.startswith("/"):
            return named
        # The processes of a workspace run in several folders: a relative path starts at the one that they share.
        root = str(self.root).replace("%", "%25").replace("?", "%3F")  # all that a URL's path reads in another way
        return f"{driver}:///{root}/{path}"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def model_exports(self) -> Path:
        """Where the dashboard puts exported models; made when the first one is."""
        return self.root / "exports"

    @property
    def secrets(self) -> Path:
        """Where keys may lie, each in a file that only its owner can read. A person makes it."""
        return self.root / "secrets"

    @property
    def engine_file(self) -> Path:
        """Where the engine process writes its address and token."""
        return self.root / "engine.json"

    @property
    def dashboard_file(self) -> Path:
        """Where the dashboard notes the address at which it is served."""
        return self.root / "dashboard.json"

    @property
    def engine_lock(self) -> Path:
        """Held by the engine of this workspace as long as it lives."""
        return self.root / "engine.lock"

    @property
    def up_lock(self) -> Path:
        """Held by each `alignlab up` of this workspace, as long as it keeps an engine running."""
        return self.root / "up.lock"

    @property
    def cookie_key(self) -> Path:
        """The random key that signs the cookies of sign-in; whoever has it still needs a token."""
        return self.root / "cookie.key"

    def run_folder(self, run_id: str) -> Path:
        return self.runs / run_id

    def log(self, run_id: str) -> Path:
        return self.run_folder(run_id) / "log"

    def checkpoints(self, run_id: str) -> Path:
        return self.run_folder(run_id) / "checkpoints"

    def evaluations(self, run_id: str) -> Path:
        return self.run_folder(run_id) / "evaluations"

    def to_relative(self, path: Path) -> str:
        """The path as rows store it: relative to the root, so that the folder can be moved; absolute elsewhere."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def to_absolute(self, stored: str) -> Path:
        """The present path of a path that a row stores."""
        return self.root / stored

    def create(self) -> "Workspace":
        """Make the folders that are missing, readable by their owner only, and return the workspace.

        A folder that exists keeps its mode. Raises Invalid where the root is in use for something else.
        """
        self.require_own()
        for folder in (self.root, *(self.root / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def require_own(self) -> None:
        """Raise Invalid where the root is no folder, or one of other content. Hidden files are no content."""
        if not self.root.exists():
            return
        if not self.root.is_dir():
            msgid = N_("{root} is a file, so it cannot be a workspace: choose a folder with --workspace.")
            raise Invalid(msgid, root=str(self.root))
        names = {path.name for path in self.root.iterdir() if not path.name.startswith(".")} - {"lost+found"}
        if "alignlab.db" in names or names.issuperset(FOLDERS) or names <= OWN_NAMES:
            return
        msgid = N_(
            "The folder {root} holds other files and is no AlignLab workspace: choose an empty folder, or one that "
            "does not exist yet, with --workspace."
        )
        raise Invalid(msgid, root=str(self.root))


def locate(explicit: Path | None = None) -> Workspace:
    """The workspace to use: `explicit`, ALIGNLAB_HOME, ./alignlab-workspace if it is there, the user's data folder."""
    chosen = explicit or os.environ.get("ALIGNLAB_HOME")
    if chosen:
        return Workspace(Path(chosen).expanduser().resolve())
    here = Path("alignlab-workspace").resolve()
    return Workspace(here if here.is_dir() else Path(platformdirs.user_data_dir("alignlab", appauthor=False)))
