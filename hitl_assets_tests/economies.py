"""What a test session needs not do again and again: read certificates, compile SQL, make databases, wait for disks."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import certifi
import pytest
import sqlalchemy
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
    """Dagster's SQLite storages keep the engine of a database.

    Dagster makes one for each connection, and so compiles each statement anew. Connections are not kept: as before,
    each opens the file. None waits for the disk: what a process has written outlives it, and no test pulls the plug.
    """

    @lru_cache(maxsize=KEPT)
    def keep(url: str, poolclass: type, timeout: float | None) -> sqlalchemy.Engine:
        arguments = {} if timeout is None else {"connect_args": {"timeout": timeout}}
        engine = sqlalchemy.create_engine(url, poolclass=poolclass, **arguments)
        sqlalchemy.event.listen(engine, "connect", lambda sqlite, _: sqlite.execute("PRAGMA synchronous = OFF").close())
        # After each statement Dagster disposes of connections that are not kept: a new pool is as empty as the old one.
        vars(engine)["dispose"] = lambda close=True: None
        return engine

    def create_engine(url: str, poolclass: type, connect_args: dict[str, float] | None = None) -> sqlalchemy.Engine:
        return keep(url, poolclass, (connect_args or {}).get("timeout"))

    with pytest.MonkeyPatch.context() as patch:
        for storage in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
            patch.setattr(storage, "create_engine", create_engine)
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
