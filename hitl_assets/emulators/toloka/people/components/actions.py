"""What buttons and keyboard shortcuts do, in steps that the page's script takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hitl_assets.emulators.toloka.people.addresses import page_address
from hitl_assets.emulators.toloka.people.components.parts import encode, target
from hitl_assets.emulators.toloka.people.components.sheet import Field, Scope, Sheet
from hitl_assets.emulators.toloka.people.components.values import as_text, dereference, resolve, truth
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag

Steps = list[dict[str, str]]
# The plugins that give keys to the fields that are drawn and marked in.
DRAWING = ("plugin.field.image-annotation.hotkeys", "plugin.field.text-annotation.hotkeys")


def action_steps(node: Any, sheet: Sheet, scope: Scope) -> Steps | None:
    """The steps of an action, None if this emulator does not run it. What it sets gets a control."""
    action = dereference(node, sheet)
    kind = action.get("type") if isinstance(action, Mapping) else None
    if kind == "action.bulk":
        inner = [action_steps(one, sheet, scope) for one in action.get("payload") or []]
        return None if None in inner else [step for steps in inner for step in steps or []]
    if kind == "action.open-link":
        address = page_address(as_text(resolve(action.get("payload"), sheet, scope)))
        return None if address is None else [{"do": "open", "url": address}]
    place = target(action.get("data"), sheet, scope) if kind in ("action.set", "action.toggle") else None
    if place is None:
        sheet.note(f"{kind} is not run here")
        return None
    name = sheet.name(place[0], place[1])
    values = (True, False) if kind == "action.toggle" else (resolve(action.get("payload"), sheet, scope),)
    known = sheet.settable[name].options if name in sheet.settable else ()
    sheet.settable[name] = Field(
        place[0], place[1], read_json, lambda value: [encode(value)], "choice",
        options=(*known, *(value for value in values if value not in known)),
    )  # fmt: skip
    if kind == "action.toggle":
        return [{"do": "toggle", "name": name}]
    return [{"do": "set", "name": name, "value": encode(values[0])}]


def shortcuts(sheet: Sheet) -> dict[str, Steps]:
    """The task's own shortcuts, by key; options remember theirs. Keys to draw with are taken."""
    keys: dict[str, Steps] = {}
    for kind in DRAWING:
        for plugin in plugins(sheet, kind):
            sheet.taken |= set(_texts(resolve(list(plugin.values()), sheet, Scope())))
    for plugin in plugins(sheet, "plugin.hotkeys"):
        for key, action in plugin.items():
            if key == "type" or action is None:
                continue
            steps = action_steps(action, sheet, Scope())
            if steps is not None:
                keys[key] = steps
                sheet.taken.add(key)
                if len(steps) == 1 and "name" in steps[0]:
                    sheet.keys[steps[0]["name"], steps[0].get("value", "true")] = key
    return keys


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def plugins(sheet: Sheet, kind: str) -> list[Mapping[str, Any]]:
    """The plugins of one kind."""
    found = [dereference(plugin, sheet) for plugin in sheet.config.get("plugins") or []]
    return [plugin for plugin in found if isinstance(plugin, Mapping) and plugin.get("type") == kind]


def locate(sheet: Sheet, output_spec: Mapping[str, Any]) -> None:
    """Fields for where the worker is are filled in by their device; no page asks for them."""
    for name, declared in output_spec.items():
        if declared["type"] == "coordinates" and declared.get("current_location") is True:
            sheet.settable[sheet.name("o", (name,))] = Field(
                "o", (name,), read_json, lambda value: [encode(value)], "text", is_for_people=False
            )  # fmt: skip


def run_triggers(sheet: Sheet) -> None:
    """Set what `plugin.trigger` sets while its condition holds, where no field on the page is for it."""
    for plugin in plugins(sheet, "plugin.trigger"):
        changed = resolve(plugin.get("onChangeOf"), sheet, Scope())
        if (changed is None and plugin.get("fireImmediately") is not True) or not truth(
            plugin.get("condition"), sheet, Scope(), changed
        ):
            continue
        for action in _set_actions(plugin.get("action"), sheet):
            place = target(action.get("data"), sheet, Scope())
            if place is not None and sheet.name(place[0], place[1]) not in sheet.fields:
                sheet.found[place[0], place[1]] = resolve(action.get("payload"), sheet, Scope())


def _set_actions(node: Any, sheet: Sheet) -> list[Mapping[str, Any]]:
    action = dereference(node, sheet)
    if not isinstance(action, Mapping):
        return []
    if action.get("type") == "action.bulk":
        return [inner for one in action.get("payload") or [] for inner in _set_actions(one, sheet)]
    return [action] if action.get("type") == "action.set" else []


def note_unseen(sheet: Sheet, keyed: Mapping[str, Field]) -> None:
    """Tell what shortcuts set (`keyed`) and nothing that was rendered shows, no field and no button."""
    for name, place in keyed.items():
        if place.store == "o" and name not in sheet.fields and sheet.settable[name] is place:
            sheet.note(f"nothing shows {'.'.join(place.path)}, which only a key sets")


def unseen_controls(sheet: Sheet) -> Html:
    """Controls for what actions set and no field shows. Rendered after everything else."""
    rendered = []
    for name, place in sheet.settable.items():
        if name in sheet.fields:
            continue
        value = place.read(sheet.posted.get(name, []))
        sheet.fields[name] = place
        sheet.found[place.store, place.path] = value
        written = "" if value is None else encode(value)
        rendered.append(tag("input", type="hidden", name=name, value=written))
    return join(*rendered)


def read_json(values: list[str]) -> Any:
    """A posted value that is JSON; None if it is none."""
    try:
        value = json.loads(values[0], parse_constant=_refuse) if values and values[0] else None
        # Half of a surrogate pair is JSON, but no text that could be kept.
        encode(value).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")
