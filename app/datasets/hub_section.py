"""The part of the import dialog that takes a dataset of the Hugging Face hub: its id, then its split, then its files.

The files are fetched beside the page (`storage.hub.downloads`): a page that runs again finds the download going on.
Left out: how the rows are read and imported, as those of any file (`datasets.import_dialog`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import hub_datasets
from app.bridge import buttons
from app.datasets import import_findings
from app.datasets.import_sources import Files, Result
from app.translations import _, ngettext
from storage.data_files import DataFiles
from storage.errors import StorageError
from storage.hub import dataset_ids
from storage.hub.dataset_ids import DatasetId
from storage.hub.layout import Config, Split
from words import names

ID, FIND, CONFIG, SPLIT = "import.hub.id", "import.hub.find", "import.hub.config", "import.hub.split"
ANSWER, DOWNLOAD, FETCH, STOP = "import.hub.answer", "import.hub.download", "import.hub.fetch", "import.hub.stop"
POLL_SECONDS = 0.2
Match = tuple[DatasetId, hub_datasets.Repository]


@dataclass(frozen=True)
class HubFiles:
    """The files of a split, which are on this machine."""

    name: DatasetId
    files: DataFiles

    @property
    def key(self) -> str:
        return f"{self.files.origin} {self.files.split}"

    @property
    def suggested_name(self) -> str:
        return self.name.suggested_name

    def use(self, work: Callable[[Files], Result]) -> Result:
        return work(self.files)


def chosen() -> HubFiles | None:
    """Draw the fields and what the hub has of that id; the files of the chosen split once they are here."""
    match = _match()
    if match is None:
        return None
    name, repository = match
    config = _config(repository, name)
    split = _split(repository, config) if config else None
    if config is None or split is None:
        return None
    facts = [
        ngettext("{count} file", "{count} files", len(split.files)),
        names.size(split.size),
        _("commit {commit}").format(commit=repository.commit[: import_findings.COMMIT_SHOWN]),
    ]
    st.html(Markup('<p class="al-note">{}</p>').format(" · ".join(facts)))
    files = _files(repository, config, split)
    return None if files is None else HubFiles(name, files)


def _match() -> Match | None:
    """The dataset that was asked for last, where the hub has it; a press asks anew."""
    with st.form("import.hub", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Id of a dataset"),
            key=ID,
            placeholder=_("owner/name"),
            help=_("As in the address of its page: owner/name, also owner/name/config or owner/name@revision."),
        )
        st.form_submit_button(_("Find"), key=FIND, icon=":material/search:", on_click=buttons.keep, args=(FIND,))
    answer: Match | StorageError | None
    if buttons.take(FIND):
        with buttons.spinner(_("Asking the Hugging Face hub"), FIND):
            st.session_state[ANSWER] = (text, _answer(text))
    of, answer = st.session_state.get(ANSWER, ("", None))
    if of != text:
        return None
    if isinstance(answer, StorageError):
        st.html(import_findings.refusal(answer))
        return None
    return answer


def _answer(text: str) -> Match | StorageError:
    try:
        name = dataset_ids.parse(text)
        repository = hub_datasets.find(people.current(), name)
        if name.config is not None:
            repository.config(name.config)
    except StorageError as error:
        return error
    return name, repository


def _config(repository: hub_datasets.Repository, name: DatasetId) -> Config | None:
    """The configuration: a select where there are several, on the one that the id names or the default."""
    by_name = {config.name: config for config in repository.configs}
    first = by_name[name.config] if name.config else repository.default_config()
    if len(by_name) == 1:
        return first
    config = st.selectbox(
        _("Configuration"),
        list(by_name),
        index=list(by_name).index(first.name) if first else None,
        key=f"{CONFIG}.{repository.name}.{repository.commit}.{name.config}",
        placeholder=_("Choose one of them"),
    )
    return by_name[config] if config else None


def _split(repository: hub_datasets.Repository, config: Config) -> Split | None:
    """The split: a select where there are several, on the default."""
    by_name = {split.name: split for split in config.splits(repository.files)}
    first = repository.default_split(config)
    if len(by_name) == 1:
        return first
    split = st.selectbox(
        _("Data split"),
        list(by_name),
        index=list(by_name).index(first.name) if first else None,
        key=f"{SPLIT}.{config.name}.{','.join(by_name)}",
        placeholder=_("Choose one of them"),
        format_func=lambda name: f"{name} · {names.size(by_name[name].size)}",
    )
    return by_name[split] if split else None


def _files(repository: hub_datasets.Repository, config: Config, split: Split) -> DataFiles | None:
    """The files, once they were fetched: a button, then a bar, then nothing."""
    key = (repository.origin(config), split.name)
    of: tuple[str, str] | None
    download: hub_datasets.Download | None
    of, download = st.session_state.get(DOWNLOAD, (None, None))
    if download is not None and of == key:
        _watch(download)
        if download.error is None:
            return download.files()
        st.html(import_findings.refusal(download.error))
    label = _("Download {size}").format(size=names.size(split.size))
    if buttons.button(label, key=FETCH, type="primary", icon=":material/download:"):
        if download is not None:
            download.stop()
        try:
            st.session_state[DOWNLOAD] = (key, hub_datasets.download(people.current(), repository, config, split))
        except StorageError as error:
            st.html(import_findings.refusal(error))
        else:
            st.rerun()
    return None


def _watch(download: hub_datasets.Download) -> None:
    """Show how far the download is until it is done, or the person stops it.

    Drawing ends this run of the page where another one is due, which comes here again.
    """
    if download.is_done(0):
        return
    slot = st.empty()
    with slot.container():
        stopped = buttons.button(_("Stop the download"), key=STOP)
        bar = st.progress(0.0)
    if stopped:
        download.stop()
        del st.session_state[DOWNLOAD]
        st.rerun()
    while not download.is_done(POLL_SECONDS):
        text = _("{fetched} of {size}").format(fetched=names.size(download.fetched), size=names.size(download.size))
        bar.progress(download.fetched / download.size if download.size else 0.0, text)
    slot.empty()
