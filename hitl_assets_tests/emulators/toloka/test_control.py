"""The control endpoint: the trace, the account, and what others do to a pool."""

from __future__ import annotations

import httpx
import pytest
from toloka.client.exceptions import IncorrectActionsApiError


def control(desk, method: str, path: str, **options) -> httpx.Response:
    """A request to the control endpoint."""
    return httpx.request(method, f"{desk.emulator.url}/emulator/{path}", **options)


def test_the_trace_says_who_called(still) -> None:
    """toloka-kit names the method that the program called."""
    control(still, "DELETE", "trace")
    list(still.client.get_pools(status="OPEN"))
    (entry,) = control(still, "GET", "trace").json()["items"]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/api/v1/pools", 200)
    assert "status=OPEN" in entry["query"]
    assert entry["caller"] == {
        "caller_context": "client", "top_level_method": "get_pools", "low_level_method": "find_pools",
    }  # fmt: skip
    assert entry["milliseconds"] > 0
    assert control(still, "GET", f"trace?after={entry['number']}").json() == {"items": []}


def test_the_trace_shows_faults_and_refusals(still) -> None:
    """A lost answer has no status."""
    rule = {"kind": "lost_response", "path": "/api/v1/requester"}
    fault = control(still, "POST", "faults", json=rule).json()["id"]
    with pytest.raises(httpx.RemoteProtocolError):
        still.client.get_requester()
    httpx.get(f"{still.emulator.url}/api/v1/requester")
    lost, refused = control(still, "GET", "trace").json()["items"]
    assert (lost["status"], lost["fault"]) == (None, fault)
    assert (refused["status"], refused["fault"]) == (401, None)


def test_the_trace_has_no_secrets(start) -> None:
    """Neither the token nor anything of a body."""
    desk = start(token="t0ken")
    headers = {"Authorization": "OAuth t0ken"}
    httpx.post(f"{desk.emulator.url}/api/v1/projects", headers=headers, json={"public_name": "s3cret"})
    text = control(desk, "GET", "trace", headers=headers).text
    assert "/api/v1/projects" in text
    assert "t0ken" not in text
    assert "s3cret" not in text


def test_the_trace_is_bounded(still) -> None:
    """Long requests are cut, so that memory is bounded."""
    httpx.get(f"{still.emulator.url}/api/v1/pools?x={'x' * 20_000}", headers={"Authorization": "OAuth x"})
    assert len(control(still, "GET", "trace").json()["items"][-1]["query"]) == 2_000


def test_the_token_is_asked_for(start) -> None:
    """As at the front door; without a token set nobody is asked."""
    desk = start(token="secret")
    assert control(desk, "GET", "account").status_code == 401
    assert control(desk, "GET", "account", headers={"Authorization": "OAuth secret"}).status_code == 200


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_other_sites_are_refused(still, header: dict[str, str]) -> None:
    """A page in a browser must not break what is rehearsed."""
    assert control(still, "POST", "faults", headers=header, json={"kind": "failed_operation"}).status_code == 403


def test_the_account_can_be_set(still) -> None:
    """Topped up, or emptied."""
    answer = control(still, "PUT", "account", json={"balance": 12.5})
    assert answer.json() == {"balance": 12.5, "held": 0.0, "available": 12.5}
    assert float(still.balance) == 12.5
    assert control(still, "PUT", "account", json={"balance": -1}).status_code == 400


def test_somebody_else_closes_a_pool(still) -> None:
    """With a reason of their own; a closed pool is not closed again."""
    pool = still.filled()
    still.client.open_pool(pool.id)
    assert control(still, "POST", f"pools/{pool.id}/close", json={"reason": "BLOCKED"}).status_code == 200
    assert still.client.get_pool(pool.id).last_close_reason.value == "BLOCKED"
    assert control(still, "POST", f"pools/{pool.id}/close").status_code == 409
    assert control(still, "POST", f"pools/{pool.id}/open").json()["status"] == "OPEN"
    answer = control(still, "POST", f"pools/{pool.id}/close", json={"reason": "BOREDOM"})
    assert "reason: Must be one of MANUAL" in answer.json()["message"]


def test_somebody_else_edits_an_open_pool(still) -> None:
    """What its owner may not do while it is open."""
    pool = still.filled()
    still.client.open_pool(pool.id)
    with pytest.raises(IncorrectActionsApiError):
        still.client.update_pool(pool.id, pool)
    answer = control(still, "PATCH", f"pools/{pool.id}", json={"private_name": "mine now", "priority": 3})
    assert answer.status_code == 200
    changed = still.client.get_pool(pool.id)
    assert (changed.private_name, changed.priority, changed.is_open()) == ("mine now", 3, True)
    assert changed.reward_per_assignment == pool.reward_per_assignment
    assert control(still, "PATCH", f"pools/{pool.id}", json={"reward_per_assignment": -1}).status_code == 400


def test_a_pool_tells_when_its_last_suite_was_decided(desk) -> None:
    """In seconds of simulated time; nothing before."""
    pool = desk.filled(2)
    assert control(desk, "GET", f"pools/{pool.id}/progress").json() == {"reviewed": None, "results": {}}
    start = control(desk, "GET", "clock").json()["now"]
    desk.run(pool)
    reviewed = control(desk, "GET", f"pools/{pool.id}/progress").json()["reviewed"]
    assert start < reviewed <= control(desk, "GET", "clock").json()["now"] + 0.001


def test_a_training_tells_its_results(desk) -> None:
    """Who got what, also those who did not pass."""
    project = desk.project()
    training = desk.training(project)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 60}
    pool = desk.pool(project, quality_control={"training_requirement": requirement, "configs": []})
    desk.client.create_tasks(desk.real(pool.id, 4), allow_defaults=True)
    desk.run(pool)
    results = control(desk, "GET", f"pools/{training.id}/progress").json()["results"]
    assert {each.user_id for each in desk.assignments(pool)} <= {user for user, value in results.items() if value >= 60}
