"""Names, tags, notes and named views: what a person calls runs, and finds them by."""

from collections.abc import Callable

import pytest

from storage import queue, run_facets, run_label_writes, run_lists, run_tags, runs, saved_view_writes, saved_views
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Lease, Run
from storage.run_facets import RunFacets
from storage.run_tags import TagChanges

MakeRun = Callable[..., Run]


def test_a_renamed_run_is_found_by_its_new_name_and_keeps_its_settings(db: Database, make_run: MakeRun):
    run = make_run("old", spec={"name": "old", "data": {"dataset": "weather"}})
    assert run_label_writes.rename(db, run.id, "  neu 天气 ").name == "neu 天气"
    assert [found.id for found in run_lists.search(db, "NEU weather")] == [run.id]
    assert run_lists.count(db, "old") == 0
    assert runs.get(db, run.id).spec["name"] == "old"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u202eb"])
def test_a_name_that_nobody_could_read_is_refused(db: Database, make_run: MakeRun, name: str):
    run = make_run("kept")
    with pytest.raises(Invalid):
        run_label_writes.rename(db, run.id, name)
    assert runs.get(db, run.id).name == "kept"


def test_a_note_is_replaced_and_taken_away(db: Database, make_run: MakeRun):
    run = make_run()
    assert run_label_writes.set_note(db, run.id, "# Why\n<b>because</b> \n").note == "# Why\n<b>because</b>"
    assert run_label_writes.set_note(db, run.id, "  ").note is None
    with pytest.raises(Invalid, match="20,000 characters"):
        run_label_writes.set_note(db, run.id, "x" * 20_001)
    with pytest.raises(NotFound):
        run_label_writes.set_note(db, "gone", "x")


def test_tags_are_given_and_taken_away_and_narrow_the_list(db: Database, make_run: MakeRun):
    first, second, third = (make_run(name, now=float(at)) for at, name in enumerate("abc"))
    run_label_writes.change_tags(db, [first.id, second.id], TagChanges(added=("good", "礼貌")))
    run_label_writes.change_tags(db, [second.id, third.id], TagChanges(added=("good",), removed=("礼貌", "absent")))
    assert run_tags.of_runs(db, [first.id, second.id, "gone"]) == {first.id: ("good", "礼貌"), second.id: ("good",)}
    assert run_tags.every_tag(db) == ["good", "礼貌"]
    assert [run.id for run in run_lists.search(db, facets=RunFacets(tag="礼貌"))] == [first.id]
    assert run_facets.values(db)["tag"] == {"good": 3, "礼貌": 1}


def test_tags_are_changed_of_all_runs_or_of_none(db: Database, make_run: MakeRun):
    run = make_run()
    with pytest.raises(NotFound, match="gone"):
        run_label_writes.change_tags(db, [run.id, "gone"], TagChanges(added=("good",)))
    many = tuple(f"tag {number}" for number in range(21))
    with pytest.raises(Invalid, match="at most 20 tags"):
        run_label_writes.change_tags(db, [run.id], TagChanges(added=many))
    assert run_tags.every_tag(db) == []


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ([], TagChanges()),
        (["+a", "-b", "+c d", "+a"], TagChanges(("a", "c d"), ("b",))),
        (["a"], None),
        (["+"], None),
        (["- "], None),
        ([f"+{'x' * 41}"], None),
        (["+a\u200b"], None),
    ],
)
def test_tags_as_they_are_written_by_hand(words: list[str], changes: TagChanges | None):
    if changes is not None:
        assert TagChanges.parse(words) == changes
    else:
        with pytest.raises(Invalid):
            TagChanges.parse(words)


def test_a_list_is_narrowed_by_method_dataset_model_and_person(db: Database, make_run: MakeRun):
    spec = {"data": {"dataset": "weather"}, "model": {"name": "starter"}}
    dpo = make_run("dpo", spec=spec, requested_by="ada")
    answers = make_run("answers", algorithm=None, kind="generate")
    for facets, expected in [
        (RunFacets(method="dpo"), [dpo.id]),
        (RunFacets(method="generate"), [answers.id]),
        (RunFacets(dataset="weather", model="starter", person="ada"), [dpo.id]),
        (RunFacets(dataset="weather", method="ppo"), []),
        (RunFacets(person="eve"), []),
    ]:
        assert [run.id for run in run_lists.search(db, facets=facets)] == expected
        assert run_lists.count(db, facets=facets) == len(expected)
    assert run_facets.values(db) == {
        "method": {"dpo": 1, "generate": 1},
        "dataset": {"weather": 1},
        "model": {"starter": 1},
        "person": {"ada": 1},
        "tag": {},
    }


def test_what_succeeded_makes_nobody_a_newcomer(db: Database, lease: Lease, make_run: MakeRun):
    assert not run_lists.is_empty(db)
    assert not run_lists.has_succeeded(db, ["local"])
    queue.finish(db, lease, "succeeded", now=200.0)
    assert run_lists.has_succeeded(db, ["local"])
    assert not run_lists.has_succeeded(db, ["example"])


def test_a_view_is_saved_replaced_and_deleted(db: Database):
    saved_view_writes.save(db, " sweep ", {"sort": "-result"}, account="ada", now=1.0)
    saved_view_writes.save(db, "Baselines", {"tag": "base"}, account=None, now=2.0)
    saved_view_writes.save(db, "sweep", {"group": "seed"}, account="ada", now=3.0)
    assert [(view.name, view.query) for view in saved_views.listing(db)] == [
        ("Baselines", {"tag": "base"}),
        ("sweep", {"group": "seed"}),
    ]
    saved_view_writes.delete(db, "sweep")
    with pytest.raises(NotFound, match="no view sweep"):
        saved_view_writes.delete(db, "sweep")
    for name in ("", "x" * 61, "a\nb"):
        with pytest.raises(Invalid):
            saved_view_writes.save(db, name, {}, account=None, now=4.0)
