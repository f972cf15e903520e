"""What tests above the level of plain Python run on: one emulator of each service, clients, a project of one's own.

The emulators live as long as the test session and are shared; nothing in them is reset. A test stays alone by its
names: `prefix` for repos, `project` for everything that is named after a project. Whoever needs an empty account, a
token or another profile starts an emulator in `tmp_path`.
"""

import gc
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser

import hitl_assets
import hitl_assets.services.toloka.kit  # before a test imports `toloka` itself, with all that it brings
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.service import TolokaService
from hitl_assets_tests.browsers import NoBrowserError, chromium
from hitl_assets_tests.economies import NO_LOGS, economies
from hitl_assets_tests.persistence import PersistentClient, connect

CLICKBAIT = Path(hitl_assets.__file__).parent / "projects" / "clickbait"

Until = Callable[..., Any]

# The same examples each time, and no time limit for one: a machine may be busy.
settings.register_profile("here", deadline=None, derandomize=True, database=None)
settings.load_profile("here")


def pytest_collection() -> None:
    """Nearly all that is made by imports and by collecting stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What stays need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def thrift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is the same for all tests is done once."""
    with economies(tmp_path_factory.mktemp("economies")):
        yield


@pytest.fixture(scope="session")
def pachyderm_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a pachd that asks for no token and sends responses as 2.12 does.

    As a real one it takes time to finish a commit, and makes one commit of ten give way to another transaction: a test
    that passes only without that is no test. `pachctl` is for what a test does besides.
    """
    state = tmp_path_factory.mktemp("pachyderm") / "state"
    with PachydermEmulator(state, finish_delay=0.05, conflicts=0.1) as emulator:
        yield emulator.address


@pytest.fixture(scope="session")
def toloka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Toloka that takes any token, and whose workers finish an open pool at once.

    They know the right answers to the shipped `headlines_1.csv`. The balance is 1000, which no test may use up.
    """
    state, key = tmp_path_factory.mktemp("toloka") / "state", CLICKBAIT / "headlines_1.csv"
    with TolokaEmulator(state, answer_key=key, speed="max") as emulator:
        yield emulator.url


@pytest.fixture(scope="session")
def still_toloka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Toloka that takes any token, and to which nobody comes during a test: pools stay open."""
    with TolokaEmulator(tmp_path_factory.mktemp("still_toloka") / "state", speed="manual") as emulator:
        yield emulator.url


@pytest.fixture
def pachyderm(pachyderm_address: str) -> Pachyderm:
    """A client of the shared pachd."""
    return Pachyderm(pachyderm_address)


@pytest.fixture
def pachctl(pachyderm_address: str) -> PersistentClient:
    """What somebody else at the shared pachd uses: a bare client."""
    return connect(pachyderm_address)


@pytest.fixture
def toloka(toloka_url: str) -> TolokaService:
    """A client of the shared Toloka, where pools are done at once."""
    return TolokaService(toloka_url, "any token")


@pytest.fixture
def still_toloka(still_toloka_url: str) -> TolokaService:
    """A client of the shared Toloka to which nobody comes."""
    return TolokaService(still_toloka_url, "any token")


@pytest.fixture
def prefix() -> str:
    """The start of the names that are this test's own: letters, digits and underscores, 13 of them."""
    return f"test_{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Dagster instance in which nothing has happened. Making its databases takes three times as long as
    copying them."""
    home = tmp_path_factory.mktemp("dagster") / "home"
    home.mkdir()
    with dg.instance_for_test(temp_dir=str(home)) as instance:
        assert all((instance.run_storage, instance.event_log_storage, instance.schedule_storage))
    return home


@pytest.fixture
def instance_home(empty_home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a test's own instance, in which nothing has happened."""
    return str(shutil.copytree(empty_home, tmp_path_factory.mktemp("dagster"), dirs_exist_ok=True))


@pytest.fixture
def instance(instance_home: str) -> Iterator[dg.DagsterInstance]:
    """An empty instance."""
    with dg.instance_for_test(NO_LOGS, temp_dir=instance_home) as instance:
        yield instance


@pytest.fixture(scope="session")
def shipped_project() -> Project:
    """The project that ships, as it is: its name and its repos are shared by everybody who uses it."""
    return load_project(CLICKBAIT / "defs.yaml")


@pytest.fixture
def project(shipped_project: Project, prefix: str) -> Project:
    """The shipped project under a name and with source repos that are this test's own.

    `configuration.source.repo` is `<name>_source`, `configuration.dataset.repo` is `<name>_labeled`. No repo is there
    yet. The project's folder is the shipped one, so `headlines_1.csv` and the rest are in `project.folder`.
    """
    old = shipped_project.configuration
    assert old.dataset is not None
    own = old.model_copy(
        update={
            "name": prefix,
            "source": old.source.model_copy(update={"repo": f"{prefix}_source"}),
            "dataset": old.dataset.model_copy(update={"repo": f"{prefix}_labeled"}),
        }
    )
    return replace(shipped_project, configuration=own)


@pytest.fixture(scope="session")
def until() -> Until:
    """`until(read, is_it, seconds=15)`: read until it is so, and what was read then. Fails at the deadline."""

    def poll(read: Callable[[], Any], is_it: Callable[[Any], bool] = bool, seconds: float = 15) -> Any:
        deadline = time.monotonic() + seconds
        while not is_it(value := read()):
            assert time.monotonic() < deadline, f"not so after {seconds} seconds: {value}"
            time.sleep(0.02)  # between two looks, never instead of one
        return value

    return poll


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's own Chromium."""
    try:
        with chromium() as browser:
            yield browser
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)
