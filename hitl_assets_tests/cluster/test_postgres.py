"""The loop on PostgreSQL, by Dagster's own processes, with what `pip install hitl-assets[postgres]` brings."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.commits import Commit
from hitl_assets.local.dev import ensure_sources
from hitl_assets.local.processes import People, dagster, emulators, free_port, open_instance
from hitl_assets.local.state import Addresses, State
from hitl_assets.local.status.progress import failure_of

from .databases import USER, Database, find_binaries, running_database

BINARIES = find_binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        BINARIES is None, reason="This needs PostgreSQL's programs (Debian, Ubuntu: sudo apt-get install postgresql)"
    ),
]
# As docs/kubernetes.md tells it: no scheme, so it is the one that dagster-postgres takes by itself.
STORAGE = """
storage:
  postgres:
    postgres_db:
      hostname: 127.0.0.1
      port: {port}
      username: {user}
      password: {{env: HITL_TEST_PASSWORD}}
      db_name: postgres
"""
HEADLINES = "headline\n" + "".join(f"Council meets on day {number}\n" for number in range(8))


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A PostgreSQL whose password is in the environment, as a secret is in a pod."""
    assert BINARIES is not None
    with running_database(BINARIES) as database:
        monkeypatch.setenv("HITL_TEST_PASSWORD", database.password)
        yield database


@pytest.fixture
def state(tmp_path: Path, database: Database) -> State:
    """A state directory whose Dagster keeps everything in that PostgreSQL."""
    state = State(tmp_path)
    state.prepare()
    with (state.dagster / "dagster.yaml").open("a") as file:
        file.write(STORAGE.format(port=database.port, user=USER))
    return state


def hitl_status(addresses: Addresses, state: State) -> dict:
    """What `hitl status` tells in a pod: it has these variables and nothing else."""
    variables = {**addresses.environment(state), "TOLOKA_TOKEN": "any"}
    variables |= {name: os.environ[name] for name in ("PATH", "HITL_TEST_PASSWORD")}
    command = [sys.executable, "-m", "hitl_assets.cli", "status", "--json"]
    done = subprocess.run(command, env=variables, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_run_goes_through_with_its_history_in_postgresql(
    state: State, shipped_project: Project, tmp_path: Path, until: Callable[..., Any]
) -> None:
    """Code server, daemon and webserver start, a commit becomes a pool; and nothing of it is in a file of SQLite."""
    (tmp_path / "items.csv").write_text(HEADLINES)
    with (
        emulators(state, People(seed=7, speed="manual")) as addresses,
        dagster(state, addresses, free_port(0)) as check,
        open_instance(state) as instance,
    ):
        ensure_sources(state, addresses)
        planned = Commit(state, shipped_project.name, addresses.pachd, [tmp_path / "items.csv"])
        batch = name_batch(planned.pachyderm.inspect_commit(*planned.make().split("@"))[0])

        def is_published() -> bool:
            check()
            assert failure_of(instance, batch) is None
            return instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])) == 1

        until(is_published, seconds=240)
        told = hitl_status(addresses, state)
    (shown,) = told["projects"][0]["batches"]
    assert (shown["batch"], shown["state"], shown["items"]) == (batch, "open", 8)
    assert told["dagster"]["daemon_runs"]
    assert list(state.dagster.rglob("*.db")) == []
