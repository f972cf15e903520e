"""The client for whoever only looks says what toloka-kit says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from toloka.client import Pool, TolokaClient

from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.toloka import quick
from hitl_assets.services.toloka.account import Toloka, moment
from hitl_assets.services.toloka.connection import INTERFACES
from hitl_assets.services.toloka.quick import QuickToloka
from hitl_assets_tests.services.proxies import Failing

REQUESTER = "GET /api/v1/requester"


@pytest.mark.parametrize("size", [1, 2, 300])
def test_pools_are_those_that_the_kit_finds(
    make_pool: Callable[..., PoolState], still_toloka: Toloka, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several pages; what we read of their forms, too."""
    monkeypatch.setattr(quick, "PAGE", size)
    made = [make_pool(f"batch {size} {number}".replace(" ", "_")) for number in range(3)]
    still_toloka.archive_pool(made[1].id)
    project_id = made[0].project_id
    found = QuickToloka(still_toloka.url, "any").find_pools(project_id)
    assert found == still_toloka.find_pools(project_id)
    assert [each.id for each in found if each.is_archived] == [made[1].id]
    assert [each.terms for each in found[-3:]] == [each.terms for each in made]
    later = datetime.fromisoformat(found[-1].created)
    assert QuickToloka(still_toloka.url, "any").find_pools(project_id, later) == found[-1:]


def test_a_pool_that_was_open_says_since_when(make_open_pool: Callable[..., PoolState], toloka: Toloka) -> None:
    """Times have one form, however exact they are."""
    project_id = make_open_pool("open", tasks=4).project_id
    found, known = QuickToloka(toloka.url, "any").find_pools(project_id), toloka.find_pools(project_id)
    # A quick crowd may end it between the two.
    assert [replace(each, is_open=False, close_reason="") for each in found] == [
        replace(each, is_open=False, close_reason="") for each in known
    ]
    assert found[-1].was_started


def test_the_balance_is_the_kit_s(still_toloka: Toloka) -> None:
    """To the cent."""
    assert QuickToloka(still_toloka.url, "any").balance() == still_toloka.balance()


@pytest.mark.parametrize(
    ("status", "answer", "error", "says"),
    [
        (200, b"<html>", TransientServiceError, "the answer is not JSON. Check TOLOKA_URL."),
        (502, b"", TransientServiceError, "the answer is not JSON"),
        (200, b"[]", ServiceError, "its answer cannot be read: TypeError"),
        (200, b'{"balance": "much"}', ServiceError, "its answer cannot be read: InvalidOperation"),
        (503, b'{"code": "AWAY", "message": "Later."}', TransientServiceError, "503 AWAY: Later."),
        (409, b'{"code": "NO", "message": "Never.", "payload": {"a": 1}}', ServiceError, r'409 NO: Never\. {"a":1}'),
    ],
)
def test_an_answer_that_is_none_is_one_of_our_errors(
    failing: Failing, status: int, answer: bytes, error: type[Exception], says: str
) -> None:
    """`hitl status` says which service is away, and shows the rest."""
    failing.answers[REQUESTER] = status, answer
    with pytest.raises(error, match=f"Toloka at {failing.url} could not read the balance: .*{says}"):
        QuickToloka(failing.url, "any").balance()


def test_a_dead_server_is_transient(dead_address: str) -> None:
    """It will come back."""
    with pytest.raises(TransientServiceError, match="could not read the balance: ConnectError"):
        QuickToloka(f"http://{dead_address}", "any").balance()


@pytest.mark.parametrize(
    "text",
    ["2026-01-02T03:04:05", "2026-01-02T03:04:05.6", "2026-01-02T03:04:05.678", "2026-01-02T03:04:05.6789",
     "2026-01-02T03:04:05.678+00:00", "2026-01-02T03:04:05.000"],
)  # fmt: skip
def test_times_are_read_as_by_the_kit(text: str) -> None:
    """The end of a pool is known by them: in another form it would be collected again."""
    assert moment(text) == Pool.structure({"project_id": "1", "private_name": "p", "created": text}).created.isoformat()


def test_the_record_of_a_pool_has_the_kit_s_times(make_pool: Callable[..., PoolState], still_toloka: Toloka) -> None:
    """Also where the kit read the pool."""
    made = make_pool("times")
    known = still_toloka.reader.get_pool(made.id)
    assert (made.created, made.expires) == (known.created.isoformat(), known.will_expire.isoformat())


@pytest.mark.parametrize("token", ["oauth", "a.b.c", f"{'a' * 22}.b.c", f"{'a' * 24}.b.c", f"{'a' * 25}.b.c"])
def test_a_token_is_presented_as_the_kit_does(token: str) -> None:
    """API keys and OAuth tokens have different headers."""
    expected = TolokaClient(token, url="http://127.0.0.1:9")._headers["Authorization"]
    assert QuickToloka("http://127.0.0.1:9", token).session.headers["Authorization"] == expected


def test_the_interfaces_are_those_of_the_kit() -> None:
    """Links lead people there."""
    assert {each.value: each.platform_url for each in TolokaClient.Environment} == INTERFACES
