"""The table of `make test-faults`: each fault, how often it struck, and what the loops ended with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PROPERTY = "fault"


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each fault, its loops added up; and their sum."""
    names = ("times", "batches", "pools", "planned", "paid", "lost", "problems")
    yield " ".join(f"{name:>8}" for name in names) + "  fault"
    for fault in sorted({row["fault"] for row in rows}):
        same = [row for row in rows if row["fault"] == fault]
        yield " ".join(f"{sum(row[name] for row in same):>8}" for name in names) + f"  {fault}"
    yield " ".join(f"{sum(row[name] for row in rows):>8}" for name in names) + "  all"
