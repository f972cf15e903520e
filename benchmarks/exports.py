"""What an export takes: peak memory and seconds of a process, by form and number of rows.

    .venv/bin/python -m benchmarks.exports
    .venv/bin/python -m benchmarks.exports --rows 10000 1000000

Each is a process of its own. `imports` has everything in memory and does nothing, `reading` goes through all rows: what
a form takes more than that is its own. `held` is what was done before: all rows as a list, then one table of pyarrow.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet  # part of the floor

from hitl_assets.labeling.exports.dataset import Dataset
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.exports.writers import WRITERS
from hitl_assets.labeling.tables.tables import write_rows

FORMS = ("csv", "jsonl", "parquet")
COMMANDS = ("imports", "reading", *FORMS, "held")
COLUMNS = ("text", "size", "kind", "source", "batch", "item_key", "confidence", "votes", "workers", "partial", "round")
FIELDS = {"text": {"type": "string"}, "size": {"type": "integer"}, "kind": {"type": "string"}}
BLOCK = 10_000


def make(path: Path, rows: int) -> None:
    """A dataset with so many rows."""
    with path.open("wb") as file:
        file.write(write_rows(COLUMNS, []))
        for start in range(0, rows, BLOCK):
            block = (row_of(number) for number in range(start, min(start + BLOCK, rows)))
            file.write(write_rows(COLUMNS, block).split(b"\n", 1)[1])


def row_of(number: int) -> list[object]:
    """A row like those of a crowd."""
    text = f"No. {number}: which fruit is on the table, and how ripe is it?"
    votes = {"apple": 2, "pear": 1}
    return [text, number, "apple", "crowd", "2026-11-30T073512Z", f"{number:064x}", 0.93, votes, ["w1", "w2"], False, 1]


def run(command: str, path: Path) -> None:
    """Do one thing, then print seconds and the peak of memory in MB."""
    start = time.perf_counter()
    dataset = Dataset("fruit", Table(lambda: path.open("rb"), FIELDS))
    if command == "reading":
        exhaust(dataset.table.rows())
    elif command == "held":
        table = pa.Table.from_pylist([{**row, "votes": str(row["votes"])} for row in dataset.table.rows()])
        parquet.write_table(table, path.with_suffix(".parquet"))
    elif command in FORMS:
        for name, content in WRITERS[command](dataset):  # type: ignore[index]
            with path.with_name(name + ".out").open("wb") as file:
                file.writelines(content)
    seconds = time.perf_counter() - start
    print(f"{seconds:.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def exhaust(rows: Iterable[object]) -> None:
    """Go through all of them."""
    for _ in rows:
        pass


def main() -> None:
    """A line for each form, with a column for each number of rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--command", choices=COMMANDS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.command:
        run(given.command, given.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        for rows in given.rows:
            make(path, rows)
            print(f"{rows:,} rows, {path.stat().st_size / 2**20:.0f} MB")
            for command in COMMANDS:
                own = [sys.executable, "-m", "benchmarks.exports", "--command", command, "--file", str(path)]
                done = subprocess.run(own, capture_output=True, text=True, check=True)
                seconds, memory = done.stdout.split()
                print(f"  {command:<10}{memory:>7} MB{seconds:>8} s")


if __name__ == "__main__":
    main()
