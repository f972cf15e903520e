"""What the markup of an interface without Template Builder says of its fields. Nothing of it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FIELD = re.compile(r"\{\{\s*field\s+([^}]*)\}\}")
# An option of a list inside of its field.
OPTION = re.compile(r"\{\{\s*select_item\s+([^}]*)\}\}")
ATTRIBUTE = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
SHAPES = ("point", "polygon", "rectangle")


@dataclass
class MarkedUp:
    """A field of the markup: `radio`, `select`, `image-annotation`, ...; the values that are written out in it."""

    kind: str = ""
    values: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)


def read_markup(markup: str) -> dict[str, MarkedUp]:
    """By output field, what the markup says."""
    found: dict[str, MarkedUp] = {}
    for match in FIELD.finditer(markup):
        attributes = _attributes(match[1])
        one = found.setdefault(attributes.get("name", ""), MarkedUp())
        one.kind = one.kind or attributes.get("type", "")
        one.shapes = [shape for shape in SHAPES if shape in attributes.get("shapes", "")]
        if attributes.get("value"):
            one.values.append(attributes["value"])
    _add_items(markup, found)
    return found


def _add_items(markup: str, found: dict[str, MarkedUp]) -> None:
    for block in re.finditer(r"\{\{#field\s+([^}]*)\}\}(.*?)\{\{/field\}\}", markup, re.DOTALL):
        attributes = _attributes(block[1])
        one = found.setdefault(attributes.get("name", ""), MarkedUp(attributes.get("type", "")))
        items = [_attributes(item[1]).get("value", "") for item in OPTION.finditer(block[2])]
        one.values += [value for value in items if value]


def _attributes(text: str) -> dict[str, str]:
    return {match[1]: match[2] if match[2] is not None else match[3] for match in ATTRIBUTE.finditer(text)}
