"""An emulator per test, a real client on it, and small projects and pools to work with."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from toloka.client import Pool, Project, Task, TolokaClient, Training, structure

from hitl_assets.emulators.toloka import TolokaEmulator

INTERFACE = json.dumps(
    {
        "view": {
            "type": "view.list",
            "items": [
                {"type": "view.text", "content": {"type": "data.input", "path": "text"}},
                {
                    "type": "field.radio-group",
                    "data": {"type": "data.output", "path": "answer"},
                    "options": [{"value": "no", "label": "No"}, {"value": "yes", "label": "Yes"}],
                    "validation": {"type": "condition.required"},
                },
            ],
        }
    }
)


@dataclass(frozen=True)
class Desk:
    """A requester at work: a client, the emulator behind it, and short ways to what tests need."""

    emulator: TolokaEmulator
    client: TolokaClient

    def project(self, **changes: Any) -> Project:
        """A project that asks yes or no about a text; `item_key` is hidden and optional."""
        form = {
            "public_name": "Is it a fruit?",
            "public_description": "Say whether the text names a fruit",
            "public_instructions": "Read, then answer",
            "task_spec": {
                "input_spec": {
                    "text": {"type": "string", "required": True},
                    "item_key": {"type": "string", "required": False, "hidden": True},
                },
                "output_spec": {"answer": {"type": "string", "required": True, "allowed_values": ["no", "yes"]}},
                "view_spec": {
                    "type": "tb",
                    "config": INTERFACE,
                    "lock": {"core": "1.0.0", "view.text": "1.0.0"},
                },
            },
        }
        return self.client.create_project(structure({**form, **changes}, Project))

    def pool_form(self, project_id: str, **changes: Any) -> dict[str, Any]:
        """A pool of two real tasks per suite and one golden one, overlap 3, 5 cents."""
        form = {
            "project_id": project_id,
            "private_name": "fruits",
            "may_contain_adult_content": False,
            "will_expire": "2090-01-01T00:00:00",
            "reward_per_assignment": 0.05,
            "assignment_max_duration_seconds": 600,
            "defaults": {"default_overlap_for_new_tasks": 3, "default_overlap_for_new_task_suites": 3},
            "mixer_config": {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0},
        }
        return {**form, **changes}

    def pool(self, project: Project | None = None, **changes: Any) -> Pool:
        """A new pool."""
        project_id = (project or self.project()).id
        return self.client.create_pool(structure(self.pool_form(project_id, **changes), Pool))

    def training(self, project: Project, tasks: int = 4, **changes: Any) -> Training:
        """An open training with so many tasks, two to a suite."""
        form = {
            "project_id": project.id, "private_name": "practice", "inherited_instructions": True,
            "training_tasks_in_task_suite_count": 2, "task_suites_required_to_pass": 2,
            "may_contain_adult_content": False, "assignment_max_duration_seconds": 600,
        }  # fmt: skip
        training = self.client.create_training(structure({**form, **changes}, Training))
        if tasks:
            self.client.create_tasks(self.golden(training.id, tasks))
            training = self.client.open_training(training.id)
        return training

    def real(self, pool_id: str, count: int, **changes: Any) -> list[Task]:
        """Real tasks."""
        return [Task(pool_id=pool_id, input_values={"text": f"text {number}"}, **changes) for number in range(count)]

    def golden(self, pool_id: str, count: int, answer: str = "yes") -> list[Task]:
        """Control tasks for everybody."""
        known = [{"output_values": {"answer": answer}, "correctness_weight": 1}]
        return [
            Task(
                pool_id=pool_id, input_values={"text": f"golden {number}"}, infinite_overlap=True,
                known_solutions=structure(known, list[Task.KnownSolution]),
            )
            for number in range(count)
        ]  # fmt: skip

    def filled(self, real: int = 4, golden: int = 0, **changes: Any) -> Pool:
        """A new pool with tasks, closed."""
        pool = self.pool(**changes)
        self.client.create_tasks(self.real(pool.id, real), allow_defaults=True)
        if golden:
            self.client.create_tasks(self.golden(pool.id, golden))
        return pool

    def run(self, pool: Pool) -> Pool:
        """Open a pool and wait until it is closed."""
        self.client.open_pool(pool.id)
        return self.until(lambda: self.client.get_pool(pool.id), lambda pool: pool.is_closed())

    def until(self, read: Callable[[], Any], is_it: Callable[[Any], bool]) -> Any:
        """Read until it is so. Fails after ten seconds."""
        deadline = time.monotonic() + 10
        while not is_it(value := read()):
            assert time.monotonic() < deadline, value
            time.sleep(0.02)
        return value

    def assignments(self, pool: Pool, **wanted: Any) -> list[Any]:
        """The assignments of a pool."""
        return list(self.client.get_assignments(pool_id=pool.id, **wanted))

    def advance(self, seconds: float) -> None:
        """Let simulated time pass, and what is due happen."""
        path = "/emulator/clock/advance"
        assert httpx.post(f"{self.emulator.url}{path}", json={"seconds": seconds}, timeout=60).json()["done"]

    @property
    def balance(self) -> Decimal:
        """What the requester has."""
        return self.client.get_requester().balance


Start = Callable[..., Desk]
InAProcess = Callable[[Path, float], contextlib.AbstractContextManager[tuple[str, "subprocess.Popen[str]"]]]

SERVER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from hitl_assets.emulators.toloka import TolokaEmulator

    with TolokaEmulator(Path(sys.argv[1]), speed=float(sys.argv[2])) as emulator:
        print(emulator.url, flush=True)
        emulator.wait()
    """
)


@pytest.fixture
def in_a_process() -> InAProcess:
    """Starts an emulator in a process of its own, which is killed at the end of the block: address and process."""

    @contextlib.contextmanager
    def run(state: Path, speed: float) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        command = [sys.executable, "-W", "ignore", "-c", SERVER, str(state), str(speed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().strip(), process
            finally:
                process.kill()

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts emulators; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start_one(**options: Any) -> Desk:
            options = {"state": tmp_path / "state", "speed": "max", **options}
            emulator = stack.enter_context(TolokaEmulator(**options))
            return Desk(emulator, TolokaClient(token="emulator", url=emulator.url, retries=0))

        yield start_one


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk like `desk`, for all tests of a module that do not mind what the others left behind."""
    with TolokaEmulator(tmp_path_factory.mktemp("shared") / "state", speed="max") as emulator:
        yield Desk(emulator, TolokaClient(token="emulator", url=emulator.url, retries=0))


@pytest.fixture
def desk(start: Start) -> Desk:
    """A desk with a crowd that answers at once."""
    return start()


@pytest.fixture
def still(start: Start) -> Desk:
    """A desk where time stands still: nobody comes until it is advanced."""
    return start(speed="manual")


@pytest.fixture(scope="session")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that tests share, to which no simulated worker ever comes. Its pools stay, its balance goes down."""
    with TolokaEmulator(tmp_path_factory.mktemp("idle") / "state", speed="manual") as emulator:
        yield Desk(emulator, TolokaClient(token="emulator", url=emulator.url, retries=0))
