"""Cells and answers as the values of a field."""

import json
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.values import BadValueError, check_size, check_typed, parse_value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", " Cox ", " Cox "),
        ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("file", "cox.png", "cox.png"),
        ("coordinates", "52.5,13.4", "52.5,13.4"),
        ("boolean", "TRUE", True),
        ("boolean", " 0 ", False),
        ("integer", " -12 ", -12),
        ("float", "1.5e3", 1500.0),
        ("number", "2", 2.0),
        ("json", '{"a": [1, null]}', {"a": [1, None]}),
        ("array_string", '["a", "ж"]', ["a", "ж"]),
        ("array_integer", "[1, 2]", [1, 2]),
        ("array_float", "[1, 2.5]", [1, 2.5]),
        ("array_boolean", "[true]", [True]),
        ("array_json", '[{"a": 1}, 2]', [{"a": 1}, 2]),
    ],
)
def test_a_cell_becomes_a_value_of_its_fields_type(kind: str, text: str, value: Any) -> None:
    """Toloka refuses an upload in which a number is a text."""
    parsed = parse_value(text, {"type": kind})
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("boolean", "yes", "'yes' is not true or false"),
        ("integer", "1.5", "'1.5' is not a whole number"),
        ("integer", "1_000", "'1_000' is not a whole number"),
        ("integer", "9" * 5000, "is not a whole number"),
        ("coordinates", "90.5,13.4", "'90.5,13.4' is not on the globe: write latitude,longitude"),
        ("coordinates", "52.5,-180.1", "is not on the globe"),
        ("float", "1,5", "'1,5' is not a number"),
        ("float", "1_0.5", "'1_0.5' is not a number"),
        ("float", "nan", "'nan' is not a finite number"),
        ("float", "1e999", "'1e999' is not a finite number"),
        ("json", "{a: 1}", "is not JSON"),
        ("json", "NaN", "'NaN' is not JSON"),
        ("json", "[1e999]", "is not JSON"),
        ("json", '"\\ud800"', "is not JSON"),
        ("json", "[" * 9999, "is not JSON"),
        ("array_string", "a, b", "is not JSON"),
        ("array_string", "5", "'5' is not a JSON array"),
        ("array_string", "[5]", "5 in the array is not of type string"),
        ("array_integer", "[1, true]", "True in the array is not of type integer"),
    ],
)
def test_a_cell_of_another_type_says_so(kind: str, text: str, reason: str) -> None:
    """The reason stands beside the row; what cannot be sent as JSON is of no type."""
    with pytest.raises(BadValueError) as refused:
        parse_value(text, {"type": kind})
    assert reason in str(refused.value)


@pytest.mark.parametrize("text", ["", "   ", "\t", "\u2003"])
def test_an_empty_cell_of_a_required_field_is_refused(text: str) -> None:
    """Fields are required unless they say otherwise, as in Toloka."""
    with pytest.raises(BadValueError, match="value is missing"):
        parse_value(text, {"type": "string"})


def test_an_empty_cell_of_an_optional_field_is_none() -> None:
    """Whatever its type."""
    assert parse_value(" ", {"type": "integer", "required": False}) is None


def test_a_value_must_be_among_the_allowed_ones() -> None:
    """The message has the value and what is allowed."""
    with pytest.raises(BadValueError, match="'plum' is not one of apple, pear"):
        parse_value("plum", {"type": "string", "allowed_values": ["apple", "pear"]})


def test_allowed_values_have_the_fields_type() -> None:
    """`2` in the file is the number 2 of the specification."""
    assert parse_value("2", {"type": "integer", "allowed_values": [1, 2]}) == 2


def test_allowed_values_of_an_array_are_those_of_its_members() -> None:
    """An array as a whole is never among them."""
    spec = {"type": "array_string", "allowed_values": ["apple", "pear"]}
    assert parse_value('["pear", "apple"]', spec) == ["pear", "apple"]
    with pytest.raises(BadValueError, match="'plum' is not one of apple, pear"):
        parse_value('["pear", "plum"]', spec)


@pytest.mark.parametrize(
    ("spec", "fits", "reason"),
    [
        ({"type": "string", "max_length": 3}, ("Cox", "Coxs"), "value has 4 characters, more than 3"),
        ({"type": "string", "min_length": 3}, ("Cox", "Co"), "value has 2 characters, less than 3"),
        ({"type": "integer", "max_value": 5}, ("5", "6"), "value is 6, more than 5"),
        ({"type": "float", "min_value": 0}, ("0", "-0.5"), "value is -0.5, less than 0"),
        ({"type": "array_integer", "max_size": 1}, ("[7]", "[7, 8]"), "value has 2 members, more than 1"),
        ({"type": "array_integer", "max_value": 7}, ("[7, 7]", "[7, 8]"), "value is 8, more than 7"),
        ({"type": "array_string", "max_length": 3}, ('["Cox", "Cox"]', '["Coxs"]'), "4 characters, more than 3"),
    ],
)
def test_a_value_must_be_within_its_fields_bounds(spec: dict[str, Any], fits: tuple[str, str], reason: str) -> None:
    """One value out of bounds would make Toloka refuse the whole upload."""
    inside, outside = fits
    assert parse_value(inside, spec) is not None
    with pytest.raises(BadValueError) as refused:
        parse_value(outside, spec)
    assert reason in str(refused.value)


@pytest.mark.parametrize("spec", [{}, {"max_length": 2_000_000}, {"type": "array_string"}])
def test_no_value_is_longer_than_ten_thousand_characters(spec: dict[str, Any]) -> None:
    """It is a mistake in the file; one request to Toloka holds a million bytes."""
    with pytest.raises(BadValueError, match="value has 10001 characters, more than 10000"):
        parse_value("x" * 10_001, spec)


def test_json_may_be_longer() -> None:
    """Hundreds of boxes take more than a text does; a row still fits into a request."""
    boxes = [{"class": "a", "left": 0.123456, "top": 0.123456, "width": 0.123456, "height": 0.123456}] * 500
    assert parse_value(json.dumps(boxes), {"type": "json"}) == boxes
    with pytest.raises(BadValueError, match="value has 500001 characters, more than 500000"):
        parse_value(" " * 500_000 + "1", {"type": "json"})
    long = ["x" * 400_000]
    check_size({"a": long, "b": long})
    with pytest.raises(BadValueError, match="the values of the row take"):
        check_size({"a": long, "b": long, "c": long})


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({}, ["a"]),
        ({}, 5),
        ({"type": "boolean"}, 1),
        ({"type": "integer"}, True),
        ({"type": "float"}, float("nan")),
        ({"type": "array_string"}, "a"),
        ({"type": "array_string"}, ["a", 5]),
        ({"allowed_values": ["a"]}, "b"),
        ({"type": "float", "max_value": 1}, Decimal("1.5")),
    ],
)
def test_an_answer_that_its_field_does_not_allow_is_refused(spec: dict[str, Any], value: Any) -> None:
    """It would become a label that nobody expects."""
    with pytest.raises(BadValueError):
        check_typed(value, spec)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({}, ""),
        ({"type": "boolean"}, False),
        ({"type": "integer"}, 0),
        ({"type": "float"}, Decimal("0.5")),
        ({"type": "array_integer"}, [1, 2]),
        ({"type": "json"}, {"a": [None]}),
    ],
)
def test_an_answer_that_its_field_allows_is_good(spec: dict[str, Any], value: Any) -> None:
    """In the types that toloka-kit gives."""
    check_typed(value, spec)


@pytest.mark.parametrize("levels", [51, 1_000, 4_000])
def test_json_that_is_nested_too_deep_is_refused(levels: int) -> None:
    """It would break what copies and writes it later, in the middle of a batch."""
    with pytest.raises(BadValueError, match=r"levels|not JSON"):
        parse_value("[" * levels + "]" * levels, {"type": "json"})


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "boolean"), (-3, "integer"), (0.1, "float"), ({"a": ["ж"]}, "json"), (["a", "b"], "array_string")],
)
def test_a_value_is_read_back_from_its_cell(value: Any, kind: str) -> None:
    """Whatever its type."""
    assert parse_value(format_value(value), {"type": kind}) == value


def test_nothing_is_an_empty_cell() -> None:
    """And an empty cell is nothing."""
    assert format_value(None) == ""
    assert parse_value(format_value(None), {"required": False}) is None
