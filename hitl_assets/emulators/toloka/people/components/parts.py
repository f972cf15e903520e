"""A component while it is rendered: ways to its values, its inner components and its field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hitl_assets.emulators.toloka.people.components.sheet import Field, Path, Scope, Sheet
from hitl_assets.emulators.toloka.people.components.values import as_text, dereference, path_of, resolve
from hitl_assets.emulators.toloka.people.markup.markup import Html, escape, tag

# Where conditions and JSON Schema name a limit of a number.
LIMITS = ("then", "than", "to", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


class Renderer(Protocol):
    """Renders what is inside of a component."""

    def show(self, node: Any, sheet: Sheet, scope: Scope) -> Html:
        """A node of the configuration."""

    def piece(self, value: Any, sheet: Sheet) -> Html:
        """A value: components among it are rendered, data is text whatever it looks like."""


@dataclass(frozen=True)
class Control:
    """A field on the page: the name of its control, and the value it has now."""

    name: str
    value: Any
    output: str | None = None


@dataclass(frozen=True)
class Part:
    """One component of one task. `controls` are those that it made."""

    node: Mapping[str, Any]
    sheet: Sheet
    scope: Scope
    renderer: Renderer
    controls: list[Control] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`view.text`, ..."""
        return str(self.node["type"])

    def value(self, name: str) -> Any:
        """A property's value for this task."""
        return resolve(self.node.get(name), self.sheet, self.scope)

    def text(self, name: str) -> str:
        """A property as text."""
        return as_text(self.value(name))

    def number(self, name: str) -> float | None:
        """A property if it is a number."""
        value = self.value(name)
        return None if isinstance(value, bool) or not isinstance(value, int | float) else value

    def items(self, name: str) -> list[Any]:
        """A property that is a list; anything else is an empty one."""
        value = self.value(name)
        return value if isinstance(value, list) else []

    def inner(self, name: str) -> Html:
        """What a property renders as."""
        return self.renderer.show(self.node.get(name), self.sheet, self.scope)

    def pieces(self, name: str) -> list[Html]:
        """What each item of a list renders as; items that are nothing now are left out."""
        return [piece for _, piece in self.entries(name, None) if piece]

    def entries(self, name: str, content: str | None) -> list[tuple[Mapping[str, Any], Html]]:
        """The items of a list: their other values, and what their `content` (None: they themselves) renders as."""
        nodes = dereference(self.node.get(name), self.sheet)
        if isinstance(nodes, list) and all(_is_written_out(node, content) for node in nodes):
            # One by one, so that only those that depend on answers are rendered again.
            return [self._entry(node, content) for node in nodes]
        values = self.items(name)
        return [
            (value, self.renderer.piece(value.get(content), self.sheet))
            if content is not None and isinstance(value, Mapping)
            else ({}, self.renderer.piece(value, self.sheet))
            for value in values
        ]

    def _entry(self, node: Any, content: str | None) -> tuple[Mapping[str, Any], Html]:
        if content is None:
            return {}, self.renderer.show(node, self.sheet, self.scope)
        rest = {key: resolve(value, self.sheet, self.scope) for key, value in node.items() if key != content}
        return rest, self.renderer.show(node.get(content), self.sheet, self.scope)

    def control(
        self, read: Callable[[list[str]], Any], write: Callable[[Any], list[str] | None], kind: str, **more: Any
    ) -> Control:
        """This field's control, which is registered, and its value: what was posted, or the default.

        `more` are other attributes of `Field`.
        """
        place = target(self.node.get("data"), self.sheet, self.scope)
        if place is None:
            self.sheet.note(f"{self.kind} has no data to write to")
            return Control("", None)
        store, path, default = place
        name = self.sheet.name(store, path)
        before, is_disabled = resolve(default, self.sheet, self.scope), self.value("disabled") is True
        wanted = list(_conditions(self.node.get("validation")))
        domains = [as_text(resolve(one["original"], self.sheet, self.scope)) for one in wanted if "original" in one]
        patterns = [one["pattern"] for one in wanted if isinstance(one.get("pattern"), str)]
        near = [number for one in wanted for number in self._numbers(one)]
        traits = {**more.pop("traits", {}), "patterns": patterns, "domains": domains, "near": near}
        self.sheet.fields[name] = Field(
            store, path, read, write, kind, traits=traits, default=before, is_disabled=is_disabled, **more
        )  # fmt: skip
        is_answered = name in self.sheet.seen and not is_disabled
        value = read(self.sheet.posted.get(name, [])) if is_answered else before
        self.sheet.found[store, path] = value
        self.controls.append(Control(name, value, path[0] if store == "o" else None))
        return self.controls[-1]

    def _numbers(self, condition: Mapping[str, Any]) -> list[float]:
        """The limits that a condition sets to a number, as far as they are known now."""
        limits = [resolve(condition.get(name), self.sheet, self.scope) for name in LIMITS]
        return [one for one in limits if isinstance(one, int | float) and not isinstance(one, bool)]

    def unknown(self, why: str) -> Html:
        """This component, shown as what it is."""
        self.sheet.note(f"{self.kind} {why}")
        text = json.dumps(self.node, ensure_ascii=False, indent=1)
        code = tag("pre", text, tabindex=0)
        return tag("div", tag("p", tag("code", self.kind), f" {why}"), code, class_="unknown")


def _conditions(node: Any) -> Iterator[Mapping[str, Any]]:
    """All objects in a condition: what it says of the looks of an answer is in one of them."""
    if isinstance(node, Mapping):
        yield node
    for inner in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _conditions(inner)


def _is_written_out(node: Any, content: str | None) -> bool:
    return content is None or (isinstance(node, Mapping) and content in node and "$ref" not in node)


def target(node: Any, sheet: Sheet, scope: Scope) -> tuple[str, Path, Any] | None:
    """Where a field or an action writes to: store, path, default. None if that is no place."""
    data = dereference(node, sheet)
    kind = data.get("type") if isinstance(data, Mapping) else None
    path = path_of(data, sheet, scope) if isinstance(data, Mapping) else ()
    if kind in ("data.relative", "data.sub"):
        path = scope.row + path
    elif kind not in ("data.output", "data.internal"):
        return None
    return ("i" if kind == "data.internal" else "o", path, data.get("default")) if path else None


def encode(value: Any) -> str:
    """A value as the `value` of a control: JSON with one spelling."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def label_of(part: Part) -> Html:
    """The label and the hint of a component, each if it has one."""
    label, hint = part.text("label"), part.text("hint")
    shown = tag("bdi", label, class_="label") if label else escape(None)
    return Html(shown + (hint_of(hint) if hint else ""))


def hint_of(text: str) -> Html:
    """A remark in small print."""
    return tag("span", tag("bdi", text), class_="hint")
