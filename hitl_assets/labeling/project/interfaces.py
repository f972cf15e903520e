"""What workers see and fill in: which fields an interface of Template Builder shows, and which answers it lets them
give."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interface:
    """The input fields that are shown, the output fields that are filled in, by output field the values that can
    be chosen, where the interface lists them, and where in the output it writes to. `unlabeled`: the output fields
    with options that have no text. `is_pager`: workers see one task of a suite at a time."""

    shown: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    unlabeled: frozenset[str] = frozenset()
    is_pager: bool = False


def read_interface(view: Mapping[str, Any]) -> Interface | None:
    """The interface of a project's `view_spec`; None if it is not of Template Builder, or not plain JSON."""
    try:
        config = json.loads(str(view.get("config"))) if str(view.get("type")).lower() == "tb" else None
    except ValueError:
        return None
    if not isinstance(config, dict):
        return None
    parts = list(walk(config))
    choices: dict[str, tuple[Any, ...]] = {}
    unlabeled = set()
    for part in parts:
        name, options = path_of(part.get("data"), "data.output"), part.get("options")
        values = [each.get("value") for each in options if isinstance(each, dict)] if isinstance(options, list) else []
        if name and values:
            choices[name] = (*choices.get(name, ()), *values)
            unlabeled |= {name for each in options or () if isinstance(each, dict) and not each.get("label")}
    shown = {name for part in parts if (name := path_of(part, "data.input"))}
    answered = {name for part in parts if (name := path_of(part, "data.output"))}
    written = {str(part["path"]) for part in parts if path_of(part, "data.output")}
    layouts = [part.get("layout") for part in parts if part.get("type") == "plugin.toloka"]
    is_pager = any(isinstance(each, dict) and each.get("kind") == "pager" for each in layouts)
    sides = frozenset(shown), frozenset(answered)
    return Interface(*sides, choices, frozenset(written), frozenset(unlabeled), is_pager)


def walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of an interface, the outermost first."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from walk(each)


def path_of(part: Any, kind: str) -> str:
    """Which field a `data.input` or `data.output` is about: the first step of its path; empty if it is another part."""
    is_it = isinstance(part, dict) and part.get("type") == kind and isinstance(part.get("path"), str)
    return str(part["path"]).split(".")[0] if is_it else ""
