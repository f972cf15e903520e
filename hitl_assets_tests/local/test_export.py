"""The dataset in the forms that people train on."""

import json
from typing import Any

from hitl_assets.local.export import convert, fields_of

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
    assert fields_of(tmp_path / "defs.yaml") == {}
