"""A PostgreSQL for one test: in a temporary directory, run by somebody who is not root, gone afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hitl_assets.local.processes import free_port

USER = "hitl"
# PostgreSQL refuses to run as root.
SERVANTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Database:
    """A server on loopback that asks for a password; its database is called postgres."""

    port: int
    password: str


def find_binaries() -> Path | None:
    """Where PostgreSQL's programs are: Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").is_file()), None)


def find_servant() -> str | None:
    """Who runs it: a user without rights if we are root, else ourselves."""
    names = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in SERVANTS if name in names) if os.getuid() == 0 else None


@contextlib.contextmanager
def running_database(binaries: Path) -> Iterator[Database]:
    """An empty database."""
    servant, made = find_servant(), Database(free_port(0), secrets.token_urlsafe(12))
    folder = Path(tempfile.mkdtemp(prefix="hitl-postgres-"))
    data, log, password = folder / "data", folder / "log", folder / "password"

    def run(program: str, *options: str) -> None:
        command = [str(binaries / program), "--pgdata", str(data), *options]
        subprocess.run(command, user=servant, cwd=folder, stdout=subprocess.DEVNULL, check=True)

    try:
        password.write_text(made.password)
        for path in (folder, password):
            shutil.chown(path, servant or os.getuid())
        run("initdb", "--username", USER, "--pwfile", str(password), "--auth", "scram-sha-256", "--no-sync")
        server = f"-c port={made.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", str(log), "--options", server)
        try:
            yield made
        finally:
            run("pg_ctl", "stop", "--wait", "--mode", "immediate")
    finally:
        shutil.rmtree(folder)
