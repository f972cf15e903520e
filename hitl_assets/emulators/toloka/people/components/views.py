"""Components that show something: `view.*` but for media."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hitl_assets.emulators.toloka.people.addresses import page_address
from hitl_assets.emulators.toloka.people.components.actions import action_steps
from hitl_assets.emulators.toloka.people.components.parts import Part, encode, hint_of, label_of
from hitl_assets.emulators.toloka.people.components.values import as_text
from hitl_assets.emulators.toloka.people.markup.markup import Html, escape, join, lines, tag
from hitl_assets.emulators.toloka.people.markup.sanitizing import markdown

THEMES = ("info", "success", "warning", "danger")


def outside_link(address: Any, content: Any, class_: str = "link") -> Html:
    """A link that opens elsewhere; an address that is none is text."""
    text = tag("bdi", as_text(content) or as_text(address))
    safe = page_address(as_text(address))
    if safe is None:
        return tag("span", text, " (", tag("code", as_text(address)), " is no web address)", class_="dead")
    return tag("a", text, href=safe, target="_blank", rel="noopener noreferrer", class_=class_)


def _text(part: Part) -> Html:
    return lines(part.text("content"))


def _markdown(part: Part) -> Html:
    return tag("div", markdown(part.text("content")), class_="prose", dir="auto")


def _link(part: Part) -> Html:
    hint = part.text("hint")
    return tag("p", outside_link(part.value("url"), part.value("content")), hint_of(hint) if hint else None)


def _links(part: Part) -> Html:
    entries = [entry for entry in part.items("links") if isinstance(entry, dict)]
    return tag("p", *(join(outside_link(entry.get("url"), entry.get("content")), " ") for entry in entries))


def _list(part: Part) -> Html:
    is_row = part.text("direction") == "horizontal"
    size = " tight" if part.text("size") == "s" else ""
    return tag("div", *part.pieces("items"), class_=f"{'row' if is_row else 'stack'}{size}")


def _labeled_list(part: Part) -> Html:
    rows = [
        join(tag("dt", tag("bdi", as_text(values.get("label")))), tag("dd", _hint(values), content))
        for values, content in part.entries("items", "content")
    ]
    return tag("dl", *rows, class_="labels")


def _hint(values: Any) -> Html:
    return hint_of(as_text(values["hint"])) if values.get("hint") else escape(None)


def _divider(part: Part) -> Html:
    label = part.text("label")
    return tag("div", tag("hr"), tag("bdi", label), tag("hr"), class_="divider") if label else tag("hr")


def _alert(part: Part) -> Html:
    theme = part.text("theme")
    return tag("div", part.inner("content"), class_=f"alert {theme if theme in THEMES else 'info'}", role="note")


def _collapse(part: Part) -> Html:
    is_open = part.value("defaultOpened") is True
    return tag("details", tag("summary", tag("bdi", part.text("label"))), part.inner("content"), open=is_open)


def _group(part: Part) -> Html:
    return tag("div", label_of(part), part.inner("content"), class_="group")


def _frame(part: Part) -> Html:
    return tag("div", part.inner("content"), class_="device")


def _action_button(part: Part) -> Html:
    steps = action_steps(part.node.get("action"), part.sheet, part.scope)
    if steps is None:
        return part.unknown("has an action that this emulator does not run.")
    return tag("button", tag("bdi", part.text("label")), type="button", data_steps=encode(steps))


def _iframe(part: Part) -> Html:
    # A page that somebody else wrote must not look like a part of this one.
    return tag("p", "A page to look at: ", outside_link(part.value("url"), None))


VIEWS: dict[str, Callable[[Part], Html]] = {
    "view.text": _text,
    "view.markdown": _markdown,
    "view.link": _link,
    "view.link-group": _links,
    "view.list": _list,
    "view.labeled-list": _labeled_list,
    "view.divider": _divider,
    "view.alert": _alert,
    "view.collapse": _collapse,
    "view.group": _group,
    "view.device-frame": _frame,
    "view.action-button": _action_button,
    "view.iframe": _iframe,
}
