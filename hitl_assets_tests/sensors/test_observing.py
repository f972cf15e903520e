"""What people see of open pools, from plain records."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.pools.watched import OPEN, Cost, PublishedBatch, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.observing import (
    DECISIONS,
    IN_TIME,
    evaluations,
    find_changed,
    find_late,
    find_waiting,
    observe,
)
from hitl_assets.sensors.watching import Watch

HOUR, DAY = 3600.0, 86400.0
START = 1_800_000_000.0


def watched(status: str = OPEN, **values: Any) -> Watched:
    """A batch of 100 answers in 25 suites."""
    published = PublishedBatch("b1", "7", "1", "2026-01-01T00:00:00", 100, 1)
    return Watched(published, status, **{"accepted": 0, "expected": 25, **values})


def seen(project: Project, each: Watched, now: float) -> dict[str, Any]:
    """The metadata of an observation."""
    return {name: value.value for name, value in observe(project, each, now).metadata.items()}


def test_the_end_is_estimated_by_the_pace_while_we_looked(shipped_project: Project) -> None:
    """Ten suites in two hours, five before: ten are left, for two hours more."""
    each = watched(opened=START, accepted_then=5, accepted=15)
    shown = seen(shipped_project, each, START + 2 * HOUR)
    assert (shown["hours_left"], shown["expected_end"]) == (2, START + 4 * HOUR)


@pytest.mark.parametrize(
    "each",
    [watched(), watched(opened=START), watched("CLOSED: EXPIRED", opened=START, accepted=5)],
    ids=["not seen open yet", "nobody came", "closed"],
)
def test_without_a_pace_there_is_no_estimate(shipped_project: Project, each: Watched) -> None:
    """A number that nobody can know would be believed."""
    assert "hours_left" not in seen(shipped_project, each, START + HOUR)


@pytest.mark.parametrize(("accepted", "answers"), [(0, 0), (1, 3), (39, 146), (40, 150), (41, 150)])
def test_a_pool_that_ended_early_lacks_answers(shipped_project: Project, accepted: int, answers: int) -> None:
    """40 suites of up to 4 hold 150 answers: with the last suite missing they are not all there."""
    published = PublishedBatch("b1", "7", "1", "2026-01-01T00:00:00", 150, 1)
    shown = seen(shipped_project, Watched(published, "CLOSED: MANUAL", accepted=accepted, expected=40), START)
    assert (shown["answers"], shown["completed"] == 1) == (answers, answers == 150)
    whole = seen(shipped_project, Watched(published, "CLOSED: COMPLETED", accepted=38, expected=40), START)
    assert whole["answers"] == 150
    assert "stopped_at_cap" not in shown


def test_progress_has_what_was_accepted_and_rejected(shipped_project: Project) -> None:
    """Rejected suites are not paid."""
    shown = seen(shipped_project, watched(accepted=10, rejected=2), START)
    assert (shown["suites_accepted"], shown["suites_rejected"], shown["answers"], shown["completed"]) == (
        10,
        2,
        40,
        0.4,
    )
    assert shown["spent"] == 0.39


def test_a_pool_that_opens_again_has_a_new_pace(shipped_project: Project) -> None:
    """What it took before says nothing about now."""
    first = watched(accepted=3).seen_open(START)
    assert (first.opened, first.accepted_then) == (START, 3)
    assert first.seen_open(START + HOUR) == first
    closed = replace(first, status="CLOSED: MANUAL").seen_open(START + HOUR)
    again = replace(closed, status=OPEN, accepted=9).seen_open(START + DAY)
    assert (closed.opened, again.opened, again.accepted_then) == (0, START + DAY, 9)


@pytest.mark.parametrize(
    ("each", "what"),
    [
        (watched(), None),
        (watched(""), None),
        (watched("CLOSED: COMPLETED"), None),
        (watched("CLOSED: FOR_UPDATE"), None),
        (watched("NOT OPENED"), "Look at its preview"),
        (watched("GONE"), "does not list this pool"),
        (watched("CLOSED: EXPIRED"), "hitl resume clickbait b1"),
        (watched("CLOSED: COMPLETED", reviewed="COMPLETED x"), "hitl review clickbait b1"),
        (watched("CLOSED: COMPLETED", reviewed="COMPLETED x", collected="COMPLETED x"), None),
    ],
)
def test_what_waits_for_a_decision(shipped_project: Project, each: Watched, what: str | None) -> None:
    """And what is to be done about it; not while a run does something about it."""
    watch = Watch(batches={"b1": each})
    found = find_waiting(shipped_project, watch, [])
    assert (what in found[0].what_to_do) if what else found == []
    assert find_waiting(shipped_project, watch, ["b1"]) == []


def test_people_who_take_too_long_are_told_of(shipped_project: Project) -> None:
    """After as many days as the project says."""
    watch = Watch(batches={"b1": watched(opened=START)})
    assert find_late(shipped_project, watch, START + 3 * DAY) == []
    assert len(find_late(shipped_project, watch, START + 3 * DAY + 1)) == 1


def test_a_verdict_is_told_once_for_each_change(shipped_project: Project) -> None:
    """At first too, so that the check is there; then only when the list is another one."""
    waiting = find_waiting(shipped_project, Watch(batches={"b1": watched("NOT OPENED")}), [])
    first, told = evaluations(shipped_project, {DECISIONS: [], IN_TIME: []}, {})
    assert [(each.check_name, each.passed) for each in first] == [(DECISIONS, True), (IN_TIME, True)]
    second, told = evaluations(shipped_project, {DECISIONS: waiting, IN_TIME: []}, told)
    assert [(each.check_name, each.passed) for each in second] == [(DECISIONS, False)]
    assert "Batch b1: Look at its preview" in (second[0].description or "")
    assert evaluations(shipped_project, {DECISIONS: waiting, IN_TIME: []}, told)[0] == []


def test_a_batch_whose_partition_was_deleted_waits_for_a_person(shipped_project: Project) -> None:
    """It is watched and named, and what brings it back is said; it never keeps others waiting."""
    (waiting,) = find_waiting(shipped_project, Watch(batches={"b1": watched(is_deleted=True)}), [])
    assert "Add the partition again" in waiting.what_to_do


def test_a_watch_knows_which_partitions_are_gone() -> None:
    """And forgets it when they are back."""
    watch = Watch(batches={"b1": watched()})
    gone = watch.marking_deleted(())
    assert (gone.batches["b1"].is_deleted, gone.marking_deleted(["b1"])) == (True, watch)


def test_open_pools_that_were_changed_are_named(shipped_project: Project) -> None:
    """With what differs; a pool that is closed can't be dearer than it was."""
    changes = ("reward_per_assignment is 5.0 in Toloka, 0.03 in the YAML",)
    both = {"b1": watched(changes=changes), "b2": watched("CLOSED: COMPLETED", changes=changes), "b3": watched()}
    (found,) = find_changed(Watch(batches=both))
    assert (found.batch, changes[0] in found.what_to_do) == ("b1", True)


def test_what_is_shown_is_what_toloka_was_paid(shipped_project: Project) -> None:
    """Not what the YAML's price makes of the suites."""
    cost = Cost(spent="6", exposure="18", expected="36", price="6", cap="1")
    shown = seen(shipped_project, watched(accepted=1, cost=cost), START)
    assert (shown["spent"], shown["exposure"], shown["cap"]) == (6, 18, 1)
