"""The tab-separated table of a pool's answers, as get_assignments_df reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from toloka.client import Task, UserRestriction, structure
from toloka.client.assignment import GetAssignmentsTsvParameters

from hitl_assets.emulators.toloka.storage.clock import parse

HEADERS = {"Authorization": "OAuth any"}
AWKWARD = [
    "a\ttab", "two\nlines", 'a "quote"', "carriage\rreturn", "naïve 日本 🍎", "com,ma", "  spaces  ", "NA", "",
]  # fmt: skip


def test_every_text_survives(desk) -> None:
    """Tabs, newlines, quotes and Unicode come back as they were uploaded."""
    pool = desk.pool()
    tasks = [Task(pool_id=pool.id, input_values={"text": f"{text}|"}, overlap=1) for text in AWKWARD]
    desk.client.create_tasks(tasks)
    table = desk.client.get_assignments_df(desk.run(pool).id)
    assert sorted(table["INPUT:text"]) == sorted(f"{text}|" for text in AWKWARD)


def test_control_answers_and_hints_have_columns(desk) -> None:
    """GOLDEN for control tasks, HINT for those that teach, both empty for real ones."""
    mixer = {"real_tasks_count": 1, "golden_tasks_count": 1, "training_tasks_count": 1}
    pool = desk.filled(2, golden=5, mixer_config=mixer)
    taught = desk.golden(pool.id, 5, answer="no")
    for task in taught:
        task.message_on_unknown_solution = "look again"
    desk.client.create_tasks(taught)
    table = desk.client.get_assignments_df(desk.run(pool).id).astype(object).fillna("")
    kinds = {(golden, hint) for golden, hint in zip(table["GOLDEN:answer"], table["HINT:text"], strict=True)}
    assert kinds == {("", ""), ("yes", ""), ("no", "look again")}
    first = table[table["HINT:text"] != ""]["OUTPUT:answer"]
    assert set(first) <= {"yes", "no"}


@pytest.mark.slow
def test_statuses_and_fields_are_as_asked(desk) -> None:
    """APPROVED alone unless others are named; every field that the client knows."""
    pool = desk.run(desk.filled(60, auto_accept_solutions=False))
    desk.client.reject_assignment(desk.assignments(pool, status="SUBMITTED")[0].id, "wrong")
    assert len(desk.client.get_assignments_df(pool.id)) == 0
    assert len(desk.client.get_assignments_df(pool.id, status=["REJECTED"])) == 2
    fields = list(GetAssignmentsTsvParameters.Field)
    wanted = [status for status in GetAssignmentsTsvParameters.Status if status.value != "ACTIVE"]
    table = desk.client.get_assignments_df(pool.id, status=wanted, field=fields)
    assert list(table.columns)[-len(fields) :] == [field.value for field in fields]
    found = {one.status.value: one for one in desk.assignments(pool)}
    for status, one in found.items():
        row = table[table["ASSIGNMENT:assignment_id"] == one.id].iloc[0]
        assert (row["ASSIGNMENT:status"], row["ASSIGNMENT:worker_id"]) == (status, one.user_id)
        assert row["ASSIGNMENT:task_suite_id"] == one.task_suite_id
        assert set(table["ASSIGNMENT:task_id"]) >= {task.id for task in one.tasks}
        stamp = row.get(f"ASSIGNMENT:{status.lower()}")
        assert parse(stamp) == getattr(one, status.lower())
    assert {"SUBMITTED", "REJECTED"} <= found.keys()


def test_times_bound_the_table(desk) -> None:
    """startTimeFrom and startTimeTo are moments of submission, both included."""
    pool = desk.run(desk.filled(20))
    times = sorted(one.submitted for one in desk.assignments(pool, status="ACCEPTED"))
    count = len(times)
    read = desk.client.get_assignments_df
    assert len(read(pool.id, start_time_from=times[0], start_time_to=times[-1])) == 2 * count
    late = sum(time >= times[count // 2] for time in times)
    assert len(read(pool.id, start_time_from=times[count // 2])) == 2 * late
    assert len(read(pool.id, start_time_to=times[0] - timedelta(seconds=1))) == 0


def test_banned_workers_can_be_left_out(desk) -> None:
    """Asked at the download: whoever is banned now, here or everywhere, and not whose ban is over or elsewhere."""
    pool, other = desk.run(desk.filled(20)), desk.pool()
    workers = sorted({one.user_id for one in desk.assignments(pool, status="ACCEPTED")})
    bans: list[dict[str, Any]] = [
        {"scope": "POOL", "pool_id": pool.id},
        {"scope": "POOL", "pool_id": other.id},
        {"scope": "ALL_PROJECTS", "will_expire": "2024-01-01T00:00:00"},
    ]
    for worker, ban in zip(workers, bans, strict=False):
        desk.client.set_user_restriction(structure({"user_id": worker, **ban}, UserRestriction))
    table = desk.client.get_assignments_df(pool.id, exclude_banned=True)
    assert set(table["ASSIGNMENT:worker_id"]) == set(workers[1:])


@pytest.mark.slow
def test_a_training_shows_the_first_answers(desk) -> None:
    """What a worker said before being told; a training can be read as a pool."""
    project = desk.project()
    training = desk.training(project, tasks=6, task_suites_required_to_pass=3)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 50}
    desk.run(desk.filled(20, project=project, quality_control={"training_requirement": requirement}))
    table = desk.client.get_assignments_df(training.id)
    assert set(table["OUTPUT:answer"]) == {"yes", "no"}
    assert set(table["GOLDEN:answer"]) == {"yes"}


@pytest.mark.slow
def test_a_table_longer_than_a_chunk_is_complete(desk) -> None:
    """It is read in pieces; none is lost and none comes twice."""
    pool = desk.pool(mixer_config={"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0})
    desk.client.create_tasks(desk.real(pool.id, 700, overlap=1))
    table = desk.client.get_assignments_df(desk.run(pool).id)
    assert sorted(table["INPUT:text"]) == sorted(f"text {number}" for number in range(700))


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("status=ACCEPTED", "status", "UNKNOWN_ENUM_VALUE"),
        ("field=ASSIGNMENT:mood", "field", "UNKNOWN_ENUM_VALUE"),
        ("startTimeFrom=yesterday", "startTimeFrom", "INVALID_DATE_TIME_SYNTAX"),
        ("colour=red", "colour", "VALUE_NOT_ALLOWED"),
    ],
)
def test_a_table_that_cannot_be_is_refused(still, query: str, path: str, code: str) -> None:
    """Statuses are APPROVED here, not ACCEPTED; what is not known is not ignored."""
    url = f"{still.emulator.url}/api/new/requester/pools/{still.pool().id}/assignments.tsv?{query}"
    answer = httpx.get(url, headers=HEADERS)
    assert (answer.status_code, answer.json()["payload"][path]["code"]) == (400, code)
