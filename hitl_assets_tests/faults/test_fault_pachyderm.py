"""What goes wrong at Pachyderm: connections break, commits are held open, repos vanish, branches go back."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import dagster as dg
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.events import published_batch
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.services.proxies import Cutting, cutting_tcp

from .conftest import Note
from .rehearsal import ITEMS, Rehearsal, right

pytestmark = pytest.mark.slow

WRITTEN = ("golden_tasks", "raw_data", "tasks", "pools", "raw_answers", "aggregated_labels", "concatenated_dataset")
# So many bytes come back until the connection breaks; with each try more.
FIRST_BYTES, GROWTH = 1000, 1.4
# Without these, money or labels would be lost, and so nothing is done until they are made again.
NEEDED = ("raw_data", "aggregated_labels")


@pytest.fixture
def cutting(own_pachyderm: PachydermEmulator) -> Iterator[Cutting]:
    """A network to the rehearsal's Pachyderm that can break off."""
    with cutting_tcp(own_pachyderm.address) as proxy:
        yield proxy


def test_connections_may_break_at_any_point(
    rehearsal: Rehearsal, note: Note, cutting: Cutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a read, of a write, between two calls: each try comes a little further than the one before."""
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
    batch = rehearsal.commit()
    rehearsal.loop.at(cutting.address, rehearsal.toloka.url)
    broken = [break_until(rehearsal, cutting, is_over) for is_over in (is_published, Rehearsal.is_done)]
    cutting.bytes_left = None
    outcome = rehearsal.outcome(batch)
    note("Pachyderm: connection cut in reads and writes", sum(broken), outcome)
    assert (outcome, rehearsal.by_hand) == (right(), 0)
    assert min(broken) > 3


def break_until(rehearsal: Rehearsal, cutting: Cutting, is_over: Callable[[Rehearsal, str], bool]) -> int:
    """Break connections, later and later, until a batch is so far; how often they broke."""
    broken = 0

    def look() -> bool:
        nonlocal broken
        broken += cutting.bytes_left == 0
        cutting.bytes_left = int(FIRST_BYTES * GROWTH**broken)
        return any(is_over(rehearsal, batch) for batch in rehearsal.requested)

    rehearsal.go_on(look)
    return broken


def is_published(rehearsal: Rehearsal, batch: str) -> bool:
    """Whether a batch has its pool."""
    return published_batch(rehearsal.loop.instance, rehearsal.loop.project, batch) is not None


def test_commits_that_others_hold_open_are_waited_for(
    rehearsal: Rehearsal, note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written over them; the message names the commit and who holds it."""
    monkeypatch.setattr("hitl_assets.services.pachyderm.changes.WAITS", (0.01, 0.01))
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
    client = rehearsal.pachyderm.client
    held = {}
    for name in WRITTEN:
        repo = f"{rehearsal.loop.project.name}_{name}"
        client.create_repo(repo)
        held[repo] = client.start_commit(repo, "master", description="somebody else at work").id
    batch = rehearsal.commit()
    seen = 0

    def release_one() -> bool:
        nonlocal seen
        if len(rehearsal.failed) > seen:
            seen = len(rehearsal.failed)
            repo = next(repo for repo in held if f"{repo}@{held[repo]}" in rehearsal.failed[-1])
            client.finish_commit((repo, held.pop(repo)))
        return rehearsal.is_done(batch)

    rehearsal.go_on(release_one)
    outcome = rehearsal.outcome(batch)
    note("Pachyderm: commit held open by others", seen, outcome)
    assert (held, rehearsal.by_hand) == ({}, 0)
    assert outcome == right()
    assert all("somebody else at work" in failure for failure in rehearsal.failed)


def test_a_server_that_stops_in_the_middle_is_waited_for(
    rehearsal: Rehearsal, note: Note, own_pachyderm: PachydermEmulator, until: Callable[..., Any]
) -> None:
    """The sensors say what they can't reach, and go on when it is back."""
    batch = rehearsal.commit()
    rehearsal.go_on(lambda: bool(rehearsal.requested))
    own_pachyderm.stop()
    away = [rehearsal.loop.tick("commits").skip_message or "" for _ in range(2)]
    for request in list(rehearsal.requested.values()):
        rehearsal.run(request)
    own_pachyderm.start()
    rehearsal.finish(batch)
    # A channel that failed takes its time before it connects again.
    until(partial(is_reachable, rehearsal.pachyderm), seconds=150)
    outcome = rehearsal.outcome(batch)
    note("Pachyderm: server stopped, and back", 1, outcome)
    assert outcome == right()
    assert all(own_pachyderm.address in message for message in (*away, *rehearsal.failed))


def is_reachable(pachyderm: Pachyderm) -> bool:
    """Whether a client has its connection."""
    try:
        return bool(pachyderm.check())
    except TransientServiceError:
        return False


@pytest.mark.parametrize("name", ["source", "raw_data", "tasks", "aggregated_labels", "concatenated_dataset"])
def test_a_repo_that_was_deleted_costs_nobody_twice(rehearsal: Rehearsal, note: Note, name: str) -> None:
    """Between two batches; the second one repeats the first one's items. What is lost is made again, in order."""
    first = rehearsal.commit(0, 4)
    rehearsal.finish(first)
    rehearsal.pachyderm.client.delete_repo(f"{rehearsal.loop.project.name}_{name}", force=True)
    second = rehearsal.commit(0, ITEMS, "more.csv")
    rehearsal.repair = partial(rehearsal.loop.materialize, name, first)
    rehearsal.finish(second)
    assert [f"{name} has lost 1" in failure for failure in rehearsal.failed] == [True] * (name in NEEDED)
    outcome = rehearsal.outcome(first, second)
    note("Pachyderm: repo deleted and made anew", 1, outcome)
    assert outcome == right(batches=2)


@pytest.mark.parametrize("name", ["source", "raw_data", "aggregated_labels", "concatenated_dataset"])
def test_a_branch_that_went_back_costs_nobody_twice(rehearsal: Rehearsal, note: Note, name: str) -> None:
    """To where it was before the first batch; the second one repeats its items."""
    client, repo = rehearsal.pachyderm.client, f"{rehearsal.loop.project.name}_{name}"
    rehearsal.pachyderm.ensure_repo(repo)
    start = rehearsal.pachyderm.write(repo, {"/README.txt": b"Nothing is here yet."}, "by somebody else")
    first = rehearsal.commit(0, 4)
    rehearsal.finish(first)
    client.create_branch(repo, "master", head_commit=(repo, start))
    second = rehearsal.commit(0, ITEMS, "more.csv")
    rehearsal.repair = partial(rehearsal.loop.materialize, name, first)
    rehearsal.finish(second)
    assert [f"{name} has lost 1" in failure for failure in rehearsal.failed] == [True] * (name in NEEDED)
    outcome = rehearsal.outcome(first, second)
    note("Pachyderm: branch rewound", 1, outcome)
    assert outcome == right(batches=2)
