"""Fields to draw areas in a picture and to mark pieces of a text: what the page's scripts get, and may send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hitl_assets.emulators.toloka.people.addresses import picture_address
from hitl_assets.emulators.toloka.people.components.actions import plugins, read_json
from hitl_assets.emulators.toloka.people.components.areas import SHAPES, complain_of_areas
from hitl_assets.emulators.toloka.people.components.choices import seen
from hitl_assets.emulators.toloka.people.components.entries import complained
from hitl_assets.emulators.toloka.people.components.media import no_source
from hitl_assets.emulators.toloka.people.components.parts import Control, Part, encode, label_of
from hitl_assets.emulators.toloka.people.components.spans import complain_of_spans
from hitl_assets.emulators.toloka.people.components.values import as_text, resolve
from hitl_assets.emulators.toloka.people.markup.markup import Html, tag

Complain = Callable[[Any], str | None]
# More than this no screen has.
WIDEST = 2000


def _regions(part: Part) -> Html:
    chosen = part.value("shapes")
    allowed = [name for name, is_on in chosen.items() if is_on is True] if isinstance(chosen, Mapping) else []
    shapes = [name for name in SHAPES if not allowed or name in allowed]
    labels = _labels(part)
    values = [label["value"] for label in labels]
    complain = partial(complain_of_areas, shapes=shapes, labels=values)
    control = _control(part, "regions", complain, labels=values, shapes=allowed)
    source = picture_address(part.text("image"))
    if source is None:
        return _shown(part, control, complain, no_source(part, part.text("image"), "picture"))
    keys = _keys(part)
    least = part.number("minWidth")
    options = {
        "picture": source,
        "shapes": shapes,
        "labels": _keyed(part, labels, keys),
        "keys": {name: as_text(key) for name, key in _object(keys.get("modes")).items()},
        "confirm": as_text(keys.get("confirm")),
        "cancel": as_text(keys.get("cancel")),
        "ratio": _ratio(part),
        "isFull": part.value("fullHeight") is True,
        "least": None if least is None else min(WIDEST, max(0, least)),
        "isFixed": part.value("disabled") is True,
    }
    needs = tag("p", "To draw in the picture, JavaScript must be switched on.", class_="unknown")
    picture = tag("img", src=source, alt="Picture of the task", referrerpolicy="no-referrer")
    return _shown(part, control, complain, _plain(needs, picture), data_areas=encode(options))


def _spans(part: Part) -> Html:
    labels, content = _labels(part), part.text("content")
    values = [label["value"] for label in labels]
    complain = partial(complain_of_spans, content=content, labels=values)
    control = _control(part, "spans", complain, labels=values, content=content)
    keys = _keys(part)
    options = {
        "content": content,
        "labels": _keyed(part, labels, keys),
        "remove": as_text(keys.get("remove")),
        "isOfWords": part.text("adjust") == "words",
        "isFixed": part.value("disabled") is True,
    }
    needs = tag("p", "To mark pieces of the text, JavaScript must be switched on.", class_="unknown")
    text = tag("p", content, class_="text", dir="auto")
    return _shown(part, control, complain, _plain(needs, text), data_spans=encode(options))


def _plain(*content: Html) -> Html:
    """What is there without scripts: they take it away."""
    return tag("div", *content, class_="plainly", data_plain=True)


def _control(part: Part, kind: str, complain: Complain, **traits: Any) -> Control:
    """The field. Nobody posts what is wrong with it on purpose: simulated workers look for another answer."""
    return part.control(
        _read, lambda value: [encode(value)] if complain(value) is None else None, kind, traits=traits
    )  # fmt: skip


def _read(values: list[str]) -> Any:
    """What was drawn. Nothing is None; what cannot be read stays as it is, to be complained of."""
    value = read_json(values)
    return values[0] if value is None and values and values[0] not in ("", "null") else value


def _shown(part: Part, control: Control, complain: Complain, content: Html, **data: object) -> Html:
    written = "" if control.value is None else encode(control.value)
    is_fixed = part.value("disabled") is True
    kept = tag("input", type="hidden", name=control.name, value=written, disabled=is_fixed, data_value=True)
    label = label_of(part)
    rendered = tag(
        "fieldset", tag("legend", label) if label else None, tag("div", kept, content, **data), seen(part, control)
    )
    message = None if control.value is None or is_fixed else complain(control.value)
    return complained(part, control, rendered, message)


def _labels(part: Part) -> list[dict[str, str]]:
    return [
        {"value": as_text(one["value"]), "label": as_text(one.get("label", one["value"]))}
        for one in part.items("labels")
        if isinstance(one, Mapping) and "value" in one
    ]


def _keys(part: Part) -> Mapping[str, Any]:
    """What the project's plugin says of the keys of such fields."""
    found = plugins(part.sheet, f"plugin.{part.kind}.hotkeys")
    return {name: resolve(value, part.sheet, part.scope) for name, value in found[0].items()} if found else {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _keyed(part: Part, labels: list[dict[str, str]], keys: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """The labels, each with its key: the project's own, else a digit that is free."""
    own = keys["labels"] if isinstance(keys.get("labels"), list) else []
    is_fixed = part.value("disabled") is True
    return [
        {**label, "key": as_text(own[place]) if place < len(own) else None if is_fixed else part.sheet.next_key()}
        for place, label in enumerate(labels)
    ]


def _ratio(part: Part) -> float | None:
    """Width by height, if both are given."""
    sides = part.items("ratio")
    is_given = len(sides) == 2 and all(isinstance(side, int | float) and side > 0 for side in sides)
    return min(10.0, max(0.1, sides[0] / sides[1])) if is_given else None


ANNOTATIONS: dict[str, Callable[[Part], Html]] = {
    "field.image-annotation": _regions,
    "field.text-annotation": _spans,
}
