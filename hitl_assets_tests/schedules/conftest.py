"""A Toloka of the test's own in which time stands still, and whatever two runs may do at the same moment."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .runs import Run, Work


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[TolokaEmulator]:
    """A Toloka where nobody answers, and that can hold requests. Each test has its own: an account with few projects is
    quicker to look through."""
    with TolokaEmulator(tmp_path / "toloka", speed="manual", balance=Decimal(100_000)) as emulator:
        yield emulator


@pytest.fixture
def toloka(emulator: TolokaEmulator) -> Toloka:
    """Somebody who looks at it undisturbed."""
    return Toloka(emulator.url, "somebody else")


@pytest.fixture
def begin(emulator: TolokaEmulator, pachyderm: Pachyderm, project: Project) -> Callable[..., Run]:
    """Makes a run of the project that does this work. Runs with the same name have the same client, one after the
    other: making one takes longer than publishing a batch."""
    clients: dict[str, Toloka] = {}

    def make(name: str, work: Work) -> Run:
        token = f"{name} of {project.name}"
        if name not in clients:
            clients[name] = Toloka(emulator.url, token)
        return Run(emulator, pachyderm, f"{project.name}_pools", work, clients[name], token)

    return make
