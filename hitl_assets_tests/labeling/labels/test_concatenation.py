"""What was labeled before, and every batch after it."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.labels.concatenation import (
    BEFORE,
    Delta,
    LabeledRow,
    compare,
    concatenate,
    count_labeled_before,
    read_labeled,
)
from hitl_assets.labeling.records import Label, RejectedRow
from hitl_assets.labeling.tables.tables import UnreadableFileError

TEXT = {"text": {"type": "string", "required": True}}
KIND = {"kind": {"type": "string", "required": True, "allowed_values": ["apple", "pear"]}}


def read(files: dict[str, str], outputs: Any = KIND) -> tuple[tuple[LabeledRow, ...], tuple[RejectedRow, ...]]:
    """The labeled rows of these files."""
    return read_labeled({path: text.encode() for path, text in files.items()}, TEXT, Class("kind", outputs["kind"]))


def label(key: str, kind: str) -> Label:
    """A label of the crowd."""
    return Label(key, {"text": key}, kind, 0.9, {kind: 3}, ("ann",), "7")


def test_a_labeled_row_has_values_and_label() -> None:
    """Nobody knows how sure it is, and it is of no batch."""
    rows, rejected = read({"/a.csv": "id,kind,text\n1,apple,Cox\n"})
    assert rows == (LabeledRow({"text": "Cox"}, "apple", BEFORE),)
    assert (rows[0].batch, rows[0].item_key, rows[0].confidence, rejected) == ("", "", None, ())


def test_labeled_rows_come_in_the_order_of_paths_and_rows() -> None:
    """The dataset is the same whatever order files are listed in."""
    rows, _ = read({"/b.csv": "text,kind\nB,pear\n", "/a.csv": "text,kind\nC,pear\nA,apple\n"})
    assert [row.values["text"] for row in rows] == ["C", "A", "B"]


def test_a_labeled_row_may_be_there_twice() -> None:
    """What was labeled before is kept as it was; it costs nothing."""
    assert len(read({"/a.csv": "text,kind\nCox,apple\nCox,apple\n"})[0]) == 2


@pytest.mark.parametrize("required", [True, False])
def test_a_row_without_a_label_is_put_aside(required: bool) -> None:
    """Even where workers may leave the field empty: it is no labeled row."""
    rows, rejected = read(
        {"/a.csv": "text,kind\nCox,\nConference,pear\n"}, {"kind": {"type": "string", "required": required}}
    )
    assert [row.label for row in rows] == ["pear"]
    assert rejected == (RejectedRow("/a.csv", 2, "kind", "value is missing"),)


def test_a_row_with_a_wrong_label_is_put_aside() -> None:
    """A model would learn a class that isn't there."""
    _, rejected = read({"/a.csv": "text,kind\nMirabelle,plum\n"})
    assert rejected == (RejectedRow("/a.csv", 2, "kind", "'plum' is not one of apple, pear"),)


def test_a_field_that_is_optional_may_be_absent() -> None:
    """As in the raw data: what was labeled before is known all the same."""
    fields = {"text": {"type": "string"}, "price": {"type": "integer", "required": False}}
    rows, rejected = read_labeled({"/a.csv": b"text,kind\nCox,apple\n"}, fields, Class("kind", {"type": "string"}))
    assert [row.values for row in rows] == [{"text": "Cox"}]
    assert rejected == ()


def test_a_file_without_labels_fails() -> None:
    """Most likely it is raw data in the wrong repo."""
    with pytest.raises(UnreadableFileError, match=r"/a\.csv has no column kind"):
        read({"/a.csv": "text\nCox\n"})


def test_what_was_before_comes_first_and_batches_in_their_order() -> None:
    """A dataset grows at its end."""
    before = [LabeledRow({"text": "old"}, "pear", BEFORE)]
    rows = concatenate(before, {"second": [label("c", "pear")], "first": [label("b", "apple"), label("a", "pear")]})
    assert [row.values["text"] for row in rows] == ["old", "c", "b", "a"]
    assert [row.batch for row in rows] == ["", "second", "first", "first"]


def test_a_row_of_the_crowd_says_where_it_is_from() -> None:
    """Batch, item and confidence lead back to the votes."""
    (row,) = concatenate([], {"abc": [label("a", "apple")]})
    assert row == LabeledRow(
        {"text": "a"}, "apple", "crowd", "abc", "a", 0.9, votes={"apple": 3}, workers=("ann",), pool_id="7", round=1
    )


def test_nothing_and_nothing_is_an_empty_dataset() -> None:
    """Before the first batch, without old labels."""
    assert concatenate([], {}) == ()


def test_a_batch_without_labels_adds_no_rows() -> None:
    """All of its items were known."""
    assert concatenate([], {"abc": []}) == ()


def test_a_dataset_is_compared_with_the_one_before() -> None:
    """By item; by values where a row has none, which come back from storage as text."""
    kept, gone = LabeledRow({"n": 1}, "a", "before"), LabeledRow({"n": 2}, "a", "before")
    relabeled = LabeledRow({"n": 3}, "a", "crowd", "b1", "k3")
    stored = [replace(row, values={"n": str(row.values["n"])}) for row in (kept, gone, relabeled)]
    new = LabeledRow({"n": 4}, "b", "crowd", "b2", "k4")
    now = [kept, replace(relabeled, label="b"), new]
    assert compare(stored, now, Class("kind")) == Delta(added=1, removed=1, changed=1)
    assert compare(stored, stored, Class("kind")) == Delta(0, 0, 0)


def test_equal_rows_count_each() -> None:
    """What was labeled before may repeat itself."""
    row = LabeledRow({"n": 1}, "a", "before")
    assert compare([row], [row, row, row], Class("kind")) == Delta(added=2, removed=0, changed=0)


def test_rows_that_were_labeled_before_are_counted() -> None:
    """As text: that is what comes back from storage."""
    before = [LabeledRow({"text": "1", "more": ""}, "apple", BEFORE), LabeledRow({"text": "2"}, "apple", BEFORE)]
    rows = concatenate(before, {"b1": [label("1", "pear"), label("3", "pear")]})
    assert count_labeled_before(rows) == 1
