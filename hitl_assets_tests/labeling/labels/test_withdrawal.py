"""What is withdrawn is out of the dataset, and nothing else is."""

from typing import Any

import pytest

from hitl_assets.labeling.items.items import Taken, collect_items
from hitl_assets.labeling.labels.concatenation import BEFORE, LabeledRow
from hitl_assets.labeling.labels.withdrawal import Withdrawal, part, read_withdrawn
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.labeling.values.identity import digest, item_key

FIELDS: dict[str, dict[str, Any]] = {"text": {"type": "string"}, "n": {"type": "integer", "required": False}}


def withdraw(content: str) -> Withdrawal:
    """A list with this content."""
    return Withdrawal(*read_withdrawn({"/w.csv": content.encode()}, FIELDS), "repo@head")


def row(text: str, n: Any = None, key: str = "") -> LabeledRow:
    """A row of the dataset; of a batch if it has a key."""
    values = {"text": text, **({} if n is None else {"n": n})}
    return LabeledRow(values, "apple", "crowd" if key else BEFORE, item_key=key)


def texts(rows: tuple[LabeledRow, ...]) -> list[str]:
    """The texts of rows."""
    return [each.values["text"] for each in rows]


@pytest.mark.parametrize("content", ["text\nCox\n", "text,n\nCox,\n", "text,reason\nCox\u00a0,asked by its author\n"])
def test_an_item_is_withdrawn_by_its_values(content: str) -> None:
    """As they were committed; other columns say why."""
    parted = part([row("Cox", key=item_key({"text": "Cox"})), row("Pear", key="k")], withdraw(content))
    assert (texts(parted.kept), texts(parted.withdrawn)) == (["Pear"], ["Cox"])


def test_an_item_is_withdrawn_by_its_key() -> None:
    """So that its text need not be written anywhere again."""
    parted = part([row("Cox", key="abc"), row("Pear", key="def")], withdraw("item_key\nabc\n"))
    assert texts(parted.kept) == ["Pear"]


def test_what_was_labeled_before_can_be_withdrawn() -> None:
    """It has no key in the files; every row of it is the item's."""
    assert texts(part([row("Cox"), row("Cox "), row("Pear")], withdraw("text\nCox\n")).kept) == ["Pear"]


@pytest.mark.parametrize("n", [7, "7"])
def test_values_are_found_although_labels_come_back_as_text(n: Any) -> None:
    """A number in the list is a text in `labels.csv`."""
    assert part([row("Cox", n)], withdraw("text,n\nCox,7\n")).kept == ()


def test_an_item_of_version_0_1_is_found() -> None:
    """Under the digest of its values to the character."""
    old = row("Cox ", key=digest({"text": "Cox "}))
    assert part([old], withdraw('text\n"Cox "\n')).kept == ()


def test_other_values_are_another_item() -> None:
    """A list of texts does not withdraw what has a number, too."""
    assert texts(part([row("Cox", 7)], withdraw("text\nCox\n")).kept) == ["Cox"]


def test_rows_of_the_list_that_are_about_nothing_are_told() -> None:
    """A typing mistake would leave in the dataset what somebody wants out of it."""
    withdrawal = withdraw("text\nCxo\nCox\n\u200b\n")
    assert [each.row for each in part([row("Cox")], withdrawal).unmatched] == [2]
    assert withdrawal.rejected == (RejectedRow("/w.csv", 4, "text", "value is missing"),)


def test_nothing_is_asked_about_what_is_withdrawn() -> None:
    """Also if it is committed for the first time."""
    found = collect_items(
        {"/a.csv": b"text\nCox\nPear\n"}, FIELDS, (), taken=Taken(withdrawn=withdraw("text\nCox\n").keys)
    )
    assert [item.values["text"] for item in found.items] == ["Pear"]
    assert [each.reason for each in found.rejected] == ["withdrawn: nobody is asked about it"]
