"""Counts are said in one way, wherever they are printed."""

import re
from pathlib import Path

import hitl_assets
from hitl_assets.labeling.values.plurals import plural

SOURCES = Path(hitl_assets.__file__).parent
# A number before a noun, but for what is a constant, stands behind `of` or a day by a cap of its own.
COUNTED = re.compile(
    r"(?<! of )\{(?!plural\()(?![A-Z_]+\})[^{}\"]*\} (?:more )?"
    r"(?:files|rows|items|batches|suites|tasks|pools|workers|sheets|cells|columns|commits)\b"
)


def test_one_is_one() -> None:
    """With what the noun does, where that differs."""
    assert (plural(1, "file"), plural(0, "file"), plural(2, "batch", "batches")) == ("1 file", "0 files", "2 batches")
    assert (plural(1, "row was", "rows were"), plural(3, "row was", "rows were")) == ("1 row was", "3 rows were")


def test_nothing_prints_a_count_otherwise() -> None:
    """`1 files` is a slip that comes back with each new message; those of the emulators are not for our users."""
    found = [
        f"{path.relative_to(SOURCES)}: {each[0]}"
        for path in SOURCES.rglob("*.py")
        if "emulators" not in path.parts
        for each in COUNTED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
