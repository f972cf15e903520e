"""The conditions of the Template Builder, for validation and for `helper.if`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hitl_assets.emulators.toloka.people.components.schemas import fits

# How far a recording was played, as the page reports it.
PLAYED, PLAYED_FULLY = "played", "fully"


@dataclass(frozen=True)
class Look:
    """What a condition may look at: the values of its nodes, the value of its own component, and where to complain."""

    value: Callable[[Any], Any]
    own: Any
    note: Callable[[str], None]

    def data(self, node: Mapping[str, Any]) -> Any:
        """The condition's `data`, or the component's own value."""
        return self.value(node["data"]) if "data" in node else self.own


def holds(node: Any, look: Look) -> bool:
    """Whether the condition is met. No condition is met, and so is one that is not known here, which is told."""
    if not isinstance(node, Mapping):
        return True
    kind = str(node.get("type"))
    if kind not in CONDITIONS:
        look.note(f"{kind} is not checked here")
        return True
    return CONDITIONS[kind](node, look)


def is_empty(value: Any) -> bool:
    """Whether nothing was given."""
    return value is None or value in ("", [], {})


def is_same(left: Any, right: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _compare(node: Mapping[str, Any], look: Look, sign: int) -> bool:
    left = look.data(node)
    right = look.value(next((node[name] for name in ("then", "than", "to") if name in node), None))
    for value in (left, right):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
    return (left - right) * sign > 0


def _same_domain(node: Mapping[str, Any], look: Look) -> bool:
    hosts = [urlsplit(str(value)).hostname for value in (look.data(node), look.value(node.get("original")))]
    return hosts[0] is not None and hosts[0] == hosts[1]


def _sub_array(node: Mapping[str, Any], look: Look) -> bool:
    part, whole = look.data(node) or [], look.value(node.get("parent")) or []
    return all(any(is_same(item, other) for other in whole) for item in part)


CONDITIONS: dict[str, Callable[[Mapping[str, Any], Look], bool]] = {
    "condition.required": lambda node, look: not is_empty(look.data(node)),
    "condition.empty": lambda node, look: is_empty(look.data(node)),
    "condition.equals": lambda node, look: is_same(look.data(node), look.value(node.get("to"))),
    "condition.not": lambda node, look: not holds(node.get("condition"), look),
    "condition.all": lambda node, look: all(holds(one, look) for one in node.get("conditions") or []),
    "condition.any": lambda node, look: any(holds(one, look) for one in node.get("conditions") or []),
    "condition.more": lambda node, look: _compare(node, look, 1),
    "condition.less": lambda node, look: _compare(node, look, -1),
    "condition.schema": lambda node, look: fits(look.data(node), node.get("schema"), look.note),
    "condition.same-domain": _same_domain,
    "condition.sub-array": _sub_array,
    "condition.played": lambda node, look: look.own in (PLAYED, PLAYED_FULLY),
    "condition.played-fully": lambda node, look: look.own == PLAYED_FULLY,
}
