"""Which answers people can give in an interface of Template Builder: what its fields offer, and whether a known answer
is among that. A golden task that nobody can answer bans those who are honest.

What is written here of fields is from Toloka's documentation of Template Builder.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.project.interfaces import walk
from hitl_assets.labeling.records import canonical_json

# Fields in which one of the options is chosen.
LISTS = frozenset({"field.radio-group", "field.button-radio-group", "field.select"})
# How many of the values that are offered a message names.
SHOWN = 10


@dataclass(frozen=True)
class Offer:
    """What one field of the interface lets people answer: one of `values`, one of them set to true in an object
    (`is_group`), or if there are no values anything that `schema` (JSON schema: type, minimum, maximum, minLength,
    maxLength, pattern, enum) allows. `keeps_false`: what is not chosen is false in the answer, instead of missing."""

    values: tuple[Any, ...] = ()
    schema: Mapping[str, Any] | None = None
    is_group: bool = False
    keeps_false: bool = False

    def refuses(self, value: Any) -> str:
        """Why nobody can give this answer here; empty if they can."""
        if self.is_group:
            return self.refuses_group(value)
        if self.values:
            return "" if any(is_equal(value, each) for each in self.values) else f"offered: {list_values(self.values)}"
        return violated(value, self.schema or {})

    def refuses_group(self, value: Any) -> str:
        """Why these boxes can't be ticked like this."""
        if not isinstance(value, Mapping) or not all(isinstance(each, bool) for each in value.values()):
            return f"an object of true and false is answered, with the keys {list_values(self.values)}"
        unknown = [name for name in value if name not in self.values]
        if unknown:
            return f"offered: {list_values(self.values)}"
        if not self.keeps_false and not all(value.values()):
            return "a box that is not ticked is left out of the answer, unless the field has preserveFalse: true"
        if self.keeps_false and set(value) != set(self.values):
            return f"the answer holds every box: {list_values(self.values)}"
        return ""


def find_offers(view: Mapping[str, Any], name: str) -> tuple[Offer, ...]:
    """What an interface (a project's `view_spec`) offers for an output field, from each of its parts; empty if that
    can't be told: another kind of interface, options that come from the task, fields that we don't know."""
    config = parse(view)
    if config is None:
        return ()
    offers = []
    for part in walk(config):
        path = output_path(part.get("data"))
        if path.split(".")[0] == name and is_filled_in(part):
            offer = offer_of(part) if path == name else None
            if offer is None:
                return ()
            offers.append(offer)
    return tuple(offers)


def find_refusal(offers: Sequence[Offer], value: Any) -> str:
    """Why nobody can give this answer: what each part of the interface says; empty if one of them takes it."""
    reasons = [offer.refuses(value) for offer in offers]
    return "; ".join(dict.fromkeys(reasons)) if reasons and all(reasons) else ""


def parse(view: Mapping[str, Any]) -> Any:
    """The interface as JSON, or None."""
    try:
        return json.loads(str(view.get("config"))) if str(view.get("type")).lower() == "tb" else None
    except ValueError:
        return None


def output_path(part: Any) -> str:
    """The path of a `data.output`; empty if it is another part."""
    is_it = isinstance(part, dict) and part.get("type") == "data.output" and isinstance(part.get("path"), str)
    return str(part["path"]) if is_it else ""


def is_filled_in(part: Mapping[str, Any]) -> bool:
    """Whether a part lets people answer, by itself or when they press a key; others only show or check."""
    kind = str(part.get("type"))
    return kind.startswith("field.") or kind in ("action.set", "action.bulk", "action.toggle")


def offer_of(part: Mapping[str, Any]) -> Offer | None:
    """What one part offers; None if that can't be told."""
    kind = str(part.get("type"))
    data: Mapping[str, Any] = part["data"]
    default = (data["default"],) if "default" in data else ()
    if kind in LISTS or kind == "field.checkbox-group":
        options = part.get("options")
        if not isinstance(options, list) or not all(isinstance(each, dict) and "value" in each for each in options):
            return None
        values = tuple(each["value"] for each in options)
        if any(isinstance(each, dict) and "type" in each for each in values):
            return None
        if kind == "field.checkbox-group":
            return Offer(values, is_group=True, keeps_false=part.get("preserveFalse") is True)
        return Offer((*values, *default))
    if kind == "field.button-radio":
        return Offer((part["valueToSet"], *default)) if "valueToSet" in part else None
    if kind == "field.checkbox":
        return Offer((True, False) if part.get("preserveFalse") is True else (True,))
    if kind == "field.number":
        bounds = {name: part[name] for name in ("minimum", "maximum") if name in part}
        return Offer(schema={"type": "number", **bounds, **schema_of(part)})
    if kind in ("field.text", "field.textarea"):
        return Offer(schema={"type": "string", **schema_of(part)})
    if kind == "action.set" and not isinstance(part.get("payload"), dict):
        return Offer((part.get("payload"),))
    return None


def schema_of(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema that a field is checked with, if that is the only condition."""
    validation = part.get("validation")
    is_it = isinstance(validation, dict) and validation.get("type") == "condition.schema" and "data" not in validation
    schema = validation.get("schema") if is_it and isinstance(validation, dict) else None
    return schema if isinstance(schema, dict) else {}


def violated(value: Any, schema: Mapping[str, Any]) -> str:
    """The first thing that a value of this JSON schema must be and this one isn't; empty if it fits."""
    return next(violations(value, schema), "")


def violations(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """All that a value of this JSON schema must be and this one isn't."""
    wanted, is_number = schema.get("type"), isinstance(value, int | float) and not isinstance(value, bool)
    if wanted in ("number", "integer") and not is_number:
        yield "a number is answered"
    # What Toloka makes of a number in a text field we don't know.
    if wanted == "string" and not isinstance(value, str) and not is_number:
        yield "a text is answered"
    if is_number:
        for name, is_over in (("minimum", lambda low: value < low), ("maximum", lambda high: value > high)):
            if isinstance(schema.get(name), int | float) and is_over(schema[name]):
                yield f"the {name} is {schema[name]}"
    if isinstance(value, str):
        for name, is_over in (("minLength", lambda n: len(value) < n), ("maxLength", lambda n: len(value) > n)):
            if isinstance(schema.get(name), int) and is_over(schema[name]):
                yield f"{name} is {schema[name]}"
        if isinstance(schema.get("pattern"), str) and not matches(schema["pattern"], value):
            yield f"the pattern is {schema['pattern']}"
    if isinstance(schema.get("enum"), list) and not any(is_equal(value, each) for each in schema["enum"]):
        yield f"offered: {list_values(schema['enum'])}"


def matches(pattern: str, value: str) -> bool:
    """Whether a text has the pattern; one that Python doesn't know has no say."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def is_equal(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: for Python true is 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def list_values(values: Sequence[Any]) -> str:
    """Values as JSON, some of them if they are many."""
    shown = ", ".join(canonical_json(each) for each in values[:SHOWN])
    return shown + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")
