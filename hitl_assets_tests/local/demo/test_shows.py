"""What the demo of digits commits, and what its people know."""

from pathlib import Path

import pytest

from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import read_rows
from hitl_assets.local.demo.screen import agreement_with_key
from hitl_assets.local.demo.shows import DIGITS, show_digits
from hitl_assets.local.state import PACKAGE, State

pytestmark = pytest.mark.slow


def test_every_picture_is_new_and_in_the_key(tmp_path: Path) -> None:
    """By the name of its file, which is all that people see of its place."""
    project = load_project(PACKAGE / "examples" / "digits" / "defs.yaml")
    show = show_digits(project)
    contents = [content for _, files in show.batches for content in files.values()]
    names = {path.lstrip("/") for _, files in show.batches for path in files}
    key = {row.cells["picture"]: row.cells["digit"] for row in read_rows(show.key, "key", ["picture", "digit"])}
    assert len(set(contents)) == len(names) == 2 * DIGITS
    assert set(key) == names
    state = State(tmp_path)
    state.answer_key.write_bytes(show.key)
    rows = [LabeledRow({"picture": str(Place("r", "c" * 32, f"/{name}"))}, key[name], "crowd") for name in names]
    assert agreement_with_key(project, rows, state) == (len(names), len(names))
