"""What we rely on from Toloka: the account, projects, trainings, and how pools open and close.

Tests in which people would work are `costly`: emulator only. Pools for nobody can be opened anywhere.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from toloka.client import Training

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import expiry, project_mark, training_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.tasks import training_task

from .toloka_pools import GOLDEN, NOBODY, Maker, fill


@pytest.fixture
def training(toloka: Toloka, project: Project, toloka_project: str) -> Training:
    """A training without tasks."""
    assert project.training is not None
    metadata = {"hitl": [str(training_mark(project))]}
    form = {**project.training, "project_id": toloka_project, "metadata": metadata}
    return toloka.writer.create_training(Training.structure(form))


def upload_training_tasks(toloka: Toloka, training: Training) -> None:
    """Give a training its tasks."""
    toloka.upload([training_task(task, training.id) for task in GOLDEN], training.id)


# The account


def test_the_balance_is_told(toloka: Toloka) -> None:
    """An exact number."""
    assert toloka.balance() >= 0


def test_a_wrong_token_is_refused_as_one(guarded_url: str) -> None:
    """401 or 403 with Toloka's code: what waits goes on once it is put right."""
    with pytest.raises(TransientServiceError, match="Check TOLOKA_TOKEN"):
        Toloka(guarded_url, "no-such-token").balance()


def test_what_is_missing_is_not_found(toloka: Toloka) -> None:
    """404, with a code."""
    with pytest.raises(ServiceError, match="404 DOES_NOT_EXIST"):
        toloka.get_pool("1")


# Projects and trainings


def test_a_project_keeps_its_private_comment(toloka: Toloka, toloka_project: str, project: Project) -> None:
    """Our mark lives there; an update changes it, and the listing has it."""
    mark = project_mark(project)
    toloka.writer.update_project(toloka_project, {**project.project, "private_comment": str(mark)})
    assert toloka.find_project(mark) == toloka_project


def test_an_archived_project_is_not_listed_as_active(toloka: Toloka, project: Project) -> None:
    """A new one is made instead."""
    project_id, done = toloka.ensure_project(project.project, project_mark(project))
    assert done == "created"
    toloka.writer.archive_project(project_id)
    assert toloka.look_up_projects(project_mark(project)) == (None, [])


def test_a_training_keeps_its_metadata_and_tasks(toloka: Toloka, training: Training, project: Project) -> None:
    """It has no private comment, so our mark lives there."""
    upload_training_tasks(toloka, training)
    found = toloka.find_training(training.project_id, training_mark(project))
    hints = {task.message_on_unknown_solution for task in toloka.reader.get_tasks(pool_id=training.id)}
    assert found is not None
    assert (found.id, hints) == (training.id, {"a hint"})


def test_a_training_opens_again_and_again(toloka: Toloka, training: Training) -> None:
    """Each batch opens it, whether it is open or not."""
    upload_training_tasks(toloka, training)
    states = [training.status]
    for _ in range(2):
        toloka.open_training(training.id)
        states.append(toloka.reader.get_training(training.id).status)
    toloka.writer.close_training(training.id)
    toloka.open_training(training.id)
    states.append(toloka.reader.get_training(training.id).status)
    assert [state.value for state in states] == ["CLOSED", "OPEN", "OPEN", "OPEN"]


def test_an_archived_training_is_listed_as_such(toloka: Toloka, training: Training, project: Project) -> None:
    """It is not ours any more: another is made."""
    toloka.writer.archive_training(training.id)
    (listed,) = toloka.reader.get_trainings(project_id=training.project_id)
    assert listed.is_archived()
    assert toloka.find_training(training.project_id, training_mark(project)) is None


# Pools


def test_a_new_pool_is_closed_and_was_never_started(toloka: Toloka, pool: PoolState) -> None:
    """That is how it is told from one that somebody closed; its private comment is kept."""
    assert (pool.is_open, pool.was_started, pool.close_reason) == (False, False, "")
    assert toloka.find_pools(pool.project_id) == [pool]


def test_pools_are_listed_by_their_creation(toloka: Toloka, pool: PoolState) -> None:
    """From a moment on, that moment included."""
    created = datetime.fromisoformat(pool.created)
    assert toloka.find_pools(pool.project_id, created) == [pool]
    assert toloka.find_pools(pool.project_id, created + timedelta(seconds=1)) == []


def test_an_empty_pool_does_not_open(toloka: Toloka, pool: PoolState) -> None:
    """409 EMPTY_POOL."""
    with pytest.raises(ServiceError, match="409 EMPTY_POOL"):
        toloka.open_pool(pool)


def test_an_open_pool_is_listed_as_such(toloka: Toloka, pools: Maker) -> None:
    """What it may still cost is spoken for, whatever project it is of."""
    pool = pools.filled(filter=NOBODY)
    assert pool.id not in {each.id for each in toloka.reserving_pools()}
    opened = toloka.open_pool(pool)
    assert (opened.is_open, opened.was_started) == (True, True)
    assert opened in toloka.reserving_pools()


def test_a_pool_that_is_closed_says_that_somebody_did(toloka: Toloka, pools: Maker) -> None:
    """MANUAL: the batch is partial then."""
    pool = pools.filled(filter=NOBODY)
    toloka.open_pool(pool)
    toloka.close_pool(pool.id)
    closed = toloka.get_pool(pool.id)
    assert (closed.has_ended, closed.close_reason) == (True, "MANUAL")


def test_a_pool_that_was_never_open_has_not_ended(toloka: Toloka, pools: Maker) -> None:
    """Closing what is closed is no error, and changes nothing."""
    pool = pools.filled(filter=NOBODY)
    toloka.close_pool(pool.id)
    assert not toloka.get_pool(pool.id).has_ended


def test_each_opening_has_a_time_of_its_own(toloka: Toloka, pools: Maker) -> None:
    """One end of a pool is told from the next by it."""
    pool = pools.filled(filter=NOBODY)
    endings = []
    for _ in range(2):
        pool = toloka.open_pool(pool)
        toloka.close_pool(pool.id)
        endings.append(toloka.get_pool(pool.id).ending)
    assert endings[0] != endings[1]


def test_an_expired_pool_opens_once_it_has_more_time(toloka: Toloka, pools: Maker) -> None:
    """409 before. A closed pool takes another expiry, and keeps the rest."""
    pool = pools.filled(filter=NOBODY)
    now = datetime.now(timezone.utc)
    toloka.extend_pool(pool.id, expiry(now, -1))
    with pytest.raises(ServiceError, match="409 CONFLICT_STATE"):
        toloka.open_pool(pool)
    toloka.extend_pool(pool.id, expiry(now, 3))
    opened = toloka.open_pool(pool)
    assert opened.is_open
    assert opened.expires.startswith(expiry(now, 3))
    assert (opened.batch, opened.key, opened.maximum) == (pool.batch, pool.key, pool.maximum)


def test_an_archived_pool_is_listed_and_stays_closed(toloka: Toloka, pools: Maker) -> None:
    """It is put away for good."""
    pool = pools.filled(filter=NOBODY)
    toloka.archive_pool(pool.id)
    assert [each.is_archived for each in toloka.find_pools(pool.project_id)] == [True]
    with pytest.raises(ServiceError, match="409"):
        toloka.open_pool(pool)


@pytest.mark.usefixtures("costly")
def test_a_pool_that_the_balance_does_not_cover_stays_closed(
    project: Project, toloka_project: str, tmp_path: Path
) -> None:
    """409 NOT_ENOUGH_BALANCE, on an account with one cent."""
    with TolokaEmulator(tmp_path / "state", balance=Decimal("0.01")) as emulator:
        poor = Toloka(emulator.url, "any token")
        project_id, _ = poor.ensure_project(project.project, project_mark(project))
        pool = Maker(poor, project, project_id).make()
        fill(poor, pool)
        with pytest.raises(ServiceError, match="409 NOT_ENOUGH_BALANCE"):
            poor.open_pool(pool)


@pytest.mark.slow
@pytest.mark.usefixtures("costly")
def test_who_has_begun_may_finish(project: Project, tmp_path: Path, until: Callable[..., Any]) -> None:
    """Closed is not enough: what comes in afterwards is paid, and counts."""
    with TolokaEmulator(tmp_path / "state", speed=60) as emulator:  # a suite takes a second
        toloka = Toloka(emulator.url, "any token")
        project_id, _ = toloka.ensure_project(project.project, project_mark(project))
        pool = Maker(toloka, project, project_id).make()
        fill(toloka, pool)
        toloka.open_pool(pool)
        until(lambda: toloka.unfinished_rewards(pool.id, 100))
        toloka.close_pool(pool.id)
        assert toloka.get_pool(pool.id).close_reason == "MANUAL"
        until(lambda: toloka.has_unfinished(pool.id, "ACTIVE"), lambda is_so: not is_so)
        assert toloka.measure(Metric.ACCEPTED, [pool.id])[pool.id] > 0


@pytest.mark.usefixtures("costly")
def test_a_training_ends_with_the_pool_that_asks_for_it(
    toloka: Toloka, training: Training, pools: Maker, until: Callable[..., Any]
) -> None:
    """So each batch opens it anew."""
    upload_training_tasks(toloka, training)
    toloka.open_training(training.id)
    requirement = {"training_pool_id": training.id, "training_passing_skill_value": 0}
    pool = pools.filled(quality_control={"training_requirement": requirement, "configs": []})
    toloka.open_pool(pool)
    until(lambda: toloka.get_pool(pool.id), lambda state: state.close_reason == "COMPLETED")
    assert toloka.reader.get_training(training.id).is_closed()
