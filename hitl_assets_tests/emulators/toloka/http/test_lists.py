"""Every list: its filters, its order, its pages."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from toloka.client import UserRestriction, structure
from toloka.client.exceptions import ValidationApiError

from hitl_assets.emulators.toloka.answers import assignments
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.storage.store import Store
from hitl_assets.emulators.toloka.tasks import suite_lists, tasks

NEVER = datetime(2020, 1, 1)
LATER = datetime(2090, 1, 1)
HEADERS = {"Authorization": "OAuth any"}


def ids(result: Any) -> list[str]:
    """The ids of a page."""
    return [item.id for item in result.items]


def narrows(find: Any, wanted: list[Any], **fixed: Any) -> None:
    """Ranges of id and creation, order and pages of one list, which holds just the wanted things."""
    keys = [one.id for one in wanted]
    assert ids(find(**fixed, sort=["id"])) == keys
    assert ids(find(**fixed, id_gt=keys[0])) == keys[1:]
    assert ids(find(**fixed, id_gte=keys[0], id_lt=keys[-1])) == keys[:-1]
    assert ids(find(**fixed, id_lte=keys[0])) == keys[:1]
    assert ids(find(**fixed, created_gte=NEVER, created_lte=LATER)) == keys
    assert ids(find(**fixed, created_lt=NEVER)) == ids(find(**fixed, created_gt=LATER)) == []
    created = getattr(wanted[0], "created", None) or wanted[0].submitted
    assert keys[0] in ids(find(**fixed, created_lte=created, created_gte=created))
    assert keys[0] not in ids(find(**fixed, created_gt=created))
    assert ids(find(**fixed, sort=["-created", "-id"])) == keys[::-1]
    page = find(**fixed, sort=["id"], limit=1)
    assert (ids(page), page.has_more) == (keys[:1], True)


def test_projects(still) -> None:
    """By status; sorted by their names too."""
    one = still.project(public_name="b", private_comment="x")
    two = still.project(public_name="a", private_comment="y")
    narrows(still.client.find_projects, [one, two])
    find = still.client.find_projects
    assert ids(find(sort=["public_name"])) == [two.id, one.id]
    assert ids(find(sort=["-private_comment"])) == [two.id, one.id]
    still.client.archive_project(one.id)
    assert ids(find(status="ARCHIVED")) == [one.id]


def test_pools(still) -> None:
    """By project, status and when they were started last; trainings are no pools."""
    project = still.project()
    still.training(project)
    one, two = still.filled(2, project=project), still.filled(2, project=project)
    still.pool()
    find = still.client.find_pools
    narrows(find, [one, two], project_id=project.id)
    opened = still.client.open_pool(one.id)
    assert ids(find(project_id=project.id, status="OPEN")) == [one.id]
    assert ids(find(project_id=project.id, last_started_gte=opened.last_started)) == [one.id]
    assert ids(find(project_id=project.id, last_started_lt=opened.last_started)) == []
    assert ids(find(project_id=project.id, sort=["-last_started"]))[0] == one.id


def test_trainings(still) -> None:
    """As pools."""
    project = still.project()
    one, two = still.training(project), still.training(project, tasks=0)
    still.training(still.project())
    still.pool(project)
    find = still.client.find_trainings
    narrows(find, [one, two], project_id=project.id)
    assert ids(find(project_id=project.id, status="OPEN")) == [one.id]
    assert ids(find(project_id=project.id, last_started_gt=NEVER)) == [one.id]


def test_tasks(still) -> None:
    """By pool and overlap."""
    pool = still.pool()
    still.filled(1)
    tasks = [*still.real(pool.id, 1, overlap=2), *still.real(pool.id, 1, overlap=10)]
    one, two = still.client.create_tasks(tasks).items.values()
    find = still.client.find_tasks
    narrows(find, [one, two], pool_id=pool.id)
    assert ids(find(pool_id=pool.id, overlap=2)) == [one.id]
    assert ids(find(pool_id=pool.id, overlap_gt=2)) == [two.id]
    assert ids(find(pool_id=pool.id, overlap_gte=2, overlap_lt=10)) == [one.id]
    assert ids(find(pool_id=pool.id, overlap_lte=10)) == [one.id, two.id]


def test_mixed_suites(desk) -> None:
    """Each has an overlap of one."""
    pool = desk.run(desk.filled(4))
    find = desk.client.find_task_suites
    narrows(find, find(pool_id=pool.id).items, pool_id=pool.id)
    assert len(find(pool_id=pool.id, overlap=1).items) == len(find(pool_id=pool.id).items)
    assert find(pool_id=pool.id, overlap_gt=1).items == []


@pytest.mark.slow
def test_assignments(desk) -> None:
    """By every time that an assignment has."""
    pool = desk.run(desk.filled(40, auto_accept_solutions=False))
    submitted = desk.assignments(pool, status="SUBMITTED")
    desk.client.accept_assignment(submitted[0].id, "")
    desk.client.reject_assignment(submitted[1].id, "wrong")
    find = desk.client.find_assignments
    for time, wanted in (("accepted", submitted[0]), ("rejected", submitted[1])):
        assert ids(find(pool_id=pool.id, **{f"{time}_gt": NEVER})) == [wanted.id]
        assert ids(find(pool_id=pool.id, **{f"{time}_gt": NEVER}, sort=[f"-{time}"])) == [wanted.id]
        assert find(pool_id=pool.id, **{f"{time}_gt": LATER}).items == []
    everything = desk.assignments(pool)
    for time in ("skipped", "expired"):
        wanted = [one.id for one in everything if getattr(one, time) is not None]
        assert ids(find(pool_id=pool.id, **{f"{time}_lte": LATER}, sort=["id"])) == wanted
    last = max(one.submitted for one in submitted)
    assert {one.submitted for one in find(pool_id=pool.id, submitted_gte=last, limit=1).items} == {last}
    assert find(pool_id=pool.id, submitted_gt=last).items == []


def test_skills(still) -> None:
    """By name."""
    one, two = (still.client.create_skill(name=name) for name in ("one", "two"))
    narrows(still.client.find_skills, [one, two])
    assert ids(still.client.find_skills(name="two")) == [two.id]


def test_user_skills(still) -> None:
    """By worker, skill, and when they were changed."""
    skill, other = (still.client.create_skill(name=name) for name in ("one", "two"))
    one, two = (still.client.set_user_skill(skill_id=skill.id, user_id=user, value=Decimal(5)) for user in ("a", "b"))
    third = still.client.set_user_skill(skill_id=other.id, user_id="a", value=Decimal(5))
    find = still.client.find_user_skills
    narrows(find, [one, two], skill_id=skill.id)
    assert ids(find(user_id="a")) == [one.id, third.id]
    assert ids(find(skill_id=skill.id, modified_gt=two.modified)) == []
    assert ids(find(skill_id=other.id, modified_lte=LATER, sort=["-modified"])) == [third.id]


def test_user_restrictions(still) -> None:
    """By scope, worker, project and pool; the narrow scopes need their pool or project."""
    pool = still.pool()
    put = still.client.set_user_restriction
    one, two = (
        put(structure_restriction(scope="POOL", user_id=user, pool_id=pool.id)) for user in ("a", "b")
    )  # fmt: skip
    third = put(structure_restriction(scope="PROJECT", user_id="a", project_id=pool.project_id))
    find = still.client.find_user_restrictions
    narrows(find, [one, two], scope="POOL", pool_id=pool.id)
    assert ids(find(user_id="a")) == [one.id, third.id]
    assert ids(find(scope="PROJECT", project_id=pool.project_id)) == [third.id]
    with pytest.raises(ValidationApiError):
        find(scope="POOL")


def structure_restriction(**form: Any) -> Any:
    """A restriction as the client wants it."""
    return structure(form, UserRestriction)


def test_operations(still) -> None:
    """By type, status and times."""
    pool = still.filled(2)
    still.client.open_pool(pool.id)
    find = still.client.find_operations
    (opened,) = find(type="POOL.OPEN").items
    assert find(type="POOL.OPEN", status="FAIL").items == []
    assert ids(find(type="POOL.OPEN", submitted_gte=opened.submitted, finished_lte=opened.finished)) == [opened.id]
    assert find(type="POOL.OPEN", submitted_gt=opened.submitted + timedelta(seconds=1)).items == []
    assert ids(find(sort=["-submitted"], limit=1)) == [opened.id]


@pytest.mark.parametrize(
    ("address", "path", "code"),
    [
        ("pools?status=BUSY", "status", "UNKNOWN_ENUM_VALUE"),
        ("assignments?pool_id=1&status=ACTIVE,BUSY", "status", "UNKNOWN_ENUM_VALUE"),
        ("tasks?overlap_gt=many", "overlap_gt", "INTEGER_EXPECTED"),
        ("projects?created_gt=yesterday", "created_gt", "INVALID_DATE_TIME_SYNTAX"),
        ("projects?colour=red", "colour", "VALUE_NOT_ALLOWED"),
        ("skills?sort=name", "sort", "VALUE_NOT_ALLOWED"),
        ("tasks?limit=0", "limit", "INTEGER_EXPECTED"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(still, address: str, path: str, code: str) -> None:
    """A filter that was ignored would look like an answer."""
    answer = httpx.get(f"{still.emulator.url}/api/v1/{address}", headers=HEADERS)
    assert (answer.status_code, answer.json()["payload"][path]["code"]) == (400, code)


class Explained(Store):
    """A store that notes how SQLite goes about a query."""

    plan: tuple[str, ...] = ()

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """The rows."""
        self.plan = tuple(row["detail"] for row in super().all(f"EXPLAIN QUERY PLAN {sql}", *values))
        return super().all(sql, *values)


@pytest.mark.parametrize(
    ("listing", "query", "fixed", "index"),
    [
        (assignments.ASSIGNMENTS, {"pool_id": "1"}, "", "assignments_by_pool (pool_id=? AND id>?)"),
        (assignments.ASSIGNMENTS, {"pool_id": "1", "status": "ACCEPTED"}, "", "assignments_by_pool_status (pool_id=?"),
        (assignments.OF_FEW, {"pool_id": "1", "user_id": "a"}, "", "assignments_by_user (user_id=?)"),
        (suite_lists.MIXED, {}, "task_suite_id BETWEEN '1' AND '2'", "assignments_by_suite (task_suite_id>"),
        (suite_lists.BY_HAND, {"pool_id": "1"}, "", "suites_by_pool (pool_id=? AND id>?)"),
        (tasks.LISTING, {"pool_id": "1"}, "", "tasks_by_pool (pool_id=? AND id>?)"),
    ],
)  # fmt: skip
def test_a_late_page_costs_no_more(
    tmp_path: Path, listing: Listing, query: dict[str, str], fixed: str, index: str
) -> None:
    """Each page is found by an index that begins where the page begins, or that holds few rows."""
    store = Explained(tmp_path)
    listing.page(store, {**query, "id_gt": "1", "sort": "id"}, list, fixed)
    store.close()
    assert index in store.plan[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in store.plan or "user" in index
