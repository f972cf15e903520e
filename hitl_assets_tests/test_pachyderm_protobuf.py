"""Dagster, toloka-kit and python-pachyderm in one process, on protobuf's fast runtime."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hitl_assets.pachyderm_protobuf import DescriptorLoader

DAGSTER, TOLOKA, SHIM = "dagster", "toloka.client", "hitl_assets.pachyderm_protobuf"
# Each comes first, second and third once.
ORDERS = [(DAGSTER, TOLOKA, SHIM), (TOLOKA, SHIM, DAGSTER), (SHIM, DAGSTER, TOLOKA)]
SCRIPT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
from google.protobuf.internal import api_implementation
from hitl_assets.pachyderm_protobuf import pfs_pb2
commit = pfs_pb2.Commit(id="0" * 32, branch=pfs_pb2.Branch(name="master"))
assert pfs_pb2.Commit.FromString(commit.SerializeToString()) == commit
print(api_implementation.Type())
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a fresh Python says, in which nothing is imported yet and no runtime is asked for."""
    environment = {k: v for k, v in os.environ.items() if k != "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("names", ORDERS, ids="-".join)
def test_all_three_import_in_any_order(names: tuple[str, ...]) -> None:
    """A user's code location imports them in an order of its own."""
    done = run(SCRIPT, *names)
    assert (done.stdout.strip(), done.stderr) == ("upb", "")


def test_the_shim_imports_alone() -> None:
    """It brings the fast runtime, and nothing of Dagster or Toloka."""
    script = SCRIPT + "print(sorted({'dagster', 'toloka'} & set(sys.modules)))"
    done = run(script, "hitl_assets.pachyderm_protobuf")
    assert done.stdout.split("\n")[:2] == ["upb", "[]"]


def test_python_pachyderm_needs_the_shim() -> None:
    """Once it doesn't, the shim can go."""
    done = run("import python_pachyderm")
    assert done.returncode == 1
    assert "Descriptors cannot be created directly" in done.stderr


def test_a_package_without_descriptors_is_refused(tmp_path: Path) -> None:
    """Another version of python-pachyderm: the error says which one to install."""
    source = tmp_path / "pfs_pb2.py"
    source.write_text("DESCRIPTOR = None\n")
    with pytest.raises(ImportError, match=r"Install python-pachyderm==7\.1\.2"):
        DescriptorLoader(source).exec_module(ModuleType("pfs_pb2"))
