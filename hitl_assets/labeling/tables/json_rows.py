"""Rows of JSON lines: an object a line."""

import json
from collections.abc import Mapping
from typing import Any

from hitl_assets.labeling.documents import unique
from hitl_assets.labeling.tables.unreadable import UnreadableFileError


def read_objects(text: str, file: str) -> list[tuple[int, Mapping[str, Any] | str]]:
    """Each line that is not empty: its number, and its object, or what is wrong with it.

    Raises:
        UnreadableFileError: none of them is an object.
    """
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    rows = [(number, read_object(line)) for number, line in lines]
    if all(isinstance(row, str) for _, row in rows):
        number, reason = rows[0]
        raise UnreadableFileError(f"{file} is no file of JSON lines: row {number} {reason}. Write an object a line.")
    return rows


def refuse(constant: str) -> Any:
    """NaN and Infinity are no JSON. Python writes them, most often where a value is missing."""
    raise ValueError(f"{constant} is no value, write null where one is missing")


def read_object(line: str) -> Mapping[str, Any] | str:
    """The object of a line, or what is wrong with it."""
    try:
        value = json.loads(line, object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        return f"is not JSON: {error}"
    return value if isinstance(value, dict) else "is no object"
