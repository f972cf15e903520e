"""Every method of toloka-kit, of this version and older ones: none is refused, and what comes back can be read.

Older versions speak in another way (they find what they uploaded by other names), and need environments of their own:
docs/emulators.md says how to make them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TOUR = Path(__file__).with_name("tour.py")


def on_tour(interpreter: str | Path, url: str, mode: str = "sync") -> dict[str, Any]:
    """What the program prints at its end."""
    command = [str(interpreter), "-W", "ignore", str(TOUR), url, mode]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_every_method_of_the_client_is_answered(shared: Any, mode: str) -> None:
    """But for Toloka Apps; with the synchronous and the asynchronous client."""
    told = on_tour(sys.executable, shared.emulator.url, mode)
    assert (told["missing"], told["called"] > 100) == ([], True)


@pytest.mark.kits
@pytest.mark.parametrize("version", ["0.1.26", "1.0.2"])
def test_every_method_of_an_older_client_is_answered(shared: Any, version: str) -> None:
    """Programs that nobody has touched for years use them."""
    kits = os.environ.get("HITL_OLD_KITS")
    if not kits:
        pytest.skip("HITL_OLD_KITS names no directory with environments of older clients (docs/emulators.md)")
    told = on_tour(Path(kits) / version / "bin" / "python", shared.emulator.url)
    assert (told["missing"], told["called"] > 95) == ([], True)
