"""Which runs are linked: by what their settings name, by waiting, and by the checkpoints that they rest on."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storage import queue, run_links
from storage.database import Database
from storage.records import Lease, Run, RunLink

MakeRun = Callable[..., Run]


@pytest.fixture
def diamond(make_run: MakeRun) -> dict[str, str]:
    """A reward model and a policy from one run, the policy scored by the reward model, and a run from the policy."""
    root = make_run("root").id
    judge = make_run("judge", spec=start(root)).id
    scored = {**start(f"{root}@50"), "reward": [{"kind": "length"}, {"kind": "learned", "from": f"run:{judge}"}]}
    policy = make_run("policy", spec=scored, waits_for=judge).id
    leaf = make_run("leaf", spec=start(policy), waits_for=policy).id
    return {"root": root, "judge": judge, "policy": policy, "leaf": leaf}


def start(reference: str) -> dict[str, object]:
    return {"model": {"name": None, "from": f"run:{reference}"}}


def names(links: list[RunLink], ids: dict[str, str]) -> list[tuple[str, str, str, int | None]]:
    name = {run_id: name for name, run_id in ids.items()}
    return [(name[link.parent], name[link.child], link.role, link.step) for link in links]


def test_the_family_of_a_run_is_all_that_can_be_reached(db: Database, diamond: dict[str, str], make_run: MakeRun):
    make_run("alone")
    for member in diamond.values():
        assert names(run_links.family(db, member), diamond) == [
            ("root", "judge", "weights", None),
            ("root", "policy", "weights", 50),
            ("judge", "policy", "reward", None),
            ("policy", "leaf", "weights", None),
        ]


def test_the_lineage_of_a_run_leaves_out_its_siblings(db: Database, make_run: MakeRun):
    root = make_run("root").id
    one, other = (make_run(name, spec=start(root)).id for name in ("one", "other"))
    leaf = make_run("leaf", spec=start(one)).id
    ids = {"root": root, "one": one, "other": other, "leaf": leaf}
    down = [("root", "one", "weights", None), ("one", "leaf", "weights", None)]
    assert names(run_links.lineage(db, one), ids) == down
    assert names(run_links.lineage(db, leaf), ids) == down
    assert len(run_links.lineage(db, root)) == len(run_links.family(db, one)) == 3


def test_a_run_that_only_waits_takes_its_turn(db: Database, make_run: MakeRun):
    first = make_run().id
    second = make_run(waits_for=first).id
    assert run_links.family(db, first) == [RunLink(first, second, "turn")]


def test_what_names_a_run_that_is_not_here_links_nothing(db: Database, make_run: MakeRun):
    odd = {"model": {"from": "run:gone@3"}, "reward": [{"from": "a stage"}, {"from": 3}], "from": None}
    run = make_run(spec=odd).id
    assert run_links.family(db, run) == run_links.lineage(db, run) == []
    assert not run_links.is_linked(db, run)


def test_both_ends_of_a_link_are_linked(db: Database, diamond: dict[str, str], make_run: MakeRun):
    assert all(run_links.is_linked(db, run) for run in diamond.values())
    assert not run_links.is_linked(db, make_run("alone").id)


def test_of_two_checkpoints_of_one_reward_model_the_last_is_drawn(db: Database, make_run: MakeRun):
    judge = make_run().id
    run = make_run(spec={"reward": [{"from": f"run:{judge}@5"}, {"from": f"run:{judge}@9"}]}).id
    assert run_links.family(db, run) == [RunLink(judge, run, "reward", 9)]


def test_ancestors_are_written_once_and_never_drawn(
    db: Database, make_run: MakeRun, claim: Callable[..., Lease | None]
):
    ids = [make_run().id for _ in range(2)]
    lease = claim()
    assert lease is not None
    resolved = {"rests_on": [f"run:{ids[1]}@50"], "scorers": {"x": {"rests_on": [f"run:{ids[1]}@7", "run:gone@1"]}}}
    queue.resolve(db, lease, resolved)
    queue.resolve(db, lease, {"rests_on": [f"run:{ids[1]}@99"]})
    assert not run_links.is_linked(db, ids[1])
    assert run_links.family(db, ids[1]) == []
    with db.read() as connection:
        steps = connection.execute(sa.text("SELECT step FROM run_links WHERE role = 'ancestor' ORDER BY step"))
        assert list(steps.scalars()) == [7, 50]


def test_a_run_that_others_rest_on_cannot_be_deleted(db: Database, diamond: dict[str, str]):
    delete = sa.text("DELETE FROM runs WHERE id = :id")
    with pytest.raises(sa.exc.IntegrityError), db.write() as connection:
        connection.execute(delete, {"id": diamond["root"]})
    with db.write() as connection:
        connection.execute(delete, {"id": diamond["leaf"]})
    assert len(run_links.family(db, diamond["root"])) == 3, "its own links went with it"


def test_the_line_of_a_fork_leads_back_to_the_run_that_is_none(db: Database, make_run: MakeRun):
    root = make_run("root").id
    first = make_run("first", spec={"fork": f"run:{root}@9"}).id
    second = make_run("second", spec={"fork": f"run:{first}@12"}).id
    links = [RunLink(root, first, "fork", 9), RunLink(first, second, "fork", 12)]
    assert run_links.fork_lines(db, [root, first, second]) == {first: links[:1], second: links}
    assert run_links.forks(db, root) == links[:1]
