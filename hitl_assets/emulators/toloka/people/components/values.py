"""What a value of a Template Builder configuration is for one task: data, references and helpers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from hitl_assets.emulators.toloka.people.components.conditions import Look, holds
from hitl_assets.emulators.toloka.people.components.sheet import Bound, Path, Scope, Sheet, read_path

SEARCH = {
    "google": "https://www.google.com/search?q=", "google/images": "https://www.google.com/search?tbm=isch&q=",
    "google/news": "https://www.google.com/search?tbm=nws&q=", "bing": "https://www.bing.com/search?q=",
    "wikipedia": "https://wikipedia.org/wiki/Special:Search?search=", "yandex": "https://yandex.com/search/?text=",
    "yandex/images": "https://yandex.com/images/search?text=", "yandex/video": "https://yandex.com/video/search?text=",
    "yandex/news": "https://newssearch.yandex.com/news/search?text=", "mail.ru": "https://go.mail.ru/search?q=",
}  # fmt: skip


def resolve(node: Any, sheet: Sheet, scope: Scope) -> Any:
    """The value of a node. A component that is to be shown comes back as `Bound`, in lists too."""
    node = dereference(node, sheet)
    if isinstance(node, list):
        return [resolve(item, sheet, scope) for item in node]
    if not isinstance(node, Mapping):
        return node
    kind = node.get("type")
    if not isinstance(kind, str) or "." not in kind:
        return {name: resolve(value, sheet, scope) for name, value in node.items()}
    sheet.count()
    if kind.startswith("data."):
        return _data(node, sheet, scope)
    if kind in HELPERS:
        return HELPERS[kind](node, sheet, scope)
    if kind.startswith("helper."):
        sheet.note(f"{kind} has no value here")
    return Bound(node, scope)


def dereference(node: Any, sheet: Sheet) -> Any:
    """What `{"$ref": "vars.x"}` points at; any other node is itself."""
    for _ in range(100):
        if not isinstance(node, Mapping) or "$ref" not in node:
            return node
        node = read_path(sheet.config, steps(node["$ref"]))
    return None


def path_of(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Path:
    """The path of a data component, which may be put together by helpers."""
    return steps(as_text(resolve(node.get("path"), sheet, scope)))


def steps(path: Any) -> Path:
    """`a.0.b` in steps."""
    return tuple(step for step in str(path).split(".") if step)


def as_text(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Bound):
        value = value.node
    return json.dumps(value, ensure_ascii=False, default=lambda bound: bound.node)


def truth(node: Any, sheet: Sheet, scope: Scope, own: Any = None) -> bool:
    """Whether a condition holds. `own` is the value of the component that it belongs to."""
    look = Look(lambda inner: resolve(inner, sheet, scope), own, sheet.note)
    return holds(_expanded(node, sheet), look)


def _expanded(node: Any, sheet: Sheet) -> Any:
    """A condition, with the references to other conditions in it replaced by these."""
    node = dereference(node, sheet)
    if not isinstance(node, Mapping):
        return node
    inner = {name: _expanded(node[name], sheet) for name in ("condition",) if name in node}
    if isinstance(node.get("conditions"), list):
        inner["conditions"] = [_expanded(one, sheet) for one in node["conditions"]]
    return {**node, **inner}


def _data(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    kind, path = node["type"], path_of(node, sheet, scope)
    if kind == "data.input":
        found = read_path(sheet.inputs, path)
    elif kind == "data.local":
        found = read_path(scope.local, path)
    elif kind in ("data.output", "data.relative", "data.sub", "data.internal"):
        sheet.depends = True
        row = scope.row if kind in ("data.relative", "data.sub") else ()
        found = read_path(sheet.internal if kind == "data.internal" else sheet.output, row + path)
    else:
        sheet.note(f"{kind} has no value here")
        found = None
    return resolve(node["default"], sheet, scope) if found is None and "default" in node else found


def _if(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    return resolve(node.get("then" if truth(node.get("condition"), sheet, scope) else "else"), sheet, scope)


def _switch(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    for case in node.get("cases") or []:
        if truth(case.get("condition"), sheet, scope):
            return resolve(case.get("result"), sheet, scope)
    return resolve(node.get("default"), sheet, scope)


def _transform(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    items = resolve(node.get("items"), sheet, scope)
    if not isinstance(items, list):
        return []
    return [resolve(node.get("into"), sheet, scope.of(item=item, index=index)) for index, item in enumerate(items)]


def _concatenate(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    parts = [resolve(part, sheet, scope) for part in node.get("items") or []]
    return [item for part in parts if part is not None for item in (part if isinstance(part, list) else [part])]


def _join(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    items = resolve(node.get("items"), sheet, scope) or []
    return as_text(resolve(node.get("by"), sheet, scope)).join(as_text(item) for item in items if item is not None)


def _replace(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    text, find, by = (as_text(resolve(node.get(name), sheet, scope)) for name in ("data", "find", "replace"))
    return text.replace(find, by) if find else text


def _change_case(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    text = as_text(resolve(node.get("data"), sheet, scope))
    change = {"uppercase": str.upper, "lowercase": str.lower, "capitalize": str.capitalize}
    return change.get(str(resolve(node.get("transformation"), sheet, scope)), str)(text)


def _search(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    base = SEARCH.get(as_text(resolve(node.get("engine"), sheet, scope)))
    if base is None:
        sheet.note(f"helper.search-query has no engine {node.get('engine')!r} here")
        return ""
    return base + quote(as_text(resolve(node.get("query"), sheet, scope)), safe="")


def _to_object(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    entries = resolve(node.get("entries"), sheet, scope) or []
    return {as_text(entry.get("key")): entry.get("value") for entry in entries if isinstance(entry, Mapping)}


def _to_entries(node: Mapping[str, Any], sheet: Sheet, scope: Scope) -> Any:
    data = resolve(node.get("data"), sheet, scope)
    return [{"key": key, "value": value} for key, value in data.items()] if isinstance(data, Mapping) else []


HELPERS: dict[str, Callable[[Mapping[str, Any], Sheet, Scope], Any]] = {
    "helper.if": _if,
    "helper.switch": _switch,
    "helper.transform": _transform,
    "helper.concat-arrays": _concatenate,
    "helper.join": _join,
    "helper.replace": _replace,
    "helper.text-transform": _change_case,
    "helper.search-query": _search,
    "helper.entries2object": _to_object,
    "helper.object2entries": _to_entries,
}
