"""CSV and JSON lines."""

import io
import json
from collections.abc import Iterator
from typing import Any

from hitl_assets.labeling.exports.dataset import Dataset
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.exports.writers import WRITERS
from hitl_assets_tests.labeling.exports.datasets import APPLE, pictures, write
from hitl_assets_tests.labeling.texts import HOSTILE

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
    return json.loads(write(Dataset("fruit", Table.of(CONTENT, **options)), "jsonl")["dataset.jsonl"])


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


def test_marks_are_a_list_in_json_lines_and_a_cell_in_csv() -> None:
    """Whoever reads JSON lines doesn't parse JSON again."""
    found = pictures([APPLE])
    assert json.loads(write(found, "jsonl")["dataset.jsonl"])["mark"] == [APPLE]
    assert b'""class"": ""apple""' in write(found, "csv")["dataset.csv"]


def test_csv_is_the_file_to_the_character() -> None:
    """Also one that ends lines otherwise."""
    content = CONTENT.replace(b"\n", b"\r\n") + b'"' + HOSTILE[0].encode().replace(b'"', b'""') + b'",,'
    assert write(Dataset("fruit", Table.of(content)), "csv") == {"dataset.csv": content}


def test_rows_are_read_as_they_are_written() -> None:
    """A dataset may be larger than the memory: of a million rows only the first are read for the first line."""
    taken = []

    class Endless(Table):
        def lines(self) -> Iterator[list[str]]:
            yield ["text", "source"]
            for number in range(1_000_000):
                taken.append(number)
                yield [str(number), "crowd"]

    _, content = next(WRITERS["jsonl"](Dataset("fruit", Endless(io.BytesIO))))
    assert json.loads(next(content))["text"] == "0"
    assert len(taken) == 1
