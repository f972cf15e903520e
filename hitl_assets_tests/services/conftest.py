"""Repos, pools, an address at which nobody answers, and networks that fail."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from toloka.client import Task

from hitl_assets.labeling.pools.pools import compose_pool, pool_mark, project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, PoolState, item_key
from hitl_assets.labeling.records import Task as CrowdTask
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.tasks import crowd_task, golden_task

from .grpc_proxies import Refusing, refusing_grpc
from .proxies import LOOPBACK, Cutting, Failing, cutting_tcp, failing_http


@pytest.fixture
def repo(prefix: str) -> str:
    """The name of a repo of the test's own, which isn't there yet."""
    return prefix


@pytest.fixture
def dead_address() -> Iterator[str]:
    """`host:port` of a port that is taken, so that nobody else gets it, and at which nobody listens."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        yield f"{LOOPBACK}:{taken.getsockname()[1]}"


@pytest.fixture
def cutting(pachyderm_address: str) -> Iterator[Cutting]:
    """A network to the shared pachd that can break off."""
    with cutting_tcp(pachyderm_address) as proxy:
        yield proxy


@pytest.fixture
def refusing(pachyderm_address: str) -> Iterator[Refusing]:
    """A network to the shared pachd on which calls are refused, lost or never answered."""
    with refusing_grpc(pachyderm_address) as proxy:
        yield proxy


@pytest.fixture
def far(refusing: Refusing) -> Pachyderm:
    """A client of the shared pachd behind that network. It doesn't sleep."""
    return Pachyderm(refusing.address, sleep=lambda _: None)


@pytest.fixture
def failing(still_toloka_url: str) -> Iterator[Failing]:
    """A network to the shared Toloka where nobody answers, which can lose responses."""
    with failing_http(still_toloka_url) as proxy:
        yield proxy


def crowd_tasks(pool_id: str, count: int) -> list[Task]:
    """So many real tasks: `headline 0`, `headline 1`, ..."""
    values = [{"headline": f"headline {number}"} for number in range(count)]
    return [crowd_task(CrowdTask(item_key(each), each), pool_id) for each in values]


def plain_pool(project: Project) -> Project:
    """The project without what keeps workers out of its pools: training, filters and bans."""
    left_out = ("quality_control", "filter")
    return replace(project, pool={name: value for name, value in project.pool.items() if name not in left_out})


def create(toloka: Toloka, project: Project, batch: str, **changes: Any) -> PoolState:
    """A batch's pool, without tasks."""
    project_id, _ = toloka.ensure_project(project.project, project_mark(project))
    mark = pool_mark(project, batch, Decimal("1.50"))
    form = compose_pool(plain_pool(project), mark, project_id, None, datetime.now(timezone.utc))
    return toloka.create_pool({**form, **changes})


@pytest.fixture
def make_pool(still_toloka: Toloka, project: Project) -> Callable[..., PoolState]:
    """Makes a batch's pool, without tasks, where nobody answers."""
    return partial(create, still_toloka, project)


@pytest.fixture
def make_open_pool(toloka: Toloka, project: Project) -> Callable[..., PoolState]:
    """Makes a batch's pool with `tasks` tasks and opens it where answers come at once."""

    def make(batch: str, tasks: int = 4, **changes: Any) -> PoolState:
        pool = create(toloka, project, batch, **changes)
        golden = [KnownTask({"headline": f"golden {number}"}, {"category": "clickbait"}) for number in range(20)]
        toloka.upload([*crowd_tasks(pool.id, tasks), *(golden_task(task, pool.id) for task in golden)], pool.id)
        toloka.writer.open_pool(pool.id)
        return pool

    return make


@pytest.fixture
def make_done_pool(
    make_open_pool: Callable[..., PoolState], toloka: Toloka, until: Callable[..., Any]
) -> Callable[..., PoolState]:
    """Makes a batch's pool with `tasks` tasks and waits until it is closed."""

    def make(batch: str, tasks: int = 4, **changes: Any) -> PoolState:
        pool_id = make_open_pool(batch, tasks, **changes).id
        return until(lambda: toloka.get_pool(pool_id), lambda pool: not pool.is_open)

    return make
