"""Interfaces that ask the same in every task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# What shows, places, or sets something. Of these, only what is looked at may differ from task to task.
SHOWN = ("view.", "layout.")
# What these load may be missing in one task and not in another, and the requester is told.
LOADED = ("view.image", "view.audio", "view.video")
ANSWERED = (
    "field.radio-group", "field.button-radio-group", "field.button-radio", "field.select", "field.checkbox",
    "field.checkbox-group", "field.text", "field.textarea", "field.number", "field.email", "field.phone-number",
    "field.date", "field.file", "field.media-file", "field.audio", "plugin.hotkeys", "plugin.toloka", "action.set",
    "action.toggle", "data.output", "condition.required", "condition.played", "condition.played-fully",
)  # fmt: skip


def is_plain(config: Mapping[str, Any]) -> bool:
    """Whether what a configuration asks is the same whatever the task; False also if that cannot be told at once."""
    return all(_is_plain(node, inside) for node, inside in _nodes(config, ""))


def _is_plain(node: Mapping[str, Any], inside: str) -> bool:
    kind = node.get("type", "")
    if "$ref" in node or not isinstance(kind, str):
        return False
    if kind == "data.input":
        return inside.startswith(SHOWN) and inside not in LOADED
    return "." not in kind or kind.startswith(SHOWN) or kind in ANSWERED


def _nodes(node: Any, inside: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """All objects of a configuration, each with the kind of the component that it is a property of."""
    waiting = [(node, inside)]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, Mapping):
            yield node, inside
            kind = node.get("type")
            inside = kind if isinstance(kind, str) and "." in kind else inside
        inner = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        waiting += [(one, inside) for one in inner]
