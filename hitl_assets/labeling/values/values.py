"""Values as the specification of a field in Toloka allows them: out of a cell, or as they came in JSON."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.values.characters import is_blank, show

# A cell beyond this is a mistake in the file, not a text to label; Toloka takes 1,048,576 bytes a request. JSON may be
# what people drew: hundreds of boxes, or outlines of thousands of points.
LONGEST_VALUE, LONGEST_JSON = 10_000, 500_000
# Toloka's whole numbers have 64 bits. JSON that is nested deeper than this is no data that somebody looks at.
LARGEST, DEEPEST = 2**63, 50
# What the values of one request to Toloka may take is 1,048,576 bytes; a task has a little more than its values.
MOST_BYTES = 1_000_000
# As Toloka checks them. An address may be on our proxy (`/proxy/...`) or without a scheme.
FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "url": (re.compile(r"(https?://|/)\S+|[\w.-]+\.\w+\S*"), "an address: write https://, and no spaces"),
    "coordinates": (re.compile(r"-?\d+(\.\d+)?,\s*-?\d+(\.\d+)?"), "coordinates: write latitude,longitude"),
}
# Degrees of latitude and of longitude.
GLOBE = (90, 180)
TEXTUAL = frozenset({"string", "url", "file", "coordinates"})
UNSENDABLE = re.compile(r"[\0\ud800-\udfff]")


class BadValueError(ValueError):
    """A cell that does not fit its field."""


def parse_value(text: str, spec: Mapping[str, Any]) -> Any:
    """A cell as the value that a field of Toloka's input or output specification takes; None when it is empty.

    Raises:
        BadValueError: missing though required, of another type, not among the allowed values, or out of bounds.
    """
    if is_blank(text):
        if spec.get("required", True):
            raise BadValueError("value is missing")
        return None
    kind = str(spec.get("type", "string"))
    longest = LONGEST_JSON if kind == "json" else LONGEST_VALUE
    if len(text) > longest:
        raise BadValueError(f"value has {len(text)} characters, more than {longest}")
    if UNSENDABLE.search(text):
        raise BadValueError(f"{text[:80]!a} holds half a character, or a NUL")
    if kind.startswith("array_"):
        return parse_array(text, kind.removeprefix("array_"), spec)
    value = PARSERS.get(kind, parse_json)(text)
    check_form(value, kind)
    check_value(value, spec)
    return value


def check_form(value: Any, kind: str) -> None:
    """Refuse an address or coordinates that are none, as Toloka would."""
    pattern, what = FORMS.get(kind, (None, ""))
    if pattern is not None and not pattern.fullmatch(value):
        raise BadValueError(f"{show(value)} is not {what}")
    if kind == "coordinates" and any(
        abs(float(each)) > most for each, most in zip(value.split(","), GLOBE, strict=True)
    ):
        raise BadValueError(f"{show(value)} is not on the globe: write latitude,longitude in degrees")


def check_size(values: Mapping[str, Any]) -> None:
    """Refuse an item that is more than Toloka takes at once."""
    has_json = any(isinstance(value, list | dict) for value in values.values())
    if not has_json and 6 * LONGEST_VALUE * len(values) < MOST_BYTES:  # A character takes six bytes at most.
        return
    size = len(json.dumps(values, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise BadValueError(f"the values of the row take {size} bytes, more than {MOST_BYTES}")


def parse_array(text: str, kind: str, spec: Mapping[str, Any]) -> list[Any]:
    """A JSON array whose members are all of the kind, as many and such as the field allows."""
    members = parse_json(text)
    if not isinstance(members, list):
        raise BadValueError(f"{text[:80]!r} is not a JSON array")
    check_members(members, kind, spec)
    for member in members:
        check_form(member, kind)
    return members


def check_members(members: Sequence[Any], kind: str, spec: Mapping[str, Any]) -> None:
    """Refuse an array with too few or too many members, or with one that does not fit."""
    check_bounds(len(members), spec, "size", "members")
    for member in members:
        if not is_of_type(member, kind):
            raise BadValueError(f"{member!r:.80} in the array is not of type {kind}")
        check_value(member, spec)


def is_of_type(value: Any, kind: str) -> bool:
    """Whether a value as it came in JSON is of a field's type (of an array: that of its members)."""
    if kind == "json":
        return True
    is_finite = not isinstance(value, float | Decimal) or math.isfinite(value)
    return type(value) in TYPES.get(kind, (str,)) and is_finite  # True is an int to isinstance


def check_typed(value: Any, spec: Mapping[str, Any]) -> None:
    """Refuse a value, as it came in JSON, that the specification of its field does not allow.

    Raises:
        BadValueError: of another type, not among the allowed values, or out of bounds.
    """
    kind = str(spec.get("type", "string"))
    if kind.startswith("array_") and isinstance(value, list):
        check_members(value, kind.removeprefix("array_"), spec)
    elif kind.startswith("array_") or not is_of_type(value, kind):
        raise BadValueError(f"{value!r:.80} is not of type {kind}")
    else:
        check_value(value, spec)


def check_value(value: Any, spec: Mapping[str, Any]) -> None:
    """Refuse what Toloka would refuse: a value that is not among the allowed ones, or is out of bounds."""
    allowed = spec.get("allowed_values")
    if allowed and value not in allowed:
        raise BadValueError(f"{show(str(value))} is not one of {', '.join(map(str, allowed))}")
    if isinstance(value, str):
        check_bounds(len(value), spec, "length", "characters")
    elif isinstance(value, int | float | Decimal):
        check_bounds(value, spec, "value", "")


def check_bounds(size: float | Decimal, spec: Mapping[str, Any], of: str, unit: str) -> None:
    """Refuse a size outside of `min_<of>` and `max_<of>` of the field."""
    low, high = spec.get(f"min_{of}"), spec.get(f"max_{of}")
    has = f"value has {size} {unit}" if unit else f"value is {size}"
    if low is not None and size < low:
        raise BadValueError(f"{has}, less than {low}")
    if high is not None and size > high:
        raise BadValueError(f"{has}, more than {high}")


def parse_boolean(text: str) -> bool:
    """True or false, as spreadsheets and Toloka write them."""
    known = {"true": True, "false": False, "1": True, "0": False}
    if text.strip().lower() not in known:
        raise BadValueError(f"{text[:80]!r} is not true or false")
    return known[text.strip().lower()]


def parse_integer(text: str) -> int:
    """A whole number."""
    try:
        number = int(plain_digits(text))
    except ValueError:
        raise BadValueError(f"{text[:80]!r} is not a whole number") from None
    if abs(number) >= LARGEST:
        raise BadValueError(f"{text[:80]!r} has more than 64 bits")
    return number


def parse_number(text: str) -> float:
    """A finite number."""
    try:
        number = float(plain_digits(text))
    except ValueError:
        raise BadValueError(f"{text[:80]!r} is not a number") from None
    if not math.isfinite(number):
        raise BadValueError(f"{text[:80]!r} is not a finite number")
    return number


def plain_digits(text: str) -> str:
    """The text, unless Python alone would take it for a number: `1_000` is more likely a name."""
    if "_" in text:
        raise ValueError(text)
    return text


def parse_json(text: str) -> Any:
    """A JSON value: for `json` fields and arrays. What could not be sent on is refused: NaN, half a character."""
    try:
        value = json.loads(text)
        if "\\u0000" in json.dumps(value, ensure_ascii=False, allow_nan=False).encode().decode():
            raise ValueError("NUL")
    except (ValueError, RecursionError):
        raise BadValueError(f"{text[:80]!r} is not JSON") from None
    if is_deep(value, DEEPEST):
        raise BadValueError(f"{text[:80]!r} has more than {DEEPEST} levels")
    return value


def is_deep(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in more than so many levels."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(is_deep(each, levels - 1) for each in inner)


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "url": str,
    "file": str,
    "coordinates": str,
    "boolean": parse_boolean,
    "integer": parse_integer,
    "float": parse_number,
    "number": parse_number,
    "json": parse_json,
}
# What the members of an array are; text if they are not here.
TYPES: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "float": (int, float, Decimal),
    "number": (int, float, Decimal),
}
