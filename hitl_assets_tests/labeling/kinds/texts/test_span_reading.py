"""Marked pieces of a text as they come from people: which are read, and what is said of the others."""

from typing import Any

import pytest

from hitl_assets.labeling.answers.answers import counted, find_unreadable, read_answers
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.values.values import BadValueError

# The pear is one character, and two to a browser.
TEXT = "Eve 🍐 Bob"
KIND = Spans("label", {"type": "json", "required": False}, "text", ["PER", "ORG"])


def wire(label: str, offset: int, length: int) -> dict[str, Any]:
    """A piece as `field.text-annotation` has it."""
    return {"label": label, "offset": offset, "length": length}


def own(name: str, start: int, end: int) -> dict[str, Any]:
    """A piece in our own form."""
    return {"class": name, "start": start, "end": end}


def test_browsers_count_in_utf_16() -> None:
    """We count characters, whatever was in front of them; in reading order."""
    given = [wire("PER", 7, 3), wire("ORG", 4, 2), wire("PER", 0, 3)]
    found = KIND.receive(given, {"text": TEXT})
    assert found == [own("PER", 0, 3), own("ORG", 4, 5), own("PER", 6, 9)]
    assert [TEXT[each["start"] : each["end"]] for each in found] == ["Eve", "🍐", "Bob"]
    assert KIND.receive(found, {"text": TEXT}) == found
    assert KIND.send(found, {"text": TEXT}) == sorted(given, key=lambda each: int(each["offset"]))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Eve", "'Eve' is no list of spans"),
        (["Eve"], "span 1 is no object"),
        ([wire("PER", 0, 3), wire("LOC", 4, 2)], "span 2 has the class 'LOC', which is none of PER, ORG"),
        ([{"offset": 0, "length": 3}], "span 1 has no class"),
        ([wire("PER", 0, 0)], "span 1 is empty: it starts at 0 and ends at 0"),
        ([own("PER", 3, 1)], "span 1 is empty: it starts at 3 and ends at 1"),
        ([own("PER", 0, 99)], "span 1 reaches outside of the text: it is from 0 to 99, which has 9 characters"),
        ([own("PER", -1, 2)], "span 1 reaches outside of the text"),
        ([wire("PER", 7, 4)], "span 1 reaches outside of the text: it is from 7 to 11 of 10 in UTF-16"),
        ([wire("PER", 4, 1)], "span 1 cuts a character in two"),
        ([wire("PER", 7, 3), wire("ORG", 5, 5)], "span 2 cuts a character in two"),
        ([wire("PER", 0, 3), wire("ORG", 2, 4)], "spans 1 and 2 overlap"),
        ([{"label": "PER", "offset": 1.5, "length": 2}], "span 1 has no whole number as its offset: 1.5"),
        ([{"label": "PER", "offset": True, "length": 2}], "span 1 has no whole number as its offset: True"),
        ([{"class": "PER", "start": 0}], "span 1 has no whole number as its end: None"),
        ([own("PER", 0, 1)] * 1001, "there are 1001 spans, more than 1000"),
    ],
)
def test_what_is_no_span_counts_for_nothing(value: Any, reason: str) -> None:
    """And is named."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    task = {"input_values": {"text": TEXT}}
    given = {**assignment, "tasks": [task], "solutions": [{"output_values": {"label": value}}]}
    assert reason in next(each.reason for each in find_unreadable([given], KIND))
    assert counted(read_answers([given]), KIND) == []


def test_nothing_marked_is_an_answer() -> None:
    """Where the field may be left out; `field.text-annotation` then leaves it out."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"text": TEXT}}], "solutions": [{"output_values": {}}]}
    assert [each.values for each in counted(read_answers([given]), KIND)] == [{"label": []}]
    assert not Spans("label", {"type": "json"}, "text", ["PER"]).is_label(None)
    assert KIND.read_cell("") == "[]"


def test_utf_16_without_its_text_cannot_be_read() -> None:
    """A cell of a file counts characters."""
    with pytest.raises(BadValueError, match="its text is not known: write start and end"):
        KIND.read_cell('[{"label": "PER", "offset": 0, "length": 3}]')
    assert KIND.read_cell('[{"end": 3, "class": "PER", "start": 0}]') == KIND.cell([own("PER", 0, 3)])
