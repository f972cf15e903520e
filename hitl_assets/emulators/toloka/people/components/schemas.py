"""The part of JSON Schema that `condition.schema` is used with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value == int(value),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
SILENT = ("title", "description", "default", "examples", "$schema", "$id", "$comment", "format")
# A pattern is tried on so much of an answer: more time than that nobody waits.
LONGEST_MATCHED = 10_000

Note = Callable[[str], None]


def fits(value: Any, schema: Any, note: Note) -> bool:
    """Whether a value satisfies a schema. Words of a schema that are not known here are told, and hold."""
    if not isinstance(schema, Mapping):
        return schema is not False
    # Nothing was answered: whether that is allowed, is for `condition.required` to say.
    if value is None and "type" not in schema:
        return True
    return all(_holds(word, wanted, value, schema, note) for word, wanted in schema.items() if word not in SILENT)


def _holds(word: str, wanted: Any, value: Any, schema: Mapping[str, Any], note: Note) -> bool:
    if word in NESTED:
        return NESTED[word](wanted, value, note)
    if word not in WORDS:
        note(f"the word {word} of a JSON Schema is not checked here")
        return True
    try:
        return WORDS[word](wanted, value)
    except (TypeError, ValueError, re.error):
        # A limit for numbers says nothing about a text.
        return True


def _is_type(wanted: Any, value: Any) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    return any(TYPES[name](value) for name in names if name in TYPES)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return value


def _size(value: Any, kind: type) -> int:
    if not isinstance(value, kind):
        raise TypeError(value)
    return len(value)  # type: ignore[arg-type]  # kinds with a length


def _matches(pattern: Any, value: Any) -> bool:
    return re.search(pattern, value[:LONGEST_MATCHED]) is not None if isinstance(value, str) else True


WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "type": _is_type,
    "enum": lambda wanted, value: value in wanted,
    "const": lambda wanted, value: bool(value == wanted),
    "minimum": lambda wanted, value: _number(value) >= wanted,
    "maximum": lambda wanted, value: _number(value) <= wanted,
    "exclusiveMinimum": lambda wanted, value: _number(value) > wanted,
    "exclusiveMaximum": lambda wanted, value: _number(value) < wanted,
    "multipleOf": lambda wanted, value: _number(value) % wanted == 0,
    "minLength": lambda wanted, value: _size(value, str) >= wanted,
    "maxLength": lambda wanted, value: _size(value, str) <= wanted,
    "pattern": _matches,
    "minItems": lambda wanted, value: _size(value, list) >= wanted,
    "maxItems": lambda wanted, value: _size(value, list) <= wanted,
    "minProperties": lambda wanted, value: _size(value, dict) >= wanted,
    "maxProperties": lambda wanted, value: _size(value, dict) <= wanted,
    "required": lambda wanted, value: not isinstance(value, dict) or all(name in value for name in wanted),
}


def _each(schema: Any, value: Any, note: Note) -> bool:
    return not isinstance(value, list) or all(fits(item, schema, note) for item in value)


def _properties(schemas: Any, value: Any, note: Note) -> bool:
    if not isinstance(value, dict):
        return True
    return all(fits(value[name], schema, note) for name, schema in schemas.items() if name in value)


NESTED: dict[str, Callable[[Any, Any, Note], bool]] = {
    "items": _each,
    "properties": _properties,
    "not": lambda schema, value, note: not fits(value, schema, note),
    "allOf": lambda schemas, value, note: all(fits(value, schema, note) for schema in schemas),
    "anyOf": lambda schemas, value, note: any(fits(value, schema, note) for schema in schemas),
    "oneOf": lambda schemas, value, note: sum(fits(value, schema, note) for schema in schemas) == 1,
}
