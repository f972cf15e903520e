"""Fields to choose in: radio buttons, checkboxes and lists of options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from hitl_assets.emulators.toloka.people.components.actions import read_json
from hitl_assets.emulators.toloka.people.components.parts import Control, Part, encode, hint_of, label_of, target
from hitl_assets.emulators.toloka.people.components.values import as_text
from hitl_assets.emulators.toloka.people.markup.markup import Html, escape, join, tag


def group(part: Part, control: Control, *options: Html, class_: str) -> Html:
    """Options under one label, with the marker that says that they were on the page."""
    label = label_of(part)
    legend = tag("legend", label) if label else None
    return tag("fieldset", legend, tag("div", *options, class_=class_), seen(part, control))


def seen(part: Part, control: Control) -> Html:
    """Tells what posts this page that the control was there: an empty one says nothing by itself."""
    if part.value("disabled") is True:
        return escape(None)
    return tag("input", type="hidden", name=f"{part.sheet.position}.seen", value=control.name)


def choice(part: Part, kind: str, name: str, value: str, label: object, is_chosen: bool, hint: str = "") -> Html:
    """One radio button or checkbox with its label and its key."""
    key = part.sheet.keys.get((name, value)) or part.sheet.next_key()
    box = tag(
        "input", type=kind, name=name, value=value, checked=is_chosen, data_key=key, autocomplete="off",
        disabled=part.value("disabled") is True,
    )  # fmt: skip
    shown = tag("kbd", key, aria_hidden="true") if key else None
    text = tag("span", tag("bdi", label), hint_of(hint) if hint else None)
    return tag("label", box, text, shown, class_="option")


def _options(part: Part) -> list[Mapping[str, Any]]:
    return [option for option in part.items("options") if isinstance(option, Mapping) and "value" in option]


def _label(option: Mapping[str, Any]) -> str:
    return as_text(option.get("label", option["value"]))


def _radio(part: Part, class_: str) -> Html:
    options = _options(part)
    control = one_of(part, options)
    chosen = None if control.value is None else encode(control.value)
    boxes = [
        choice(
            part, "radio", control.name, encode(option["value"]), _label(option), encode(option["value"]) == chosen,
            as_text(option.get("hint")),
        )
        for option in options
    ]  # fmt: skip
    return group(part, control, *boxes, class_=class_)


def one_of(part: Part, options: Sequence[Mapping[str, Any]]) -> Control:
    """A control for one of these options."""
    offered = [encode(option["value"]) for option in options]
    return part.control(
        partial(_read_option, offered=offered),
        lambda value: [encode(value)] if encode(value) in offered else None,
        "choice",
        options=tuple(option["value"] for option in options),
    )


def _read_option(values: list[str], offered: list[str]) -> Any:
    # What was not offered was not chosen.
    return read_json(values) if values and values[0] in offered else None


def _checkbox(part: Part) -> Html:
    keeps_false = part.value("preserveFalse") is True
    control = part.control(
        lambda values: True if "true" in values else False if keeps_false else None,
        lambda value: {True: ["true"], False: []}[value] if isinstance(value, bool) else None,
        "flag",
    )
    label = part.text("label") or "Yes"
    box = choice(part, "checkbox", control.name, "true", label, control.value is True, part.text("hint"))
    return tag("div", box, seen(part, control), class_="options")


def _checkbox_group(part: Part) -> Html:
    options = _options(part)
    names = [as_text(option["value"]) for option in options]
    control = part.control(
        partial(_read_group, names=names, keeps_false=part.value("preserveFalse") is True),
        partial(_write_group, names=names),
        "flags",
        options=tuple(names),
    )
    chosen = control.value if isinstance(control.value, Mapping) else {}
    boxes = [
        choice(
            part, "checkbox", control.name, name, _label(option), chosen.get(name) is True, as_text(option.get("hint"))
        )
        for name, option in zip(names, options, strict=True)
    ]
    return group(part, control, *boxes, class_="options")


def _read_group(values: list[str], names: list[str], keeps_false: bool) -> dict[str, bool] | None:
    chosen = {name: name in values for name in names if name in values or keeps_false}
    return chosen or None


def _write_group(value: Any, names: list[str]) -> list[str] | None:
    if not isinstance(value, Mapping) or not all(name in names for name in value):
        return None
    return [name for name in names if value.get(name) is True]


def _button(part: Part) -> Html:
    """One of several buttons that write to the same place, each its own value."""
    offered, name = part.value("valueToSet"), _name_of(part)
    options = (*(part.sheet.fields[name].options if name in part.sheet.fields else ()), offered)
    # A button does not know those that come after it.
    control = part.control(
        read_json, lambda value: [encode(value)] if value in options else None, "choice", options=options
    )
    chosen = None if control.value is None else encode(control.value)
    label = part.text("label") or as_text(offered)
    box = choice(part, "radio", control.name, encode(offered), label, encode(offered) == chosen, part.text("hint"))
    return tag("div", box, seen(part, control), class_="options buttons")


def _name_of(part: Part) -> str:
    place = target(part.node.get("data"), part.sheet, part.scope)
    return "" if place is None else part.sheet.name(place[0], place[1])


def _select(part: Part) -> Html:
    options = _options(part)
    offered = [encode(option["value"]) for option in options]
    control = one_of(part, options)
    chosen = None if control.value is None else encode(control.value)
    entries = [
        tag("option", _label(option), value=value, selected=value == chosen)
        for value, option in zip(offered, options, strict=True)
    ]
    empty = tag("option", part.text("placeholder") or "Choose…", value="")
    box = tag("select", empty, *entries, name=control.name, id=control.name, disabled=part.value("disabled") is True)
    return join(label_for(part, control), box, seen(part, control))


def label_for(part: Part, control: Control) -> Html:
    """The label of a control that stands alone."""
    return tag("label", label_of(part) or tag("span", "Your answer", class_="label"), for_=control.name)


CHOICES: dict[str, Callable[[Part], Html]] = {
    "field.radio-group": partial(_radio, class_="options"),
    "field.button-radio-group": partial(_radio, class_="options buttons"),
    "field.button-radio": _button,
    "field.checkbox": _checkbox,
    "field.checkbox-group": _checkbox_group,
    "field.select": _select,
}
