"""What the markup of an interface without Template Builder says of its fields. Nothing of it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

COMMENT = re.compile(r"\{\{!--.*?--\}\}|\{\{![^}]*\}\}|<!--.*?-->", re.DOTALL)
ATTRIBUTES = r"""((?:"[^"]*"|'[^']*'|[^}"'])*)"""
FIELD = re.compile(r"\{\{\s*field\s+" + ATTRIBUTES + r"\}\}")
BLOCK = re.compile(r"\{\{#field\s+" + ATTRIBUTES + r"\}\}(.*?)\{\{/field\}\}", re.DOTALL)
# Radio buttons without the helper.
BUTTON = re.compile(r"""<input\s+((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
# An option of a list inside of its field.
OPTION = re.compile(r"\{\{\s*select_item\s+([^}]*)\}\}")
EACH = re.compile(r"\{\{#each\s+([\w.]+)\s*\}\}(.*?)\{\{/each\}\}", re.DOTALL)
ATTRIBUTE = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)'|([^\s"'>/]+))""")
PLACE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
DEPENDENT = re.compile(r"""\{\{#each|\bvalue=(?!"[^"{]*"|'[^'{]*')""")
SHAPES = ("point", "polygon", "rectangle")


@dataclass
class MarkedUp:
    """A field of the markup: `radio`, `select`, `image-annotation`, ...; the values that are written out in it."""

    kind: str = ""
    values: list[Any] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)


def read_markup(markup: str, inputs: Mapping[str, Any]) -> dict[str, MarkedUp]:
    """By output field, what the markup says for a task with these input values."""
    found: dict[str, MarkedUp] = {}
    _read(COMMENT.sub("", markup), inputs, found)
    return found


def reads_task(markup: str) -> bool:
    """Whether options may come from the task: a value that is not written out, or a list that is gone through."""
    return DEPENDENT.search(COMMENT.sub("", markup)) is not None


def _read(markup: str, values: Mapping[str, Any], found: dict[str, MarkedUp]) -> None:
    for block in EACH.finditer(markup):
        items = values.get(block[1].removeprefix("this."))
        for item in items if isinstance(items, list) else ():
            own = item if isinstance(item, Mapping) else {}
            _read(
                block[2], {**values, **own, "this": item, **{f"this.{name}": one for name, one in own.items()}}, found
            )
    for attributes in _fields(EACH.sub("", markup), values):
        one = found.setdefault(str(attributes.get("name", "")), MarkedUp())
        one.kind = one.kind or str(attributes.get("type", ""))
        one.shapes = [shape for shape in SHAPES if shape in str(attributes.get("shapes", ""))]
        if attributes.get("value") not in (None, ""):
            one.values.append(attributes["value"])


def _fields(markup: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The attributes of each field, and of each option of a list with its field's type and name."""
    for match in FIELD.finditer(markup):
        yield _attributes(match[1], values)
    for match in BUTTON.finditer(markup):
        attributes = _attributes(match[1], values)
        if attributes.get("type") == "radio":
            yield attributes
    for block in BLOCK.finditer(markup):
        outer = _attributes(block[1], values)
        yield outer
        for option in OPTION.finditer(block[2]):
            yield {**outer, **_attributes(option[1], values)}


def _attributes(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {match[1]: _value(match, values) for match in ATTRIBUTE.finditer(text)}


def _value(match: re.Match[str], values: Mapping[str, Any]) -> Any:
    if match[4] is not None:
        # Without quotes: a value of the task if there is one of this name, else a number or a word.
        return values.get(match[4], match[4])
    text = match[2] if match[2] is not None else match[3]
    return PLACE.sub(lambda place: str(values.get(place[1], "")), text)
