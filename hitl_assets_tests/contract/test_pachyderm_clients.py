"""Clients that the project doesn't use, as their users call them: pachctl, and pachyderm_sdk.

`HITL_PACHCTL` is the path of a pachctl 2.12, `HITL_PACHYDERM_SDK` that of a Python with pachyderm_sdk 2.12 in an
environment of its own (its protobuf isn't ours). Without them these tests are skipped.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import commit

PACHCTL, SDK = os.environ.get("HITL_PACHCTL"), os.environ.get("HITL_PACHYDERM_SDK")
PROGRAM = Path(__file__).with_name("pachyderm_sdk_program.py")
PATIENCE = 120


class Pachctl:
    """The command line program with a configuration of its own."""

    def __init__(self, directory: Path, pachd: Pachyderm) -> None:
        context = {"pachd_address": f"grpc://{pachd.address}", "project": "default"}
        if pachd.client.auth_token:
            context["session_token"] = pachd.client.auth_token
        config = directory / "config.json"
        config.write_text(json.dumps({"v2": {"active_context": "test", "contexts": {"test": context}}}))
        self._environment = {**os.environ, "PACH_CONFIG": str(config), "HOME": str(directory)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command as it ended."""
        assert PACHCTL
        return subprocess.run(
            [PACHCTL, *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def __call__(self, *words: str) -> str:
        """What a command prints; it succeeds and warns of nothing."""
        done = self.run(*words)
        assert done.returncode == 0, f"pachctl {' '.join(words)}: {done.stderr}"
        assert "WARNING" not in done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        """What a command that fails says."""
        done = self.run(*words)
        assert done.returncode != 0, f"pachctl {' '.join(words)} succeeds: {done.stdout}"
        return done.stderr


@pytest.fixture
def pachctl(pachd: Pachyderm, tmp_path: Path) -> Pachctl:
    """pachctl, with the server as its context; it warns when it meets a server of another version."""
    if not PACHCTL:
        pytest.skip("HITL_PACHCTL names no pachctl")
    if not pachd.check().startswith("2.12."):
        pytest.skip("this pachctl is of 2.12, the server isn't")
    return Pachctl(tmp_path, pachd)


def test_pachctl_knows_server_and_project(pachctl: Pachctl) -> None:
    """Every other command asks for them first."""
    assert "pachd" in pachctl("version")
    assert "default" in pachctl("list", "project")
    assert "Name: default" in pachctl("inspect", "project", "default")
    assert 'project "nope" not found' in pachctl.refused("inspect", "project", "nope")


def test_pachctl_makes_and_deletes_repos(pachctl: Pachctl, prefix: str) -> None:
    """It tells whether there was one to delete."""
    pachctl("create", "repo", prefix, "--description", "a contract test of hitl_assets; can be deleted")
    assert f"repo default/{prefix} already exists" in pachctl.refused("create", "repo", prefix)
    assert prefix in pachctl("list", "repo")
    assert "a contract test" in pachctl("inspect", "repo", prefix)
    pachctl("delete", "repo", prefix)
    assert "No repo deleted" in pachctl.refused("delete", "repo", prefix)


def test_pachctl_puts_and_gets_files(pachctl: Pachctl, repo: str, tmp_path: Path) -> None:
    """One by one, whole directories, and as a copy."""
    (tmp_path / "texts" / "more").mkdir(parents=True)
    (tmp_path / "texts" / "one.txt").write_text("one\n")
    (tmp_path / "texts" / "more" / "two.txt").write_text("two\n")
    pachctl("put", "file", f"{repo}@master:/one.txt", "-f", str(tmp_path / "texts" / "one.txt"))
    pachctl("put", "file", "-r", f"{repo}@master:/all", "-f", str(tmp_path / "texts"))
    pachctl("put", "file", "--append", f"{repo}@master:/one.txt", "-f", str(tmp_path / "texts" / "one.txt"))
    pachctl("copy", "file", f"{repo}@master:/one.txt", f"{repo}@master:/copy.txt")
    pachctl("delete", "file", f"{repo}@master:/one.txt")
    listed = pachctl("list", "file", f"{repo}@master:/")
    assert [name in listed for name in ("/all/", "/copy.txt", "/one.txt")] == [True, True, False]
    assert pachctl("get", "file", f"{repo}@master:/copy.txt") == "one\none\n"
    pachctl("get", "file", "-r", f"{repo}@master:/all", "-o", str(tmp_path / "back"))
    assert (tmp_path / "back" / "more" / "two.txt").read_text() == "two\n"
    assert "two.txt" in pachctl("glob", "file", f"{repo}@master:/**")
    assert "/one.txt" in pachctl("diff", "file", f"{repo}@master:/")
    assert "not found" in pachctl.refused("get", "file", f"{repo}@master:/one.txt")


def test_pachctl_works_with_commits(pachctl: Pachctl, pachd: Pachyderm, repo: str, tmp_path: Path) -> None:
    """Started, filled, finished, waited for, found, squashed and dropped."""
    first = commit(pachd, repo, {"/a.csv": b"a"})
    made = pachctl("start", "commit", f"{repo}@master", "-m", "by hand").strip()
    assert "has not been finished" in pachctl.refused("start", "commit", f"{repo}@master")
    (tmp_path / "b.csv").write_text("b")
    pachctl("put", "file", f"{repo}@{made}:/b.csv", "-f", str(tmp_path / "b.csv"))
    pachctl("finish", "commit", f"{repo}@master")
    pachctl("wait", "commit", f"{repo}@master")
    last = commit(pachd, repo, {"/c.csv": b"c"})
    assert all(one in pachctl("list", "commit", repo) for one in (first, made, last))
    assert last in pachctl("list", "commit")
    assert "by hand" in pachctl("inspect", "commit", f"{repo}@{made}")
    assert made in pachctl("find", "commit", f"{repo}@master:/b.csv")
    pachctl("squash", "commit", made)
    pachctl("delete", "commitV2", f"{repo}@{last}")
    listed = pachctl("list", "commit", repo)
    assert [one in listed for one in (first, made, last)] == [True, False, False]
    assert pachctl("get", "file", f"{repo}@{first}:/a.csv") == "a"


def test_pachctl_works_with_branches_and_transactions(pachctl: Pachctl, pachd: Pachyderm, repo: str) -> None:
    """A transaction's requests are done together."""
    commit(pachd, repo, {"/a.csv": b"a"})
    pachctl("create", "branch", f"{repo}@dev", "--head", "master")
    pachctl("create", "branch", f"{repo}@late", "--trigger", "master", "--trigger-commits", "1")
    assert "dev" in pachctl("list", "branch", repo)
    assert "late" in pachctl("inspect", "branch", f"{repo}@late")
    pachctl("start", "transaction")
    pachctl("start", "commit", f"{repo}@both")
    pachctl("create", "branch", f"{repo}@other", "--head", "master")
    pachctl("finish", "transaction")
    listed = pachctl("list", "branch", repo)
    assert all(name in listed for name in ("both", "other"))
    pachctl("delete", "branch", f"{repo}@dev")


def test_pachctl_is_told_what_there_is_not(pachctl: Pachctl) -> None:
    """Auth isn't activated here, and it says so as of a real server."""
    assert "not activated" in pachctl.refused("auth", "whoami")


def test_pachyderm_sdk_runs_a_program(pachd: Pachyderm, prefix: str) -> None:
    """`pachyderm_sdk_program.py`, which checks each answer by itself."""
    if not SDK:
        pytest.skip("HITL_PACHYDERM_SDK names no Python with pachyderm_sdk")
    host, port = pachd.address.split(":")
    words = [SDK, str(PROGRAM), host, port, prefix]
    done = subprocess.run(
        words,
        env={**os.environ, "PACH_TOKEN": pachd.client.auth_token or ""},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["done"]), done.stdout + done.stderr
