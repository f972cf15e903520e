"""Parquet, as pyarrow and pandas read it."""

import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from hitl_assets.labeling.exports import parquet
from hitl_assets.labeling.exports.dataset import Dataset
from hitl_assets.labeling.exports.table import Table
from hitl_assets_tests.labeling.exports.datasets import APPLE, PEAR, TRIANGLE, dataset, pictures, row, write
from hitl_assets_tests.labeling.exports.test_rows import CONTENT, FIELDS


def read(found: Dataset) -> pa.Table:
    """The dataset as pyarrow reads it."""
    return pq.read_table(io.BytesIO(write(found, "parquet")["dataset.parquet"]))


def table(content: bytes, **options: Any) -> tuple[pa.Table, list[str]]:
    """A CSV file as Parquet, and what is said of it."""
    found = Dataset("fruit", Table.of(content, **options))
    return read(found), found.notes


def test_columns_have_the_types_of_their_fields() -> None:
    """Numbers and booleans can be computed with; what has a shape of its own is JSON."""
    found, notes = table(CONTENT, fields=FIELDS)
    kinds = {name: str(found.schema.field(name).type) for name in ("text", "size", "ripe", "confidence", "votes")}
    assert kinds == {"text": "string", "size": "int64", "ripe": "bool", "confidence": "double", "votes": "string"}
    (only,) = found.to_pylist()
    assert (only["text"], only["size"], only["ripe"], only["model"], notes) == ("007", 3, True, None, [])
    assert json.loads(only["votes"]) == {"0": 3}


def test_a_column_of_mixed_types_is_text_and_that_is_told() -> None:
    """The field was text when the first rows were labeled; nothing is left out."""
    found, notes = table(b"size,ripe\nlarge,true\n3,\n", fields=FIELDS)
    assert found.to_pylist() == [{"size": "large", "ripe": True}, {"size": "3", "ripe": None}]
    assert notes == ["Text, since not all cells fit the type: size."]


def test_a_dataset_without_rows_keeps_its_columns() -> None:
    """It can be read like any other."""
    found, _ = table(b"size,confidence\n", fields=FIELDS)
    assert (found.num_rows, found.column_names) == (0, ["size", "confidence"])


@pytest.mark.parametrize(
    ("kind", "marks"),
    [
        ("boxes", [[APPLE, PEAR], [], [PEAR]]),
        ("polygons", [[TRIANGLE], []]),
        ("spans", [[{"class": "PER", "start": 0, "end": 5}], []]),
        ("tags", [["apple", "pear"], []]),
    ],
)
def test_labels_keep_their_structure(kind: str, marks: list[list[Any]]) -> None:
    """Marks are lists of structs: pandas has them as they are, without parsing."""
    content = write(pictures(*marks, kind=kind), "parquet")["dataset.parquet"]
    assert pq.read_table(io.BytesIO(content)).column("mark").to_pylist() == marks
    again = pd.read_parquet(io.BytesIO(content))["mark"]
    assert json.loads(again.to_json(orient="values", double_precision=15)) == marks


def test_a_label_of_another_form_makes_the_column_text() -> None:
    """A mark with one key more would lose it."""
    found = pictures([APPLE], [{**PEAR, "sure": True}])
    column = read(found).column("mark")
    assert [json.loads(each) for each in column.to_pylist()] == [[APPLE], [{**PEAR, "sure": True}]]
    assert found.notes == ["Text, since not all cells fit the type: mark."]


def test_dates_stay_text_and_numbers_numbers() -> None:
    """A date has no one form; an empty cell is nothing."""
    fields = {"day": {"type": "string"}, "weight": {"type": "float"}}
    rows = [row({"day": "2026-01-02", "weight": 0.5}, []), row({"day": "2026-02-30"}, [])]
    found = read(dataset(rows, fields=fields)).select(["day", "weight"]).to_pylist()
    assert found == [{"day": "2026-01-02", "weight": 0.5}, {"day": "2026-02-30", "weight": None}]


def test_columns_say_what_they_hold() -> None:
    """The file is enough to know the classes."""
    schema = read(pictures([APPLE])).schema
    assert schema.metadata[b"label"] == b"mark"
    assert schema.field("mark").metadata == {b"type": b"json", b"kind": b"boxes", b"classes": b'["apple","pear"]'}


def test_rows_are_written_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is in memory, and not the dataset."""
    monkeypatch.setattr(parquet, "GROUP", 2)
    content = write(pictures([APPLE], [], [PEAR]), "parquet")["dataset.parquet"]
    file = pq.ParquetFile(io.BytesIO(content))
    assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [2, 1]
