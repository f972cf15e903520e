"""Sections of a project's YAML against their models, and what their author reads when something is not allowed."""

import difflib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hitl_assets.labeling.documents import ConfigurationError, Mistake
from hitl_assets.labeling.kinds.registry import KINDS, SECTION_TAGS, tag_of
from hitl_assets.labeling.values.fields import QUOTE
from hitl_assets.labeling.written import as_mapping, plain_name

TAGS = {"terms", "file", "serve", *SECTION_TAGS}
# What a name may consist of, by the pattern that says so.
NAMES: Mapping[str, str] = {
    r"^[A-Za-z0-9_-]+$": "it has letters, digits, _ and - only",
    r"^[a-z][a-z0-9_]*$": "it has small letters, digits and _, and begins with a letter",
}

Terms = TypeVar("Terms", bound=BaseModel)


def validate(model: type[Terms], value: Any, path: Path, prefix: str = "") -> Terms:
    """The value as the model, or an error that a person can act on."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        mistakes = [mistake(problem, model, path, prefix) for problem in error.errors()]
        raise ConfigurationError("\n".join(map(str, mistakes)), mistakes) from error


def mistake(problem: Mapping[str, Any], model: type[BaseModel], path: Path, prefix: str) -> Mistake:
    """One problem, and which field it is about."""
    names = [str(part) for part in problem["loc"] if part not in TAGS]
    field = ".".join([prefix, *names] if prefix else names)
    value = None if problem["type"] == "missing" else problem["input"]
    return Mistake(str(path), describe(problem, model, prefix), field, value)


def describe(problem: Mapping[str, Any], model: type[BaseModel], prefix: str) -> str:
    """One problem: the field, the value it has and what is allowed."""
    names = [str(part) for part in problem["loc"] if part not in TAGS]
    field = ".".join([prefix, *names] if prefix else names)
    if problem["type"] == "missing":
        return f"field {field} is missing."
    value = repr(problem["input"])[:200]
    if not field:
        return f"the whole is {value}; it must be an object with: {', '.join(sorted(model.model_fields))}."
    if problem["type"] == "extra_forbidden":
        allowed = allowed_names(model, list(problem["loc"][:-1]))
        close = difflib.get_close_matches(names[-1], allowed, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return f"field {field} = {value} is unknown.{hint} Allowed: {', '.join(allowed)}."
    if problem["type"] == "string_pattern_mismatch" and problem["ctx"]["pattern"] in NAMES:
        return f"field {field} = {value} is not allowed: {NAMES[problem['ctx']['pattern']]}{usable(problem)}."
    quote = f". {QUOTE}" if problem["type"] in ("string_type", "enum", "literal_error") and is_scalar(problem) else ""
    return f"field {field} = {value} is not allowed: {problem['msg']}{quote}."


def usable(problem: Mapping[str, Any]) -> str:
    """A name that can be used instead of one that can't; for an input field also how a column of that name is read."""
    text = str(problem["input"])
    name = plain_name(text)
    is_input = "input_spec" in problem["loc"]
    mapped = f"; files keep their column with source: {{{as_mapping(text, name)}}}" if is_input else ""
    return f", for example {name}{mapped}" if name else ""


def is_scalar(problem: Mapping[str, Any]) -> bool:
    """Whether the value is one that text without quotes may have become."""
    return problem["input"] is None or isinstance(problem["input"], bool | int | float | date)


def allowed_names(model: type[BaseModel], path: list[Any]) -> list[str]:
    """The names that the section at `path` knows, in which tags say which of several sections is meant."""
    for name in path:
        model = next((kind.terms for kind in KINDS.values() if tag_of(kind.name) == name), model)
        field = model.model_fields.get(str(name))
        inner = next((part for part in unions(field.annotation) if is_model(part)), None) if field else None
        model = inner or model
    return sorted(model.model_fields)


def unions(annotation: Any) -> Iterator[Any]:
    """The annotation and, of a union, its parts."""
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from unions(part)


def is_model(annotation: Any) -> bool:
    """Whether the annotation is one of our sections."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
