"""`csv` and `jsonl`: a line for each row, of every kind of label. CSV is the file as it is stored; in JSON lines values
have their types, and labels their structure."""

from collections.abc import Iterator

from hitl_assets.labeling.exports.dataset import Dataset, File
from hitl_assets.labeling.storage.file_forms import write_lines
from hitl_assets.labeling.tables.spreadsheets import write_safe
from hitl_assets.labeling.values.plurals import plural


def write_csv(dataset: Dataset) -> Iterator[File]:
    """The file as it is stored, to the character."""
    yield "dataset.csv", dataset.table.blocks()


def write_spreadsheet(dataset: Dataset) -> Iterator[File]:
    """CSV of which no cell is run as a formula."""
    yield "dataset.csv", safe_lines(dataset)


def safe_lines(dataset: Dataset) -> Iterator[bytes]:
    """Each line, then how many cells are others than in the dataset."""
    total = 0
    for line, changed in write_safe(dataset.table.lines()):
        total += changed
        yield line
    cells = plural(total, "cell has", "cells have")
    dataset.notes.append(f"{cells} an apostrophe in front, or a spreadsheet would run them.")


def write_jsonl(dataset: Dataset) -> Iterator[File]:
    """An object a line."""
    yield "dataset.jsonl", (write_lines([row]) for row in dataset.table.rows())
