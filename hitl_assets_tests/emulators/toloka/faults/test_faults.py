"""Faults on demand: what goes wrong where a rule says so, as the real client sees it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from toloka.client import Pool, TolokaClient, structure
from toloka.client.exceptions import (
    ApiError,
    IncorrectActionsApiError,
    InternalApiError,
    RemoteServiceUnavailableApiError,
    TooManyRequestsApiError,
    ValidationApiError,
)

Rule = Callable[..., str]


@pytest.fixture
def rule(still) -> Rule:
    """Adds a rule to the emulator of `still`; its id."""

    def add(kind: str, **form: Any) -> str:
        answer = httpx.post(f"{still.emulator.url}/emulator/faults", json={"kind": kind, **form})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return add


def counts(desk, rule_id: str) -> tuple[int, int]:
    """How many requests a rule counted, and how often it fired."""
    found = httpx.get(f"{desk.emulator.url}/emulator/faults/{rule_id}").json()
    return found["seen"], found["fired"]


def pools(desk) -> int:
    """How many pools there are."""
    return len(list(desk.client.get_pools()))


def test_the_connection_ends_after_the_work_was_done(still, rule: Rule) -> None:
    """The client knows nothing; the pool is there, once."""
    project = still.project()
    rule("lost_response", method="POST", path="/api/v1/pools", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        still.pool(project)
    assert pools(still) == 1


def test_an_error_is_answered_after_the_work_was_done(still, rule: Rule) -> None:
    """The 500 that is none."""
    project = still.project()
    rule("lost_response", status=500, method="POST", path="/api/v1/pools", times=1)
    with pytest.raises(InternalApiError):
        still.pool(project)
    assert pools(still) == 1


def test_a_client_that_repeats_a_lost_request_creates_twice(still, rule: Rule) -> None:
    """As measured on toloka-kit's default policy: two pools, and the caller is told that all is well."""
    project = still.project()
    rule("lost_response", status=500, method="POST", path="/api/v1/pools", times=1)
    repeating = TolokaClient("any", url=still.emulator.url, retries=1)
    repeating.create_pool(structure(still.pool_form(project.id), Pool))
    assert pools(still) == 2


def test_a_slow_answer_comes_after_the_work(still, rule: Rule) -> None:
    """Slower than the client's timeout: it gives up on a pool that is there."""
    project = still.project()
    rule("slow", seconds=0.6, path="/api/v1/pools", times=1)
    hasty = TolokaClient("any", url=still.emulator.url, retries=0, timeout=0.2)
    with pytest.raises(httpx.ReadTimeout):
        hasty.create_pool(structure(still.pool_form(project.id), Pool))
    assert pools(still) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, TooManyRequestsApiError),
        (500, InternalApiError),
        (503, RemoteServiceUnavailableApiError),
    ],
)
def test_a_status_is_answered_before_any_work(still, rule: Rule, status: int, error: type[ApiError]) -> None:
    """A burst of two, and then all is well."""
    project = still.project()
    name = rule("status", status=status, method="POST", path="/api/v1/pools", times=2)
    for _ in range(2):
        with pytest.raises(error):
            still.pool(project)
    assert pools(still) == 0
    still.pool(project)
    assert (pools(still), counts(still, name)) == (1, (3, 2))


def test_a_body_may_be_empty_or_no_json(still, rule: Rule) -> None:
    """As a proxy before the service answers."""
    rule("status", status=502, body="html", path="/api/v1/requester", times=1)
    rule("status", status=502, body="empty", path="/api/v1/requester", times=1)
    answers = [httpx.get(f"{still.emulator.url}/api/v1/requester", headers={"Authorization": "OAuth x"}) for _ in "12"]
    assert [answer.headers.get("content-type", "")[:9] for answer in answers] == ["text/html", ""]
    assert [answer.status_code for answer in answers] == [502, 502]


def test_hints_on_when_to_come_again_are_sent_on_request(still, rule: Rule) -> None:
    """Never by themselves: the shipped client fails on them."""
    rule("status", status=429, retry_after=7, interval="MIN", times=1)
    answer = httpx.get(f"{still.emulator.url}/api/v1/requester", headers={"Authorization": "OAuth x"})
    assert (answer.headers["Retry-After"], answer.json()["payload"]) == ("7", {"interval": "MIN"})


def test_a_failed_operation_has_done_nothing(still, rule: Rule) -> None:
    """FAIL with an empty log: toloka-kit returns nothing and raises nothing."""
    pool = still.pool()
    rule("failed_operation", path="/api/v1/tasks", times=1)
    result = still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True)
    assert (dict(result.items), dict(result.validation_errors or {})) == ({}, {})
    assert list(still.client.get_tasks(pool_id=pool.id)) == []
    assert len(still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True).items) == 3


def test_an_opening_may_fail(still, rule: Rule) -> None:
    """The operation fails and the pool stays closed."""
    pool = still.filled()
    rule("failed_operation", path="/api/v1/pools/*/open")
    operation = still.client.wait_operation(still.client.open_pool_async(pool.id))
    assert operation.status.value == "FAIL"
    assert still.client.get_pool(pool.id).is_closed()


def test_chosen_tasks_are_refused(still, rule: Rule) -> None:
    """By their index or by a text; the others are created."""
    pool = still.pool()
    rule("invalid_tasks", positions=[0], containing="text 2")
    result = still.client.create_tasks(still.real(pool.id, 4), allow_defaults=True, skip_invalid_items=True)
    assert (sorted(result.items), sorted(result.validation_errors)) == (["1", "3"], ["0", "2"])
    with pytest.raises(ValidationApiError):
        still.client.create_task(still.real(pool.id, 1)[0], allow_defaults=True)


@pytest.mark.slow
def test_the_balance_runs_out_at_a_suite(start) -> None:
    """After four suites the account is empty and the pool closed; topped up, it can be finished."""
    desk = start()
    httpx.post(f"{desk.emulator.url}/emulator/faults", json={"kind": "balance_exhausted", "after": 4, "times": 1})
    pool = desk.run(desk.filled(20))
    assert pool.last_close_reason.value == "NOT_ENOUGH_BALANCE"
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), lambda active: not active)
    assert (len(desk.assignments(pool)), desk.balance) == (4, 0)
    with pytest.raises(IncorrectActionsApiError):
        desk.client.open_pool(pool.id)
    httpx.put(f"{desk.emulator.url}/emulator/account", json={"balance": 100})
    assert desk.run(pool).last_close_reason.value == "COMPLETED"


def test_a_pool_is_closed_at_a_suite(start) -> None:
    """Blocked by Toloka in the middle of the work."""
    desk = start()
    rule = {"kind": "pool_closed", "after": 3, "reason": "BLOCKED", "times": 1}
    httpx.post(f"{desk.emulator.url}/emulator/faults", json=rule)
    pool = desk.run(desk.filled(20))
    assert (pool.last_close_reason.value, len(desk.assignments(pool))) == ("BLOCKED", 3)


def test_answers_come_after_the_pool_is_closed(start) -> None:
    """The pool is done, two suites are still active; then they come in and are paid."""
    desk = start(speed=1000.0)
    rule = {"kind": "late_answers", "times": 2, "seconds": 500}
    httpx.post(f"{desk.emulator.url}/emulator/faults", json=rule)
    pool = desk.run(desk.filled(6))
    assert pool.last_close_reason.value == "COMPLETED"
    assert len(desk.assignments(pool, status="ACTIVE")) == 2
    desk.until(lambda: desk.assignments(pool, status="ACTIVE"), lambda active: not active)
    accepted = desk.assignments(pool, status="ACCEPTED")
    assert sum(one.submitted > pool.last_stopped for one in accepted) == 2
    assert desk.balance == Decimal(1000) - 9 * Decimal("0.065")


def test_a_quota_counts_items(still) -> None:
    """Ten tasks in a minute: a batch that exceeds it is refused whole, with the interval."""
    pool = still.pool()
    rule = {"kind": "quota", "method": "POST", "path": "/api/v1/tasks", "limit": 10, "interval": "DAY"}
    httpx.post(f"{still.emulator.url}/emulator/faults", json=rule)
    still.client.create_tasks(still.real(pool.id, 8), allow_defaults=True)
    with pytest.raises(TooManyRequestsApiError) as refused:
        still.client.create_tasks(still.real(pool.id, 3), allow_defaults=True)
    assert refused.value.payload == {"interval": "DAY"}
    still.client.create_tasks(still.real(pool.id, 2), allow_defaults=True)
    assert len(list(still.client.get_tasks(pool_id=pool.id))) == 10


def test_the_quotas_of_the_real_service_can_be_had(still) -> None:
    """Twenty pools a minute."""
    answer = httpx.post(f"{still.emulator.url}/emulator/faults/quotas")
    limits = {(one["path"], one["interval"]): one["limit"] for one in answer.json()["items"]}
    assert limits[("/api/v1/pools", "MIN")] == 20
    assert limits[("/api/v1/tasks", "DAY")] == 4_000_000


def test_a_rule_strikes_every_nth(still, rule: Rule) -> None:
    """After the first two, each third."""
    name = rule("status", status=500, path="/api/v1/requester", after=2, every=3)
    statuses = []
    for _ in range(9):
        try:
            statuses.append(still.balance == 1000)
        except InternalApiError:
            statuses.append(False)
    assert statuses == [True, True, True, True, False, True, True, False, True]
    assert counts(still, name) == (9, 2)


@pytest.mark.slow
def test_a_rule_may_strike_by_chance(still, rule: Rule) -> None:
    """The same seed strikes the same requests."""
    headers, address = {"Authorization": "OAuth x"}, f"{still.emulator.url}/api/v1/requester"
    runs = []
    for _ in range(2):
        name = rule("status", status=500, probability=0.5, seed=3)
        runs.append([httpx.get(address, headers=headers).status_code for _ in range(20)])
        httpx.delete(f"{still.emulator.url}/emulator/faults/{name}")
    assert runs[0] == runs[1]
    assert 3 < runs[0].count(500) < 17


def test_rules_can_be_taken_back(still, rule: Rule) -> None:
    """One, or all of them."""
    rules = f"{still.emulator.url}/emulator/faults"
    first, second = rule("status", status=503), rule("slow", seconds=60)
    assert [one["id"] for one in httpx.get(rules).json()["items"]] == [first, second]
    assert httpx.delete(f"{rules}/{first}").status_code == 204
    assert httpx.delete(f"{rules}/{first}").status_code == 404
    httpx.delete(rules)
    assert still.balance == 1000


def test_rules_outlive_the_process(still, start, rule: Rule) -> None:
    """With their counts: a rule for two times strikes two times in all."""
    name = rule("status", status=500, path="/api/v1/requester", times=2)
    with pytest.raises(InternalApiError):
        still.client.get_requester()
    still.emulator.__exit__(None, None, None)
    again = start()
    with pytest.raises(InternalApiError):
        again.client.get_requester()
    assert (again.balance, counts(again, name)) == (1000, (3, 2))


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"kind": "earthquake"}, "earthquake"),
        ({}, "kind"),
        ({"kind": "status", "status": 200}, "status: Input should be 408, 429"),
        ({"kind": "slow"}, "seconds: Field required"),
        ({"kind": "slow", "seconds": 1, "pool_id": "1"}, "pool_id: Extra inputs"),
        ({"kind": "quota", "limit": 1, "interval": "WEEK"}, "interval"),
    ],
)
def test_a_wrong_rule_is_refused(still, form: dict[str, Any], wanted: str) -> None:
    """The message names the field and what it may be."""
    answer = httpx.post(f"{still.emulator.url}/emulator/faults", json=form)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert wanted in answer.json()["message"]
