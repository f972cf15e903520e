"""What a test session needs not do again and again: read certificates, compile SQL, wait for disks, print events."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import certifi
import dagster as dg
import pytest
import sqlalchemy
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.execution import context_creation_job
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage

# Whoever names a real service needs all authorities.
REAL_SERVICE = "HITL_CONTRACT_TOLOKA_URL"
# A test uses an instance or two: its runs, its events, its ticks, and the run that is under way.
KEPT = 16
# What steps print is shown by pytest: to keep it too takes four processes a run.
NO_LOGS = {
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
}
END = "-----END CERTIFICATE-----\n"


@contextmanager
def one_authority(folder: Path) -> Iterator[None]:
    """HTTP clients, in processes that tests start, too, read one certificate instead of all: 40 ms of CPU for each.

    The servers of the tests are on loopback and speak no TLS.
    """
    bundle = folder / "one_authority.pem"
    bundle.write_text(Path(certifi.where()).read_text().partition(END)[0] + END)
    with pytest.MonkeyPatch.context() as patch:
        if REAL_SERVICE not in os.environ:
            patch.setenv("SSL_CERT_FILE", str(bundle))
        yield


@contextmanager
def kept_engines() -> Iterator[None]:
    """Dagster's SQLite storages keep the engine of a database, and its connections.

    Dagster makes an engine for each connection, and so compiles each statement anew; whoever closes the last connection
    of a database puts its log away. None waits for the disk: what a process has written outlives it, and no test pulls
    the plug.
    """
    kept: dict[tuple[str, float | None, int], sqlalchemy.Engine] = {}
    lock = Lock()

    def create_engine(url: str, poolclass: type, connect_args: dict[str, float] | None = None) -> sqlalchemy.Engine:
        timeout = (connect_args or {}).get("timeout")
        with lock:
            # A file that was made anew is another database.
            key = (url, timeout, inode_of(url))
            engine = kept.pop(key, None) or make_engine(url, timeout)
            kept[key] = engine
            if len(kept) > KEPT:
                kept.pop(next(iter(kept))).pool.dispose()
            return engine

    with pytest.MonkeyPatch.context() as patch:
        for storage in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
            patch.setattr(storage, "create_engine", create_engine)
        yield
    for engine in kept.values():
        engine.pool.dispose()


def inode_of(url: str) -> int:
    """Which file a database is now; 0 if there is none yet."""
    path = Path(sqlalchemy.make_url(url).database or "")
    return path.stat().st_ino if path.exists() else 0


def make_engine(url: str, timeout: float | None) -> sqlalchemy.Engine:
    """The engine of a database, which does not wait for the disk."""
    engine = sqlalchemy.create_engine(url, connect_args={} if timeout is None else {"timeout": timeout})
    sqlalchemy.event.listen(engine, "connect", lambda sqlite, _: sqlite.execute("PRAGMA synchronous = OFF").close())
    # After each statement Dagster disposes of its connections.
    vars(engine)["dispose"] = lambda close=True: None
    return engine


@contextmanager
def kept_migrations() -> Iterator[None]:
    """Dagster's migrations, about ninety modules, are read once. Whoever opens a database asks for the last one."""
    read, kept = ScriptDirectory.from_config, dict[str, ScriptDirectory]()

    def from_config(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location") or ""
        if place not in kept:
            kept[place] = read(config)
        return kept[place]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", from_config)
        yield


@contextmanager
def quiet_runs() -> Iterator[None]:
    """Runs print what went wrong, and not each event: that is in the instance's storage, where tests look."""

    def warnings(instance: dg.DagsterInstance | None) -> list[tuple[dg.LoggerDefinition, dict[str, str]]]:
        return [(dg.colored_console_logger, {"name": "dagster", "log_level": "WARNING"})]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context_creation_job, "default_system_loggers", warnings)
        yield


@contextmanager
def copied_databases(folder: Path) -> Iterator[None]:
    """The database of a run's events is copied from one in which there is nothing.

    Dagster reads its migrations, about fifty modules, to make each of them.
    """
    make, empty = SqliteEventLogStorage._initdb, folder / "empty.db"

    def copy(storage: SqliteEventLogStorage, engine: sqlalchemy.Engine, for_index_shard: bool = False) -> None:
        path = Path(engine.url.database or "")
        if for_index_shard or path.exists():
            return make(storage, engine, for_index_shard)
        if not empty.exists():
            make(storage, sqlalchemy.create_engine(f"sqlite:///{empty}", poolclass=sqlalchemy.NullPool))
        shutil.copy(empty, path)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteEventLogStorage, "_initdb", copy)
        yield


@contextmanager
def economies(folder: Path) -> Iterator[None]:
    """All of them. `folder` is for what is kept."""
    with one_authority(folder), kept_engines(), kept_migrations(), copied_databases(folder), quiet_runs():
        yield
