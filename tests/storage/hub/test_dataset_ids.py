"""Ids of datasets of the hub, and what is none."""

import pytest

from storage.errors import Invalid
from storage.hub.dataset_ids import DatasetId, parse


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hub:org/name", DatasetId("org/name")),
        (" org/na.me-1_x ", DatasetId("org/na.me-1_x")),
        ("hub:org/name/en - v1", DatasetId("org/name", "en - v1")),
        ("hub:org/name@refs/convert/parquet", DatasetId("org/name", None, "refs/convert/parquet")),
        ("org/name/main@v1.0", DatasetId("org/name", "main", "v1.0")),
    ],
)
def test_an_id_names_a_repository_and_perhaps_a_configuration_and_a_revision(text: str, name: DatasetId) -> None:
    assert parse(text) == name
    assert parse(str(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "", "hub:", "squad", "https://huggingface.co/datasets/org/name", "http://127.0.0.1/a", "//host/path",
        "../../etc",
        "org/../name", "org/name@../x", "org/name/a/b", "org/na me", "org/name.git", "@x/y", "org/name@", "ｏrg/name",
        "file:/etc/passwd", "org/" + "n" * 400,
    ],
)  # fmt: skip
def test_an_address_or_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid, match="names no dataset of the Hugging Face hub: write hub:owner/name"):
        parse(text)
