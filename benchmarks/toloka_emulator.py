"""How the Toloka emulator carries a large pool: time per phase, memory and cost of pages as the answers grow.

Tasks go up in asynchronous chunks, the simulated crowd answers as fast as it can, and everything comes down again as
assignments and as a table. The floor beside it is bare SQLite: the same rows in as many commits, without any rules.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from toloka.client import Pool, Project, Task, TolokaClient, structure

CHUNK = 5_000
OVERLAP = 5
REAL, GOLDEN = 9, 1
# A commit of the crowd holds a slice of 50 ms. The floor commits as often for as many rows.
ROWS_PER_COMMIT = 500
LONGEST = 3600.0
BALANCE, PRICE = Decimal(10**7), Decimal("0.065")

SERVER = textwrap.dedent(
    """
    import signal
    import sys
    from decimal import Decimal
    from pathlib import Path
    from hitl_assets.emulators.toloka import TolokaEmulator

    # A program in the background does not hear Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with TolokaEmulator(Path(sys.argv[1]), speed=1e9, balance=Decimal(10**7)) as emulator:
        print(emulator.url, flush=True)
        emulator.wait()
    """
)


@dataclass(frozen=True)
class Server:
    """An emulator in a process of its own."""

    client: TolokaClient
    pid: int
    state: Path

    def memory(self, field: str = "VmRSS") -> int:
        """KB that the process has, or had at most (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(row.split()[1]) for row in status.splitlines() if row.startswith(field))

    def size(self) -> int:
        """Bytes of its state on disk."""
        return sum(path.stat().st_size for path in self.state.iterdir())


@contextlib.contextmanager
def server(state: Path) -> Iterator[Server]:
    """A fresh emulator; it ends with the block."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", SERVER, str(state)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().decode().strip()
        yield Server(TolokaClient("benchmark", url=url, retries=0, timeout=600), process.pid, state)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def line(what: str, took: str, beside: str = "") -> None:
    """One row of the result."""
    print(f"{what:48} {took:>20}  {beside}", flush=True)


ASKS = {
    "type": "field.radio-group",
    "data": {"type": "data.output", "path": "answer"},
    "options": [{"value": value, "label": value} for value in ("a", "b", "c")],
}


def create_pool(client: TolokaClient) -> str:
    """A pool of ten tasks per suite, one of them a control task, with a rule on the control tasks."""
    project = client.create_project(
        structure(
            {
                "public_name": "benchmark",
                "public_description": "benchmark",
                "task_spec": {
                    "input_spec": {"text": {"type": "string", "required": True}},
                    "output_spec": {"answer": {"type": "string", "allowed_values": ["a", "b", "c"]}},
                    "view_spec": {
                        "type": "tb",
                        "lock": {"core": "1.0.0", "field.radio-group": "1.0.0"},
                        "config": json.dumps({"view": ASKS}),
                    },
                },
            },
            Project,
        )
    )
    rule = {
        "collector_config": {"type": "GOLDEN_SET", "parameters": {"history_size": 20}},
        "rules": [
            {
                "conditions": [
                    {"key": "golden_set_answers_count", "operator": "GTE", "value": 20},
                    {"key": "golden_set_correct_answers_rate", "operator": "LT", "value": 50},
                ],
                "action": {"type": "RESTRICTION_V2", "parameters": {"scope": "POOL", "duration_unit": "PERMANENT"}},
            }
        ],
    }
    form = {
        "project_id": project.id,
        "private_name": "benchmark",
        "may_contain_adult_content": False,
        "will_expire": "2090-01-01T00:00:00",
        "reward_per_assignment": 0.05,
        "assignment_max_duration_seconds": 3600,
        "defaults": {"default_overlap_for_new_tasks": OVERLAP, "default_overlap_for_new_task_suites": OVERLAP},
        "mixer_config": {"real_tasks_count": REAL, "golden_tasks_count": GOLDEN, "training_tasks_count": 0},
        "quality_control": {"configs": [rule]},
    }
    return str(client.create_pool(structure(form, Pool)).id)


def upload(client: TolokaClient, pool_id: str, tasks: int) -> None:
    """Control tasks for 100 suites of a worker, and the real ones in chunks."""
    known = structure([{"output_values": {"answer": "a"}}], list[Task.KnownSolution])
    control = [
        Task(pool_id=pool_id, input_values={"text": f"control {n}"}, known_solutions=known, infinite_overlap=True)
        for n in range(100)
    ]
    client.create_tasks(control, async_mode=True)
    for start in range(0, tasks, CHUNK):
        chunk = [
            Task(pool_id=pool_id, input_values={"text": f"a text of some length, number {number}"})
            for number in range(start, min(start + CHUNK, tasks))
        ]
        client.create_tasks(chunk, async_mode=True, allow_defaults=True)


def work(client: TolokaClient, pool_id: str) -> None:
    """Open the pool, and wait until the crowd has closed it."""
    client.open_pool(pool_id)
    deadline = time.monotonic() + LONGEST
    while not client.get_pool(pool_id).is_closed():
        assert time.monotonic() < deadline, "the crowd is not done"
        time.sleep(0.5)


def count_answers(client: TolokaClient, pool_id: str) -> tuple[int, int]:
    """All accepted assignments, page by page, as the client gives them: suites and answers."""
    suites = answers = 0
    for one in client.get_assignments(pool_id=pool_id, status="ACCEPTED", batch_size=300):
        suites, answers = suites + 1, answers + len(one.solutions)
    return suites, answers


def measure_pages(client: TolokaClient, pool_id: str, times: int = 15) -> tuple[float, float]:
    """Seconds for the first and for the last page of 50 assignments: the median of several, in turns."""
    last = client.find_assignments(pool_id=pool_id, sort=["-id"], limit=52).items[-1].id
    pages: dict[str, dict[str, Any]] = {"first": {}, "last": {"id_gt": last}}
    took: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(times):
        for name, bounds in pages.items():
            took[name].append(
                seconds(lambda bounds=bounds: client.find_assignments(pool_id=pool_id, sort=["id"], limit=50, **bounds))
            )
    return statistics.median(took["first"]), statistics.median(took["last"])


def measure_floor(directory: Path, source: Path) -> float:
    """Seconds that bare SQLite takes for the rows that the emulator keeps, with its indexes and its durability."""
    with contextlib.ExitStack() as stack:
        kept, floor = (
            stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
            for path in (source / "toloka.sqlite3", directory / f"floor-{source.name}.sqlite3")
        )
        floor.execute("PRAGMA journal_mode = WAL")
        floor.execute("PRAGMA synchronous = FULL")
        tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        for (statement,) in kept.execute(tables).fetchall():
            floor.execute(statement)

        def insert(name: str, rows: list[tuple[Any, ...]]) -> None:
            floor.execute("BEGIN")
            marks = ",".join("?" * len(rows[0]))
            floor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - constants
            floor.execute("COMMIT")

        took = 0.0
        for name in ("tasks", "assignments", "answers"):
            cursor = kept.execute(f"SELECT * FROM {name}")  # noqa: S608 - constants
            while rows := cursor.fetchmany(ROWS_PER_COMMIT):
                took += seconds(lambda name=name, rows=rows: insert(name, rows))
        return took


def measure(directory: Path, tasks: int) -> dict[str, float]:
    """One pool of so many tasks through all phases; what was measured."""
    state = directory / f"state-{tasks}"
    with server(state) as emulator:
        client, result = emulator.client, {"tasks": float(tasks), "idle": float(emulator.memory())}
        pool_id = create_pool(client)
        result["upload"] = seconds(lambda: upload(client, pool_id, tasks))
        result["uploaded"] = float(emulator.memory())
        result["work"] = seconds(lambda: work(client, pool_id))
        result["worked"] = float(emulator.memory())
        counted: list[tuple[int, int]] = []
        result["assignments_down"] = seconds(lambda: counted.append(count_answers(client, pool_id)))
        tables: list[int] = []
        result["table_down"] = seconds(lambda: tables.append(len(client.get_assignments_df(pool_id))))
        assert counted[0][1] == tables[0] >= tasks * OVERLAP, (counted, tables)
        result["first_page"], result["last_page"] = measure_pages(client, pool_id)
        # Every accepted suite is paid once, with the fee.
        assert client.get_requester().balance == BALANCE - counted[0][0] * PRICE
        result["suites"], result["answers"] = float(counted[0][0]), float(tables[0])
        result["most"] = float(emulator.memory("VmHWM"))
        result["end"], result["disk"] = float(emulator.memory()), float(emulator.size())
    result["floor"] = measure_floor(directory, state)
    return result


def report(result: dict[str, float]) -> None:
    """The rows of one run."""
    answers = result["answers"]
    line(f"{result['tasks']:.0f} tasks x {OVERLAP}", f"{answers:.0f} answers", f"in {result['suites']:.0f} suites")
    line(
        "upload in asynchronous chunks",
        f"{result['upload']:.1f} s",
        f"{result['tasks'] / result['upload']:.0f} tasks/s",
    )
    line("answered by the crowd", f"{result['work']:.1f} s", f"{answers / result['work']:.0f} answers/s")
    written = result["upload"] + result["work"]
    line("  bare SQLite, the same rows", f"{result['floor']:.1f} s", f"x{written / result['floor']:.1f}")
    line(
        "down by get_assignments",
        f"{result['assignments_down']:.1f} s",
        f"{answers / result['assignments_down']:.0f} answers/s",
    )
    line("down by assignments.tsv", f"{result['table_down']:.1f} s", f"{answers / result['table_down']:.0f} answers/s")
    first, last = result["first_page"] * 1e3, result["last_page"] * 1e3
    line("a page of 50: first, last", f"{first:.1f}, {last:.1f} ms", f"x{last / first:.2f}")
    line(
        "memory: idle, at the end, at most",
        ", ".join(f"{result[name] / 1024:.0f}" for name in ("idle", "end", "most")) + " MB",
    )
    line("state on disk", f"{result['disk'] / 1e6:.0f} MB", f"{result['disk'] / answers:.0f} bytes an answer")
    print(flush=True)


def main() -> None:
    """Measure pools of growing size, the largest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000, help="of the largest pool")
    parser.add_argument("--sizes", type=int, default=3, help="pools, each ten times smaller than the next")
    parser.add_argument("--json", type=Path, help="file to add the numbers to")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as name:
        for exponent in range(options.sizes - 1, -1, -1):
            results.append(measure(Path(name), max(options.tasks // 10**exponent, 10)))
            report(results[-1])
    growth = [
        1024 * (right["end"] - left["end"]) / (right["suites"] - left["suites"])
        for left, right in itertools.pairwise(results)
    ]
    if growth:
        line(
            "memory per assignment more",
            ", ".join(f"{one:.0f}" for one in growth) + " bytes",
            f"on {os.cpu_count()} cores",
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
