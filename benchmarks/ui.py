"""Whether Dagster's UI stays quick: how long its pages take with 20 batches in the instance, and with 2,000.

    .venv/bin/python -m benchmarks.ui [--state .hitl] [--loads 7]

What is simulated: the batches. A demo's second batch is taken as it is in its instance: two runs, and what was
materialized, planned, checked and observed in them, with all metadata and plots. Dagster writes it into a fresh
instance as the first batch and as the last; those between are copies of the first one's rows in SQLite, each with a
commit and runs of its own (through Dagster they would take an hour). Steps and log lines are left out. What is real:
Dagster's storage, code server and webserver, the project's definitions, and Chromium, in a new tab each time, now on
the one and now on the other. The daemon does not run. A load is from the address to the last thing on the page: the
count of all partitions, the newest numbers, the last box.
"""

import argparse
import contextlib
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster_shared.serdes import deserialize_value, serialize_value
from playwright.sync_api import Browser

from hitl_assets.local.processes import (
    CODE_LOCATION,
    DAGSTER,
    WEBSERVER,
    check_alive,
    free_port,
    open_instance,
    running,
    wait_for_port,
    write_workspace,
)
from hitl_assets.local.state import Addresses, State
from hitl_assets_tests.browsers import chromium
from hitl_assets_tests.ui.pages import SCREEN, Pages

PROJECT = "clickbait"
FEW, MANY = 20, 2000
COPIED = {
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_OBSERVATION,
}
# What a batch leaves in Dagster's tables; with the columns that refer to rows of event_logs.
TABLES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "runs/index.db": {
        "event_logs": (),
        "asset_event_tags": ("event_id",),
        "asset_check_executions": ("evaluation_event_storage_id", "materialization_event_storage_id"),
        "dynamic_partitions": (),
    },
    "runs.db": {"runs": (), "run_tags": ()},
}
# Nobody answers there: pages are looked at, nothing is run.
NOWHERE = Addresses("127.0.0.1:1", "http://127.0.0.1:1")


class Recording:
    """The runs of one batch and their events, to be told again as other batches."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        name = f"{PROJECT}_batches"
        self.batch = instance.get_dynamic_partitions(name)[-1]
        runs = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": self.batch}))
        self.runs = [run for run in reversed(runs) if "dagster/sensor_name" in run.tags]
        self.events = {
            run.run_id: [
                record.event_log_entry for record in instance.get_records_for_run(run.run_id, of_type=COPIED).records
            ]
            for run in self.runs
        }
        seen = instance.fetch_observations(
            dg.AssetRecordsFilter(asset_key=dg.AssetKey([PROJECT, "pools"]), asset_partitions=[self.batch]), limit=100
        )
        self.observations = [record.asset_observation for record in seen.records if record.asset_observation]
        setup = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))[-1]
        self.setup = [
            record.event_log_entry
            for record in instance.get_records_for_run(
                setup.run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION
            ).records
        ]

    def tell(self, instance: dg.DagsterInstance, batch: str) -> list[str]:
        """One more batch, as the recorded one was; the ids of its runs."""
        instance.add_dynamic_partitions(f"{PROJECT}_batches", [batch])
        told = []
        for run in self.runs:
            tags = {**run.tags, "dagster/partition": batch}
            copy = run._replace(
                run_id=str(uuid.uuid4()), tags=tags, job_snapshot_id=None, execution_plan_snapshot_id=None
            )
            instance.add_run(copy)
            told.append(copy.run_id)
            for event in self.events[run.run_id]:
                instance.handle_new_event(self.renamed(event, batch, copy.run_id))
        for observation in self.observations:
            instance.report_runless_asset_event(observation._replace(partition=batch))
        return told

    def renamed(self, event: EventLogEntry, batch: str, run_id: str) -> EventLogEntry:
        """An event as it would be of another batch and run, now."""
        text = serialize_value(event).replace(self.batch, batch).replace(event.run_id, run_id)
        return deserialize_value(text, EventLogEntry)._replace(timestamp=time.time())


def fill(state: State, recording: Recording, count: int) -> list[str]:
    """A fresh instance with so many batches."""
    state.prepare()
    instance = open_instance(state)
    names = random.Random(7)  # noqa: S311 - names of commits, no secrets
    batches = [f"{names.getrandbits(128):032x}" for _ in range(count)]
    for event in recording.setup:
        if event.dagster_event and event.dagster_event.partition is None:
            instance.handle_new_event(event)
    ids = last_ids(state)
    runs = recording.tell(instance, batches[0])
    multiply(state, ids, [batches[0], *runs], batches[1:-1])
    recording.tell(instance, batches[-1])
    return batches


def last_ids(state: State) -> dict[str, int]:
    """The last id in each of the tables."""
    found = {}
    for file, tables in TABLES.items():
        with contextlib.closing(sqlite3.connect(state.dagster / "history" / file)) as database:
            for table in tables:
                found[table] = database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]  # noqa: S608
    return found


def multiply(state: State, ids: Mapping[str, int], names: Sequence[str], batches: Sequence[str]) -> None:
    """Copy all rows after these ids for each batch, with names (a batch, its runs) and references of its own."""
    spans = last_ids(state)
    renamed = [[batch, *(str(uuid.uuid4()) for _ in names[1:])] for batch in batches]
    for file, tables in TABLES.items():
        with contextlib.closing(sqlite3.connect(state.dagster / "history" / file)) as database:
            for table, references in tables.items():
                rows = database.execute(f"SELECT * FROM {table} WHERE id > ? ORDER BY id", (ids[table],))  # noqa: S608
                columns, template = [column[0] for column in rows.description], rows.fetchall()
                moves = {columns.index("id"): spans[table]}
                moves |= {columns.index(column): spans["event_logs"] for column in references}
                database.executemany(
                    f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
                    (
                        [moved(value, number * moves.get(place, 0), names, own) for place, value in enumerate(row)]
                        for number, own in enumerate(renamed, start=1)
                        for row in template
                    ),
                )
            database.commit()


def moved(value: Any, distance: int, names: Sequence[str], own: Sequence[str]) -> Any:
    """A cell of a row as it is in a copy."""
    if isinstance(value, int):
        return value + distance
    if isinstance(value, str):
        for name, new in zip(names, own, strict=True):
            value = value.replace(name, new)
    return value


@contextlib.contextmanager
def webserver(state: State) -> Iterator[str]:
    """Code server and webserver on an instance; the address, once the definitions are loaded."""
    code_port, port = free_port(0), free_port(0)
    workspace = str(write_workspace(state, code_port))
    local = ["--host", "127.0.0.1", "--port"]
    code = [*DAGSTER, "code-server", "start", "--module-name", CODE_LOCATION, *local, str(code_port)]
    web = [*WEBSERVER, *local, str(port), "--workspace", workspace]
    environment = NOWHERE.environment(state)
    with running("code_server", code, state, environment) as first:
        wait_for_port(code_port, lambda: check_alive(first, state.logs / "code_server.log"))
        with running("webserver", web, state, environment) as second:
            wait_for_port(port, lambda: check_alive(second, state.logs / "webserver.log"))
            url = f"http://127.0.0.1:{port}"
            httpx.post(f"{url}/graphql", json={"query": "{ assetNodes { id } }"}, timeout=120).raise_for_status()
            yield url


def views(batches: Sequence[str]) -> dict[str, Callable[[Pages], None]]:
    """What is opened, and what has to be there."""

    def overview(pages: Pages) -> None:
        pages.asset("aggregated_labels")
        pages.page.get_by_text(batches[-1]).first.wait_for()
        pages.value("mean_confidence").wait_for()

    def partitions(pages: Pages) -> None:
        pages.asset("aggregated_labels", "partitions")
        pages.page.get_by_text(f"{len(batches):,} Partitions Selected").wait_for()
        count = len(batches)
        pages.page.get_by_text(re.compile(rf"Materialized \(({count}|{count:,})\)")).wait_for()

    def batch(pages: Pages) -> None:
        pages.batch("aggregated_labels", batches[-1])

    return {
        "asset page": overview,
        "its partitions page": partitions,
        "one batch on it": batch,
        "lineage": lambda pages: pages.lineage(),
    }


def measure(browser: Browser, url: str, open_page: Callable[[Pages], None]) -> float:
    """How long a page takes in a tab of its own, in seconds."""
    with browser.new_context(viewport=SCREEN) as context:
        context.set_default_timeout(120_000)
        pages = Pages(context.new_page(), url, PROJECT)
        started = time.monotonic()
        open_page(pages)
        return time.monotonic() - started


def main() -> int:
    """Print a line for each page; 1 if one of them takes more than twice as long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="what `hitl demo` left; it is run if not given")
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--many", type=int, default=MANY)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, contextlib.ExitStack() as stack:
        demo = State(options.state or Path(folder) / "demo")
        if options.state is None:
            command = [sys.executable, "-m", "hitl_assets.cli", "demo", "--state", str(demo.root)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        recording = Recording(dg.DagsterInstance.from_config(str(demo.dagster)))
        opened = []
        for count in (FEW, options.many):
            started = time.monotonic()
            state = State(Path(folder) / str(count))
            batches = fill(state, recording, count)
            print(f"{count} batches reported in {time.monotonic() - started:.0f} s", flush=True)
            opened.append((stack.enter_context(webserver(state)), views(batches)))
        print(f"{'seconds, median of ' + str(options.loads):<28}{FEW:>8}{options.many:>8}   ratio")
        worst = 0.0
        for name in opened[0][1]:
            times = [[measure(browser, url, pages[name]) for url, pages in opened] for _ in range(options.loads)]
            few, many = (statistics.median(each) for each in zip(*times, strict=True))
            worst = max(worst, many / few)
            print(f"{name:<28}{few:>8.2f}{many:>8.2f}{many / few:>8.2f}", flush=True)
    return int(worst > 2)


if __name__ == "__main__":
    raise SystemExit(main())
