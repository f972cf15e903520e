"""A project's declared fields, and whether values fit them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.http.errors import FieldErrors
from hitl_assets.emulators.toloka.http.forms import Form

TYPES = ("string", "url", "file", "boolean", "integer", "float", "number", "coordinates", "json")
URL = re.compile(r"(https?://|/)\S+|[\w.-]+\.\w+\S*")
# A pattern is tried on so much of a text: more time than that nobody waits.
LONGEST_MATCHED = 10_000
COORDINATES = re.compile(r"-?\d+(\.\d+)?,\s*-?\d+(\.\d+)?")


def check_specification(form: Form) -> None:
    """Note errors in a project's `task_spec`."""
    for side in ("input_spec", "output_spec"):
        part = form.part(side, required=True)
        if part is None:
            continue
        if not part.values and side == "output_spec":
            form.refuse(side, "EMPTY_OBJECT_NOT_ALLOWED", "Declare at least one output field")
        for name in part.values:
            field = part.part(name)
            if field is not None:
                _check_declaration(part, name, field)
    view = form.part("view_spec", required=True)
    if view is not None and view.choice("type", ("tb", "classic")) is None and view.values.get("type") is not None:
        view.refuse("type", "UNKNOWN_ENUM_VALUE", "Must be tb or classic")


def _check_declaration(part: Form, name: str, field: Form) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        part.refuse(name, "CHARACTER_NOT_ALLOWED", "Field names have Latin letters, digits, - and _")
    declared = field.text("type", required=True)
    if declared is not None and declared.removeprefix("array_") not in TYPES:
        field.refuse("type", "UNKNOWN_ENUM_VALUE", f"Unknown field type {declared}")
    field.flag("required")
    field.flag("hidden")
    pattern = field.text("pattern")
    try:
        re.compile(pattern or "")
    except re.error as error:
        field.refuse("pattern", "VALUE_NOT_ALLOWED", f"Not a regular expression: {error}")


def check_values(
    errors: FieldErrors, prefix: str, values: Any, specification: Mapping[str, Any], complete: bool = True
) -> None:
    """Note errors of one task's values. `complete`: the required fields must be there."""
    if not isinstance(values, dict):
        errors.add(prefix.rstrip("."), "OBJECT_EXPECTED", "Expected an object")
        return
    for name in values.keys() - specification.keys():
        errors.add(prefix + name, "VALUE_NOT_ALLOWED", "Unknown field name")
    for name, declared in specification.items():
        value = values.get(name)
        if value is None:
            if complete and declared.get("required", True):
                errors.add(prefix + name, "VALUE_REQUIRED", "May not be empty")
        elif declared["type"].startswith("array_"):
            _check_array(errors, prefix + name, value, declared)
        else:
            _check_value(errors, prefix + name, value, declared["type"], declared)


def _check_array(errors: FieldErrors, path: str, value: Any, declared: Mapping[str, Any]) -> None:
    if not isinstance(value, list):
        errors.add(path, "ARRAY_EXPECTED", "Expected an array")
        return
    low, high = declared.get("min_size"), declared.get("max_size")
    if low is not None and len(value) < low:
        errors.add(path, "ARRAY_SIZE_LESS_THAN_MIN", f"At least {low} items", min=low)
    if high is not None and len(value) > high:
        errors.add(path, "ARRAY_SIZE_GREATER_THAN_MAX", f"At most {high} items", max=high)
    for index, item in enumerate(value):
        _check_value(errors, f"{path}.{index}", item, declared["type"].removeprefix("array_"), declared)


def _check_value(errors: FieldErrors, path: str, value: Any, kind: str, declared: Mapping[str, Any]) -> None:
    code = _type_error(value, kind)
    if code is not None:
        errors.add(path, code, f"Not a value of type {kind}")
        return
    allowed = declared.get("allowed_values")
    if allowed is not None and value not in allowed:
        errors.add(path, "VALUE_NOT_ALLOWED", "Not one of the allowed values", allowed_values=allowed)
    pattern = declared.get("pattern")
    if pattern is not None and isinstance(value, str) and not re.fullmatch(pattern, value[:LONGEST_MATCHED]):
        errors.add(path, "STRING_DOES_NOT_MATCH_PATTERN", f"Does not match {pattern}")
    size = len(value) if isinstance(value, str) else value if kind in ("integer", "float", "number") else None
    kind_of = "STRING_LENGTH" if isinstance(value, str) else "VALUE"
    suffix = "length" if isinstance(value, str) else "value"
    low, high = declared.get(f"min_{suffix}"), declared.get(f"max_{suffix}")
    if size is not None and low is not None and size < low:
        errors.add(path, f"{kind_of}_LESS_THAN_MIN", f"At least {low}", min=low)
    if size is not None and high is not None and size > high:
        errors.add(path, f"{kind_of}_GREATER_THAN_MAX", f"At most {high}", max=high)


def _type_error(value: Any, kind: str) -> str | None:
    if kind == "json":
        return None
    if kind == "boolean":
        return None if isinstance(value, bool) else "BOOLEAN_EXPECTED"
    if kind == "integer":
        return None if isinstance(value, int) and not isinstance(value, bool) else "INTEGER_EXPECTED"
    if kind in ("float", "number"):
        return None if isinstance(value, int | float) and not isinstance(value, bool) else "FLOAT_EXPECTED"
    if not isinstance(value, str):
        return "STRING_EXPECTED"
    if kind == "url" and not URL.fullmatch(value):
        return "INVALID_URL_SYNTAX"
    if kind == "coordinates" and not COORDINATES.fullmatch(value):
        return "INVALID_COORDINATES_SYNTAX"
    return None


def closed_options(declared: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """All the values that a field can have, in their order; None if its declaration does not list them."""
    kind = declared["type"]
    if declared.get("allowed_values"):
        return tuple(declared["allowed_values"])
    if kind == "boolean":
        return (False, True)
    low, high = declared.get("min_value"), declared.get("max_value")
    if kind == "integer" and low is not None and high is not None:
        return tuple(range(int(low), int(high) + 1))
    return None
