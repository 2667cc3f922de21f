"""Makes a folder in the form of Hugging Face of a checkpoint, or leaves nothing: written, read back, compared, moved.

Left out: each of these steps, which has a module of its own.
"""

from collections.abc import Callable
from pathlib import Path

from engine.model_exports import destination, equality, figures, folders
from engine.model_exports.card import Card, stated_licence
from engine.model_exports.sources import Source
from engine.models.load import Policy
from engine.runtime.run.checkpoint_policy import load_checkpoint
from engine.spec.answers import ExportedModel
from storage.database import Database
from words import N_, Text

FLOAT_BYTES = 4


def export(db: Database, source: Source, out: Path, *, force: bool, tell: Callable[[Text], None]) -> ExportedModel:
    """The folder `out`, an absolute path, with the checkpoint; `force` replaces an earlier export.

    Raises StorageError, ModelProblem or OSError, and leaves nothing then.
    """
    with destination.unfinished(out, force=force, size=_size(source)) as folder:
        tell((N_("Loading the checkpoint of step {step} ..."), {"step": source.checkpoint.step}))
        policy = load_checkpoint(source.location, source.before, source.own, head=source.spec.head)
        expected = equality.answers(source, policy, equality.choose_questions(db, source, policy))
        tell((N_("Writing {folder} ..."), {"folder": str(out)}))
        folders.write(source, policy, folder)
        policy.model = None  # the weights that were written, and are read back next, fit into the memory once
        tell((N_("Reading it without AlignLab, and comparing ..."), {}))
        exported = ExportedModel(
            checkpoint=source.reference,
            form=source.form,
            folder=str(out),
            bytes=sum(path.stat().st_size for path in folder.iterdir()),
            base=source.location.name,
            check=equality.compare(folder, expected, policy, merged=source.merges),
        )
        (folder / destination.RECORD).write_text(exported.model_dump_json(indent=1), encoding="utf-8")
        (folder / "README.md").write_text(_card(db, source, policy, exported).text(), encoding="utf-8")
    return exported


def _size(source: Source) -> int:
    if source.form.endswith("adapter"):
        return source.checkpoint.bytes
    return source.location.parameters * FLOAT_BYTES


def _card(db: Database, source: Source, policy: Policy, exported: ExportedModel) -> Card:
    return Card(
        source,
        exported,
        figures.of(db, source),
        licence=stated_licence(source.location.folder),
        plain_template=policy.template.plain is not None,
        constant=0.0 if not source.is_reward_model or policy.head is None else policy.head.constant,
        end=policy.tokenizer.convert_ids_to_tokens(policy.template.end),
    )
