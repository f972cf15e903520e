"""What counts as a change of a project while `hitl dev` runs."""

import os
from pathlib import Path

import httpx
import pytest

from hitl_assets.local.reloading import look_at, reload


def test_new_and_edited_files_are_noticed(tmp_path: Path) -> None:
    """A file beside the YAML, too: it is read with it."""
    folder = tmp_path / "fruit"
    folder.mkdir()
    yaml, golden = folder / "defs.yaml", folder / "golden_tasks.csv"
    yaml.touch()
    golden.touch()
    before = look_at([yaml])
    assert look_at([yaml]) == before
    os.utime(golden, (2e9, 2e9))
    assert look_at([yaml]) != before
    assert look_at([]) != before


def test_a_ui_that_does_not_answer_is_told(unused_port: int) -> None:
    """`hitl dev` goes on: what ended is for the check of its processes."""
    assert reload(f"http://127.0.0.1:{unused_port}") != ""


@pytest.fixture
def unused_port() -> int:
    """The discard port, at which nothing listens here."""
    with pytest.raises(httpx.HTTPError):
        httpx.get("http://127.0.0.1:9")
    return 9
