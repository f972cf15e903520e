"""Which service the contract is checked on.

By default the emulators. `HITL_CONTRACT_PACHD=host:port` (and `HITL_CONTRACT_PACHD_TOKEN`, where it asks for one), or
`HITL_CONTRACT_TOLOKA_URL` with `HITL_CONTRACT_TOLOKA_TOKEN`, name a real one. Then only what costs nothing is done,
under names of the run's own, which are deleted or archived afterwards. Nobody needs to be alone there.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .pachyderm_commits import patiently, remove
from .toloka_pools import Maker

PACHD, TOLOKA_URL = os.environ.get("HITL_CONTRACT_PACHD"), os.environ.get("HITL_CONTRACT_TOLOKA_URL")
PACHD_TOKEN = os.environ.get("HITL_CONTRACT_PACHD_TOKEN")
PROFILES = [PACHD] if PACHD else ["2.10", "2.12"]


@dataclass(frozen=True)
class Account:
    """A Toloka account, and whether its money is real."""

    toloka: Toloka
    is_real: bool


@pytest.fixture(scope="session", params=PROFILES)
def pachd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pachyderm]:
    """The real pachd, or the emulator as an old and as a new one."""
    if PACHD:
        yield Pachyderm(PACHD, PACHD_TOKEN)
        return
    state: Path = tmp_path_factory.mktemp("contract") / "state"
    with PachydermEmulator(state, profile=request.param) as emulator:
        yield Pachyderm(emulator.address)


@pytest.fixture(scope="session", params=PROFILES)
def guarded_pachd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pachyderm]:
    """A pachd that asks for tokens, and somebody who may do everything there."""
    if PACHD:
        if not PACHD_TOKEN:
            pytest.skip("it asks for no tokens, or HITL_CONTRACT_PACHD_TOKEN isn't set")
        yield Pachyderm(PACHD, PACHD_TOKEN)
        return
    state: Path = tmp_path_factory.mktemp("guarded") / "state"
    with PachydermEmulator(state, profile=request.param, token="root") as emulator:
        yield Pachyderm(emulator.address, "root")


@pytest.fixture
def repo(pachd: Pachyderm, prefix: str) -> Iterator[str]:
    """An empty repo, deleted afterwards."""
    patiently(lambda: pachd.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted"))
    yield prefix
    remove(pachd, prefix)


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> Account:
    """The real Toloka, or the emulator whose workers finish a pool at once."""
    if TOLOKA_URL:
        return Account(Toloka(TOLOKA_URL, os.environ["HITL_CONTRACT_TOLOKA_TOKEN"]), is_real=True)
    return Account(Toloka(request.getfixturevalue("toloka_url"), "any token"), is_real=False)


@pytest.fixture
def guarded_url(account: Account, tmp_path: Path) -> Iterator[str]:
    """The address of a Toloka that asks for a token: the real one does."""
    if account.is_real:
        yield account.toloka.url
        return
    with TolokaEmulator(tmp_path / "state", token="the right one") as emulator:
        yield emulator.url


@pytest.fixture
def toloka(account: Account) -> Toloka:
    """A client of the account."""
    return account.toloka


@pytest.fixture
def costly(account: Account) -> None:
    """For tests in which people would work: only on the emulator."""
    if account.is_real:
        pytest.skip("costs money on a real account")


@pytest.fixture
def toloka_project(toloka: Toloka, project: Project) -> Iterator[str]:
    """A project of the test's own, archived afterwards with all that is in it."""
    project_id = str(toloka.writer.create_project({**project.project, "private_comment": "a contract test"}).id)
    yield project_id
    for pool in [pool for pool in toloka.reader.get_pools(project_id=project_id) if not pool.is_archived()]:
        toloka.writer.close_pool(pool.id)
        toloka.writer.archive_pool(pool.id)
    trainings = toloka.reader.get_trainings(project_id=project_id)
    for training in [training for training in trainings if not training.is_archived()]:
        toloka.writer.close_training(training.id)
        toloka.writer.archive_training(training.id)
    toloka.writer.archive_project(project_id)


@pytest.fixture
def pools(toloka: Toloka, project: Project, toloka_project: str) -> Maker:
    """Makes pools."""
    return Maker(toloka, project, toloka_project)


@pytest.fixture
def pool(pools: Maker) -> PoolState:
    """A pool without tasks."""
    return pools.make()
