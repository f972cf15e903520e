"""Fields to write in: texts, numbers, dates, and lists of fields."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from hitl_assets.emulators.toloka.people.choices import label_for, seen
from hitl_assets.emulators.toloka.people.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.parts import Part, label_of, target
from hitl_assets.emulators.toloka.people.values import as_text

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


def _line(part: Part, kind: str, read: Callable[[list[str]], Any] = read_text, **attributes: object) -> Html:
    control = part.control(read)
    box = tag(
        "input", type=kind, name=control.name, id=control.name, value=as_text(control.value), autocomplete="off",
        placeholder=part.text("placeholder") or None, disabled=part.value("disabled") is True, dir="auto", **attributes,
    )  # fmt: skip
    return join(label_for(part, control), box, seen(part, control))


def _textarea(part: Part) -> Html:
    control = part.control(read_text)
    rows = part.number("rows")
    box = tag(
        "textarea", f"\n{as_text(control.value)}", name=control.name, id=control.name,
        rows=4 if rows is None else min(40, max(1, int(rows))), placeholder=part.text("placeholder") or None,
        disabled=part.value("disabled") is True, dir="auto",
    )  # fmt: skip
    return join(label_for(part, control), box, seen(part, control))


def _number(part: Part) -> Html:
    rendered = _line(part, "text", read_number, inputmode="decimal")
    value, sheet = part.controls[-1].value, part.sheet
    low, high = part.number("minimum"), part.number("maximum")
    if not sheet.is_checked or value is None:
        return rendered
    message = None
    if isinstance(value, str):
        message = "This is no number."
    elif (low is not None and value < low) or (high is not None and value > high):
        limits = [f"at least {low:g}"] if low is not None else []
        message = f"This must be {' and '.join(limits + ([f'at most {high:g}'] if high is not None else []))}."
    if message is None:
        return rendered
    sheet.mistakes += 1
    return join(rendered, tag("p", message, class_="mistake", role="alert"))


def _date(part: Part) -> Html:
    return _line(part, "date" if part.text("format") == "date" else "datetime-local")


def _list(part: Part) -> Html:
    place = target(part.node.get("data"), part.sheet, part.scope)
    if place is None:
        return part.unknown("has no data to write to.")
    name = part.sheet.name(place[0], place[1])
    most = min(MOST_ROWS, int(part.number("max_length") or part.number("maxLength") or MOST_ROWS))
    written = (part.sheet.posted.get(f"{name}.rows") or ["1"])[0]
    count = min(most, int(written)) if written.isdigit() and len(written) < 6 else 1
    # Its rows come and go with the answers.
    part.sheet.depends = True
    scopes = [replace(part.scope, row=(*place[1], str(row))) for row in range(count)]
    rows = [
        tag("div", part.renderer.show(part.node.get("render"), part.sheet, scope), class_="item") for scope in scopes
    ]
    buttons = []
    if part.value("editable") is not False:
        more = part.text("buttonLabel") or part.text("button_label") or "Add one more"
        buttons.append(tag("button", tag("bdi", more), type="button", data_rows=f"{name}.rows", data_by="1"))
        if count > 1:
            buttons.append(tag("button", "Remove the last", type="button", data_rows=f"{name}.rows", data_by="-1"))
    size = tag("input", type="hidden", name=f"{name}.rows", value=count)
    return tag("fieldset", tag("legend", label_of(part)), *rows, tag("div", *buttons, class_="row"), size)


def _not_here(part: Part) -> Html:
    return part.unknown("cannot be filled in here: this emulator keeps no files and draws no areas.")


ENTRIES: dict[str, Callable[[Part], Html]] = {
    "field.text": partial(_line, kind="text"),
    "field.email": partial(_line, kind="email"),
    "field.phone-number": partial(_line, kind="tel"),
    "field.number": _number,
    "field.date": _date,
    "field.textarea": _textarea,
    "field.list": _list,
    "field.file": _not_here,
    "field.media-file": _not_here,
    "field.audio": _not_here,
    "field.image-annotation": _not_here,
    "field.text-annotation": _not_here,
}
