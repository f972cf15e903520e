"""Datasets of plain values, and their exports as a reader finds them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from hitl_assets.labeling.exports.dataset import Dataset, Size
from hitl_assets.labeling.exports.names import FormName
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.exports.writers import WRITERS
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.values.identity import item_key

PICTURE = {"picture": {"type": "url"}}
CLASSES = ("apple", "pear")
APPLE = {"class": "apple", "left": 0.1, "top": 0.2, "width": 0.25, "height": 0.5}
PEAR = {"class": "pear", "left": 0.5, "top": 0.0, "width": 0.5, "height": 1.0}
TRIANGLE = {"class": "pear", "points": [[0.1, 0.1], [0.9, 0.1], [0.1, 0.5]]}


def row(values: Mapping[str, Any], label: Any, source: str = "crowd", **more: Any) -> LabeledRow:
    """A row of the dataset; marks are written as JSON."""
    cell = label if isinstance(label, str) else json.dumps(label)
    found = {"confidence": 0.9, "batch": "b", "item_key": item_key(values), **more}
    return LabeledRow(values, cell, source, **found)


def dataset(
    rows: Sequence[LabeledRow],
    kind: str = "boxes",
    fields: Mapping[str, Any] = PICTURE,
    label: Mapping[str, Any] | None = None,
    classes: Sequence[str] = CLASSES,
    sizes: Mapping[str, Size] | None = None,
) -> Dataset:
    """A dataset whose label is `mark`. Pictures are 200 x 100 pixels, unless sizes are given."""
    content = StoredDataset(tuple(rows), "mark").to_files()["dataset.csv"]
    table = Table.of(content, {**fields, "mark": label or {"type": "json"}})
    known = {each.item_key: (200, 100) for each in rows} if sizes is None else sizes
    return Dataset("fruit", table, kind, classes, next(iter(fields)), known)


def pictures(*marks: Sequence[Any], kind: str = "boxes", **options: Any) -> Dataset:
    """A dataset of pictures with these marks on each."""
    rows = [row({"picture": f"https://host/{number}.png"}, list(each)) for number, each in enumerate(marks)]
    return dataset(rows, kind, **options)


def write(found: Dataset, form: FormName) -> dict[str, bytes]:
    """The files of an export, by path."""
    return {name: b"".join(content) for name, content in WRITERS[form](found)}


def parse(content: bytes) -> ElementTree.Element:
    """The root of an XML file."""
    return ElementTree.fromstring(content)  # noqa: S314  # our own


def read(found: Dataset, form: FormName) -> Any:
    """The first file of an export as JSON."""
    return json.loads(next(iter(write(found, form).values())))
