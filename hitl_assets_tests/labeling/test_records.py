"""The identity of an item."""

import hashlib

import pytest

from hitl_assets.labeling.records import KnownTask, canonical_json, digest, item_key


def test_the_order_of_fields_does_not_matter() -> None:
    """Two files may have their columns in another order and still hold the same item."""
    assert item_key({"text": "a", "url": "b"}) == item_key({"url": "b", "text": "a"})


@pytest.mark.parametrize("other", [{"text": "b"}, {"text": "A"}, {"title": "a"}, {"text": "a", "url": "b"}, {}])
def test_other_values_are_another_item(other: dict[str, str]) -> None:
    """An item that is taken for another one would never be labeled."""
    assert item_key(other) != item_key({"text": "a"})


def test_a_number_is_not_its_text() -> None:
    """Types are part of a value: 1 and "1" come from different fields."""
    assert item_key({"n": 1}) != item_key({"n": "1"})


def test_the_key_is_the_hash_of_canonical_json_in_utf_8() -> None:
    """Keys are stored for good: another formula would publish, and pay for, every item again."""
    expected = hashlib.sha256('{"a":1,"text":"груша 🍐"}'.encode()).hexdigest()
    assert item_key({"text": "груша 🍐", "a": 1}) == expected


def test_canonical_json_sorts_nested_objects() -> None:
    """A field of type json may hold an object whose keys come in any order."""
    assert canonical_json({"b": {"y": 1, "x": [2, 1]}, "a": None}) == '{"a":null,"b":{"x":[2,1],"y":1}}'


def test_a_digest_has_64_hexadecimal_digits() -> None:
    """Marks are recognised by this form."""
    assert len(digest([])) == 64
    assert set(digest([])) <= set("0123456789abcdef")


def test_a_known_task_has_the_key_of_the_item_with_its_values() -> None:
    """So a golden task can be found among the items, whatever its answer and hint."""
    assert KnownTask({"text": "a"}, {"kind": "apple"}, "a hint").item_key == item_key({"text": "a"})
