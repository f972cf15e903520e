"""Fields to write in: texts, numbers, dates, and lists of fields."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from hitl_assets.emulators.toloka.people.components.choices import label_for, seen
from hitl_assets.emulators.toloka.people.components.parts import Control, Part, label_of, target
from hitl_assets.emulators.toloka.people.components.sheet import Field
from hitl_assets.emulators.toloka.people.components.values import as_text, resolve
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag

# A list that somebody adds rows to must end.
MOST_ROWS = 100


def read_text(values: list[str]) -> str | None:
    """What was written, with plain line ends; nothing is None."""
    return values[0].replace("\r\n", "\n") or None if values else None


def read_number(values: list[str]) -> Any:
    """A number if it is one, else what was written: the project's specification refuses it."""
    text = (read_text(values) or "").strip()
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return text or None


def write_text(value: Any) -> list[str] | None:
    """A text as it is posted; nothing else can be written."""
    return [value] if isinstance(value, str) and value and "\r" not in value else None


def _write_line(value: Any) -> list[str] | None:
    return None if isinstance(value, str) and "\n" in value else write_text(value)


def _write_number(value: Any, low: float | None, high: float | None) -> list[str] | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    is_within = (low is None or value >= low) and (high is None or value <= high)
    return [str(value)] if is_within else None


def _line(part: Part, type_: str, kind: str = "text") -> Html:
    return _box(part, part.control(read_text, _write_line, kind), type_)


def _box(part: Part, control: Control, type_: str, **attributes: object) -> Html:
    box = tag(
        "input", type=type_, name=control.name, id=control.name, value=as_text(control.value), autocomplete="off",
        placeholder=part.text("placeholder") or None, disabled=part.value("disabled") is True, dir="auto", **attributes,
    )  # fmt: skip
    return join(label_for(part, control), box, seen(part, control))


def _textarea(part: Part) -> Html:
    control = part.control(read_text, write_text, "text")
    rows = part.number("rows")
    box = tag(
        "textarea", f"\n{as_text(control.value)}", name=control.name, id=control.name,
        rows=4 if rows is None else min(40, max(1, int(rows))), placeholder=part.text("placeholder") or None,
        disabled=part.value("disabled") is True, dir="auto",
    )  # fmt: skip
    return join(label_for(part, control), box, seen(part, control))


def _number(part: Part) -> Html:
    low, high = part.number("minimum"), part.number("maximum")
    control = part.control(
        read_number,
        partial(_write_number, low=low, high=high),
        "number",
        traits={"low": low, "high": high},
    )
    rendered = _box(part, control, "text", inputmode="decimal")
    value = control.value
    message = None
    if isinstance(value, str):
        message = "This is no number."
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        limits = [f"at least {low:g}"] if low is not None else []
        message = f"This must be {' and '.join(limits + ([f'at most {high:g}'] if high is not None else []))}."
    return complained(part, control, rendered, message)


def complained(part: Part, control: Control, rendered: Html, message: str | None) -> Html:
    """A control, with what is wrong in it if mistakes are looked for."""
    if message is None or not part.sheet.is_checked:
        return rendered
    part.sheet.mistakes += 1
    part.sheet.wrong[control.name] = message
    return join(rendered, tag("p", message, class_="mistake", role="alert"))


def _date(part: Part) -> Html:
    is_day = part.text("format") == "date"
    low, high = (_as_posted(part.text(name), is_day) for name in ("min", "max"))
    kind = "date" if is_day else "moment"
    control = part.control(read_text, _write_line, kind, traits={"low": low, "high": high})
    rendered = _box(part, control, "date" if is_day else "datetime-local")
    value = _as_posted(as_text(control.value), is_day)
    message = None
    if value and ((low and value < low) or (high and value > high)):
        limits = [f"not before {low}"] if low else []
        message = f"This must be {' and '.join(limits + ([f'not after {high}'] if high else []))}."
    return complained(part, control, rendered, message)


def _as_posted(text: str, is_day: bool) -> str:
    """A day, or a moment, as browsers post it; times that are compared are spelled alike."""
    return text[:10] if is_day else text.replace(" ", "T")[:16]


def _list(part: Part) -> Html:
    place = target(part.node.get("data"), part.sheet, part.scope)
    if place is None:
        return part.unknown("has no data to write to.")
    name = part.sheet.name(place[0], place[1])
    most = min(MOST_ROWS, int(part.number("max_length") or part.number("maxLength") or MOST_ROWS))
    written = (part.sheet.posted.get(f"{name}.rows") or ["1"])[0]
    count = min(most, int(written)) if written.isdigit() and len(written) < 6 else 1
    is_fixed = part.value("editable") is False
    part.sheet.fields[f"{name}.rows"] = Field(
        place[0], place[1], lambda values: None, lambda rows: [str(rows)], "rows", traits={"high": most},
        is_disabled=is_fixed, is_for_people=False,
    )  # fmt: skip
    # Its rows come and go with the answers.
    part.sheet.depends = True
    # What its conditions look at is the list as it was filled in so far.
    part.controls.append(Control(f"{name}.rows", resolve(part.node.get("data"), part.sheet, part.scope)))
    scopes = [replace(part.scope, row=(*place[1], str(row))) for row in range(count)]
    rows = [
        tag("div", part.renderer.show(part.node.get("render"), part.sheet, scope), class_="item") for scope in scopes
    ]
    buttons = []
    if not is_fixed:
        more = part.text("buttonLabel") or part.text("button_label") or "Add one more"
        buttons.append(tag("button", tag("bdi", more), type="button", data_rows=f"{name}.rows", data_by="1"))
        if count > 1:
            buttons.append(tag("button", "Remove the last", type="button", data_rows=f"{name}.rows", data_by="-1"))
    size = tag("input", type="hidden", name=f"{name}.rows", value=count)
    return tag("fieldset", tag("legend", label_of(part)), *rows, tag("div", *buttons, class_="row"), size)


ENTRIES: dict[str, Callable[[Part], Html]] = {
    "field.text": partial(_line, type_="text"),
    "field.email": partial(_line, type_="email", kind="email"),
    "field.phone-number": partial(_line, type_="tel", kind="phone"),
    "field.number": _number,
    "field.date": _date,
    "field.textarea": _textarea,
    "field.list": _list,
}
