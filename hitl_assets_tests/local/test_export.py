"""The dataset in the forms that people train on."""

import io
import json
from typing import Any

import pyarrow as pa
from pyarrow import parquet as pq

from hitl_assets.labeling.labels.dataset_forms import convert
from hitl_assets.local.export import known_fields
from hitl_assets.local.state import State

CONTENT = (
    b"text,size,ripe,more,kind,source,confidence,votes,workers,partial,round,model\n"
    b'007,3,true,"{""a"": [1]}",0,crowd,0.99,"{""0"": 3}","[""w""]",false,1,\n'
)
FIELDS = {
    "text": {"type": "string"},
    "size": {"type": "integer"},
    "ripe": {"type": "boolean"},
    "more": {"type": "json"},
    "kind": {"type": "integer"},
}


def line(**options: Any) -> Any:
    """The row as JSON."""
    return json.loads(convert(CONTENT, "jsonl", False, **options)[0])


def test_columns_of_the_dataset_have_their_types_in_json_lines() -> None:
    """Confidence is a number and votes are an object, also where the project isn't at hand."""
    row = line()
    assert (row["confidence"], row["votes"], row["workers"], row["partial"], row["round"]) == (
        0.99, {"0": 3}, ["w"], False, 1,
    )  # fmt: skip
    assert (row["text"], row["kind"], row["model"]) == ("007", "0", None)


def test_fields_have_theirs_if_the_project_is_known() -> None:
    """The label too; what is text stays text, whatever it looks like."""
    row = line(fields=FIELDS)
    assert (row["text"], row["size"], row["ripe"], row["more"], row["kind"]) == ("007", 3, True, {"a": [1]}, 0)


def test_a_cell_that_no_longer_fits_stays_text() -> None:
    """The field was another one when it was labeled."""
    assert line(fields={"text": {"type": "boolean"}})["text"] == "007"


def test_a_project_that_is_not_there_has_no_fields(tmp_path: Any) -> None:
    """The dataset can be exported from anywhere."""
    assert known_fields(State(tmp_path / ".hitl"), "nobody_has_it") == {}


def parquet(content: bytes, **options: Any) -> tuple[pa.Table, str]:
    """The dataset as pyarrow reads it, and what is said of it."""
    written, remark = convert(content, "parquet", False, **options)
    return pq.read_table(io.BytesIO(written)), remark


def test_parquet_has_the_same_types() -> None:
    """Numbers and booleans can be computed with; what has a shape of its own is JSON."""
    table, remark = parquet(CONTENT, fields=FIELDS)
    kinds = {name: str(table.schema.field(name).type) for name in ("text", "size", "ripe", "confidence", "votes")}
    assert kinds == {"text": "string", "size": "int64", "ripe": "bool", "confidence": "double", "votes": "string"}
    (row,) = table.to_pylist()
    assert (row["text"], row["size"], row["ripe"], row["model"], remark) == ("007", 3, True, None, "")
    assert json.loads(row["votes"]) == {"0": 3}


def test_a_column_of_mixed_types_is_text_and_that_is_told() -> None:
    """The field was text when the first rows were labeled; nothing is left out."""
    table, remark = parquet(b"size,ripe\nlarge,true\n3,\n", fields=FIELDS)
    assert table.to_pylist() == [{"size": "large", "ripe": True}, {"size": "3", "ripe": None}]
    assert remark == "Text, since not all cells fit the type: size."


def test_a_dataset_without_rows_keeps_its_columns() -> None:
    """It can be read like any other."""
    table, _ = parquet(b"size,confidence\n", fields=FIELDS)
    assert (table.num_rows, table.column_names) == (0, ["size", "confidence"])
