"""Which errors there are, what they say, what they keep to themselves, and what a lost answer does."""

import socket
import traceback
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import Mark, project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.quick import QuickToloka
from hitl_assets_tests.services.conftest import create, crowd_tasks
from hitl_assets_tests.services.proxies import LOOPBACK, Failing

SECRET, WRONG = "a-secret-token", "another-token"
MARK = Mark("project", "name", "0" * 64)
POOL = PoolState("1", "1", "p/b", "0" * 64, Decimal(1), False, False, "", "", "", "", "", "")
METHODS: dict[str, Callable[[Toloka], Any]] = {
    "balance": lambda t: t.balance(),
    "ensure_project": lambda t: t.ensure_project({"public_name": "p"}, MARK),
    "find_project": lambda t: t.find_project(MARK),
    "find_training": lambda t: t.find_training("1", MARK),
    "find_pools": lambda t: t.find_pools("1"),
    "get_pool": lambda t: t.get_pool("1"),
    "create_pool": lambda t: t.create_pool({"private_name": "p", "private_comment": str(MARK)}),
    "open_pool": lambda t: t.open_pool(POOL),
    "close_pool": lambda t: t.close_pool("1"),
    "archive_pool": lambda t: t.archive_pool("1"),
    "extend_pool": lambda t: t.extend_pool("1", "2030-01-01T00:00:00"),
    "reserving_pools": lambda t: t.reserving_pools(),
    "answers_left": lambda t: t.answers_left("1"),
    "raise_overlaps": lambda t: t.raise_overlaps("1", {"1": 2}),
    "unfinished_rewards": lambda t: t.unfinished_rewards("1", 10),
    "accept": lambda t: t.accept("1", "good"),
    "reject": lambda t: t.reject("1", "bad"),
    "upload": lambda t: t.upload(crowd_tasks("1", 1), "1"),
    "upload_chunk": lambda t: t.upload_chunk(crowd_tasks("1", 1), "1"),
    "assignments": lambda t: list(t.assignments("1")),
    "has_unfinished": lambda t: t.has_unfinished("1"),
    "measure": lambda t: t.measure(Metric.ACCEPTED, ["1"]),
}
QUICK = ("balance", "find_pools")
CLIENTS = [*((Toloka, method) for method in METHODS), *((QuickToloka, method) for method in QUICK)]
POOLS, TASKS, PROJECTS = "POST /api/v1/pools", "POST /api/v1/tasks", "POST /api/v1/projects"
REQUESTER = "GET /api/v1/requester"


@pytest.fixture(scope="module")
def guarded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Toloka that asks for a token."""
    with TolokaEmulator(tmp_path_factory.mktemp("guarded") / "state", token=SECRET) as emulator:
        yield emulator.url


@pytest.fixture
def far(failing: Failing) -> Toloka:
    """A client behind the network that fails."""
    return Toloka(failing.url, SECRET)


@pytest.mark.parametrize(("client", "method"), CLIENTS)
def test_a_wrong_token_is_for_a_person_to_put_right(guarded_url: str, client: type[Toloka], method: str) -> None:
    """What waits goes on afterwards."""
    with pytest.raises(TransientServiceError, match=f"Toloka at {guarded_url} could not .*Check TOLOKA_TOKEN"):
        METHODS[method](client(guarded_url, WRONG))


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, b"ACCESS_DENIED", b"This server answers on loopback addresses only"),
        (403, b"FORBIDDEN", b"Your network is blocked"),
        (401, b"LOGIN_FIRST", b"This is the gateway of the house"),
    ],
)
def test_a_refusal_that_says_nothing_of_a_token_is_not_blamed_on_it(
    failing: Failing, far: Toloka, status: int, code: bytes, says: bytes
) -> None:
    """It is told as it was said; whoever looks for a mistake in the token loses an hour."""
    failing.answers[REQUESTER] = status, b'{"request_id": "r", "code": "%s", "message": "%s"}' % (code, says)
    with pytest.raises(TransientServiceError, match=f"{status} {code.decode()}: {says.decode()}") as refused:
        far.balance()
    assert "TOLOKA_TOKEN" not in str(refused.value)


def test_a_token_without_rights_is_named(failing: Failing, far: Toloka) -> None:
    """Toloka knows who asks, and says that the token is the reason."""
    failing.answers[REQUESTER] = 403, b'{"request_id": "r", "code": "ACCESS_DENIED", "message": "No such OAuth scope."}'
    with pytest.raises(TransientServiceError, match=r"403 ACCESS_DENIED: No such OAuth scope\. Check TOLOKA_TOKEN\."):
        far.balance()


def test_the_right_token_is_let_in(guarded_url: str) -> None:
    """It is sent with every request."""
    assert Toloka(guarded_url, SECRET).balance() == 1000


@pytest.mark.parametrize("method", ["create_pool", "upload_chunk", "balance"])
def test_a_dead_server_is_transient(dead_address: str, method: str) -> None:
    """It will come back; and the message says which address was asked."""
    with pytest.raises(TransientServiceError, match=f"Toloka at http://{dead_address} could not .*ConnectError"):
        METHODS[method](Toloka(f"http://{dead_address}", SECRET))


def test_no_token_is_in_a_repr(guarded_url: str) -> None:
    """A repr ends in logs."""
    assert repr(Toloka(f"{guarded_url}/", SECRET)) == f"Toloka({guarded_url})"


def test_no_token_is_in_an_error(guarded_url: str, dead_address: str) -> None:
    """Neither in the message nor in the causes that a traceback prints."""
    for url in (guarded_url, f"http://{dead_address}"):
        with pytest.raises(TransientServiceError) as refused:
            Toloka(url, WRONG).create_pool({"private_name": "p"})
        assert WRONG not in "".join(traceback.format_exception(refused.value))


def test_a_refused_form_names_the_fields(still_toloka: Toloka, project: Project) -> None:
    """With Toloka's code for each; a rerun would not help."""
    with pytest.raises(ServiceError, match=r'400 VALIDATION_ERROR: .*"reward_per_assignment":\{"code":'):
        create(still_toloka, project, "batch", reward_per_assignment=0.001)


def test_what_is_not_there_is_an_error(still_toloka: Toloka) -> None:
    """A rerun would not bring it."""
    with pytest.raises(ServiceError, match="could not read the pool 1: 404 DOES_NOT_EXIST"):
        still_toloka.get_pool("1")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_transient(failing: Failing, far: Toloka, status: int) -> None:
    """Whatever it says of itself."""
    failing.answers[POOLS] = status, b'{"request_id": "r", "code": "TROUBLE", "message": "in trouble"}'
    with pytest.raises(TransientServiceError, match=f"{status} TROUBLE: in trouble"):
        far.create_pool({"private_name": "p"})


def test_the_page_of_a_proxy_is_transient(failing: Failing, far: Toloka) -> None:
    """It is not Toloka that answers: now, or at this address."""
    failing.answers[REQUESTER] = 200, b"<html>Log in first</html>"
    with pytest.raises(TransientServiceError, match=r"the answer is not JSON\. Check TOLOKA_URL"):
        far.balance()


def test_an_empty_answer_is_transient(failing: Failing, far: Toloka) -> None:
    """A gateway that gave up."""
    failing.answers[POOLS] = 502, b""
    with pytest.raises(TransientServiceError):
        far.create_pool({"private_name": "p"})


def test_reading_is_repeated(failing: Failing, far: Toloka) -> None:
    """A lost answer costs nothing but time."""
    failing.lost.append(REQUESTER)
    assert far.balance() == 1000
    assert failing.requests == [REQUESTER, REQUESTER]


def test_a_pool_whose_answer_is_lost_is_made_once(failing: Failing, far: Toloka, project: Project) -> None:
    """The kit would ask again, and pay for two; whoever looks again finds it."""
    project_id, _ = far.ensure_project(project.project, project_mark(project))
    failing.lost.append(POOLS)
    with pytest.raises(TransientServiceError, match="could not create the pool"):
        create(far, project, "batch")
    (pool,) = far.find_pools(project_id)
    assert pool.batch == f"{project.name}/batch"
    assert failing.requests.count(POOLS) == 1


def test_a_project_whose_answer_is_lost_is_made_once(failing: Failing, far: Toloka, project: Project) -> None:
    """And found by the next run."""
    failing.lost.append(PROJECTS)
    with pytest.raises(TransientServiceError):
        far.ensure_project(project.project, project_mark(project))
    assert far.ensure_project(project.project, project_mark(project))[1] == "found"


def test_tasks_whose_answer_is_lost_are_uploaded_once(
    failing: Failing, far: Toloka, make_pool: Callable[..., PoolState]
) -> None:
    """The repeated request has the same operation id, so that the server knows it."""
    pool = make_pool("batch")
    failing.lost.append(TASKS)
    assert far.upload(crowd_tasks(pool.id, 3), pool.id).new == 3
    first, second = (request for request in failing.requests if request.startswith(TASKS))
    assert first == second
    assert "operation_id=" in first
    assert len(far.task_identities(pool.id)) == len(list(far.reader.get_tasks(pool_id=pool.id))) == 3


def test_an_opening_whose_answer_is_lost_is_found_open(
    failing: Failing, far: Toloka, make_pool: Callable[..., PoolState]
) -> None:
    """It happened; the next run sees it."""
    pool = make_pool("batch")
    far.upload(crowd_tasks(pool.id, 3), pool.id)
    failing.lost.append(f"POST /api/v1/pools/{pool.id}/open")
    with pytest.raises(TransientServiceError):
        far.open_pool(pool)
    assert far.get_pool(pool.id).is_open
    assert far.open_pool(pool).is_open


def test_a_silent_server_is_transient() -> None:
    """Nobody waits for ever."""
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"http://{LOOPBACK}:{silent.getsockname()[1]}"
        with pytest.raises(TransientServiceError, match="ReadTimeout"):
            Toloka(url, SECRET, timeout=0.1).create_pool({"private_name": "p"})


def test_a_form_that_the_kit_cannot_read_is_refused(still_toloka: Toloka, project: Project) -> None:
    """In a sentence; a rerun would not help."""
    spec = {**project.project["task_spec"], "view_spec": {"type": "tb", "config": "{}"}}
    with pytest.raises(ServiceError, match=r"form of the project .* toloka-kit cannot read it"):
        still_toloka.ensure_project({**project.project, "task_spec": spec}, project_mark(project))
