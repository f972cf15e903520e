"""Programs as users of toloka-kit write them, each of its own kind. Only the address is the emulator's.

They keep to what the client documents: no test here looks into the emulator, and none moves its clock.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from toloka.client import TolokaClient

from hitl_assets.emulators.toloka import TolokaEmulator

Service = Callable[..., TolokaClient]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Starts the service; the crowd knows what is true of `truth`, rows of inputs and right outputs."""
    with contextlib.ExitStack() as stack:

        def start(truth: Sequence[Mapping[str, Any]] = (), crowd: str = "mixed") -> TolokaClient:
            key = write_key(tmp_path / "truth.csv", truth) if truth else None
            emulator = TolokaEmulator(tmp_path / "state", answer_key=key, speed="max", crowd=crowd)
            stack.enter_context(emulator)
            return TolokaClient("a token", url=emulator.url, retries=0)

        yield start


def write_key(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The answer key of a crowd; what is no text is JSON."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()}
            writer.writerow(texts)
    return path
