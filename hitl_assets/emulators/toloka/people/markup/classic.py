"""Projects without a Template Builder configuration: their fields as a table and a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hitl_assets.emulators.toloka.people.components.actions import read_json
from hitl_assets.emulators.toloka.people.components.choices import choice, group, label_for, seen
from hitl_assets.emulators.toloka.people.components.entries import read_number, read_text
from hitl_assets.emulators.toloka.people.components.parts import Part, encode
from hitl_assets.emulators.toloka.people.components.values import as_text
from hitl_assets.emulators.toloka.people.markup.marked_up import MarkedUp, read_markup
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag

PICTURE = re.compile(r"data:image/.*|\S+\.(png|jpe?g|gif|webp|svg|avif)(\?\S*)?", re.IGNORECASE)
# What buttons write, by the type of their field.
READ: dict[str, Callable[[Any], Any]] = {
    "string": as_text,
    "url": as_text,
    "integer": lambda value: read_number([as_text(value)]),
    "float": lambda value: read_number([as_text(value)]),
}
# More options than this are a list to pull down.
MOST_BUTTONS = 12


def generic_configuration(specification: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A Template Builder configuration that shows one task's input fields and asks for the output fields."""
    shown = [
        {"label": name, "content": _view(name, declared, inputs.get(name))}
        for name, declared in specification["input_spec"].items()
        if not declared.get("hidden") and inputs.get(name) is not None
    ]
    markup = read_markup(markup_of(specification), inputs)
    asked = [
        _field(name, declared, markup.get(name, MarkedUp())) for name, declared in specification["output_spec"].items()
    ]
    table = [{"type": "view.labeled-list", "items": shown}] if shown else []
    return {"view": {"type": "view.list", "items": [*table, *asked]}}


def markup_of(specification: Mapping[str, Any]) -> str:
    """The markup of an interface, if it has one."""
    return str((specification.get("view_spec") or {}).get("markup") or "")


def _view(name: str, declared: Mapping[str, Any], value: Any) -> dict[str, Any]:
    data = {"type": "data.input", "path": name}
    if isinstance(value, str) and PICTURE.fullmatch(value):
        return {"type": "view.image", "url": data}
    if declared["type"] == "url":
        return {"type": "view.link", "url": data}
    return {"type": "view.text", "content": data}


def _field(name: str, declared: Mapping[str, Any], marked_up: MarkedUp) -> dict[str, Any]:
    common = {"data": {"type": "data.output", "path": name}, "label": name}
    kind, allowed = declared["type"], declared.get("allowed_values")
    if kind == "boolean":
        allowed = [True, False]
    elif allowed is None and kind in READ and marked_up.kind in ("radio", "select"):
        allowed = [value for value in map(READ[kind], marked_up.values) if value is not None] or None
    if isinstance(allowed, list):
        options = [{"value": value, "label": as_text(value)} for value in allowed]
        if kind.startswith("array_"):
            return {**common, "type": "classic.choices", "options": options}
        return {
            **common,
            "type": "field.radio-group" if len(options) <= MOST_BUTTONS else "field.select",
            "options": options,
        }
    if kind == "json" and marked_up.kind == "image-annotation":
        return {**common, "type": "classic.regions", "traits": {"is_classic": True, "shapes": marked_up.shapes}}
    if kind == "json" or kind.startswith("array_"):
        return {**common, "type": "classic.lines" if kind in ("array_string", "array_url") else "classic.json"}
    types = {"integer": "field.number", "float": "field.number", "number": "field.number", "file": "field.file"}
    return {**common, "type": types.get(kind, "field.textarea" if kind == "string" else "field.text")}


def _choices(part: Part) -> Html:
    options = part.items("options")
    offered = [encode(option["value"]) for option in options]
    control = part.control(
        partial(_read_choices, offered=offered),
        partial(_write_choices, offered=offered),
        "choices",
        options=tuple(option["value"] for option in options),
    )
    chosen = [encode(value) for value in control.value or []]
    boxes = [
        choice(part, "checkbox", control.name, value, option["label"], value in chosen)
        for value, option in zip(offered, options, strict=True)
    ]
    return group(part, control, *boxes, class_="options")


def _read_choices(values: list[str], offered: list[str]) -> list[Any] | None:
    return [read_json([value]) for value in offered if value in values] or None


def _write_choices(value: Any, offered: list[str]) -> list[str] | None:
    written = [encode(item) for item in value] if isinstance(value, list) else [""]
    return written if set(written) <= set(offered) else None


def _written(part: Part, read: Callable[[list[str]], Any], write: Callable[[Any], str], remark: str, kind: str) -> Html:
    traits = part.value("traits") or {}
    control = part.control(read, lambda value: _as_read(write(value), value, read), kind, traits=traits)
    text = "" if control.value is None else write(control.value)
    box = tag("textarea", f"\n{text}", name=control.name, id=control.name, rows=3, dir="auto")
    return join(label_for(part, control), tag("span", remark, class_="hint"), box, seen(part, control))


def _as_read(text: str, value: Any, read: Callable[[list[str]], Any]) -> list[str] | None:
    return [text] if read([text]) == value else None


def _write_lines(value: Any) -> str:
    is_lines = isinstance(value, list) and all(isinstance(line, str) for line in value)
    return "\n".join(value) if is_lines else ""


def _read_lines(values: list[str]) -> list[str] | None:
    return [line for line in (read_text(values) or "").split("\n") if line] or None


def _read_value(values: list[str]) -> Any:
    text = read_text(values)
    value = read_json(values)
    # Text that is no JSON stays as it is, for the specification to refuse.
    return text if value is None else value


CLASSIC: dict[str, Callable[[Part], Html]] = {
    "classic.choices": _choices,
    "classic.lines": partial(_written, read=_read_lines, write=_write_lines, remark="One to a line", kind="lines"),
    "classic.regions": partial(_written, read=_read_value, write=encode, remark="As JSON", kind="regions"),
    "classic.json": partial(_written, read=_read_value, write=encode, remark="As JSON", kind="json"),
}
