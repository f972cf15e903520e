"""Versions of a project: how large a change is, and the pools that stay with what was before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.pools.validation import check_project
from hitl_assets.emulators.toloka.projects.projects import kept, project_view, read_project, with_collector_ids
from hitl_assets.emulators.toloka.storage.state import State, dump, load

# What narrows a field, and how: a bound may not rise, or may not fall.
FLOORS, CEILINGS = ("min_value", "min_length", "min_size"), ("max_value", "max_length", "max_size")


def update_project(state: State, call: Call) -> Reply:
    """PUT /projects/{id}. After a breaking change the pools that are there keep the specification before it."""
    before = load(read_project(state, call.path["id"])["form"])
    after = with_collector_ids(_checked_form(call), before)
    if difference_level(before, after) == "BREAKING_CHANGE":
        state.store.run(
            "UPDATE pools SET specification = ? WHERE project_id = ? AND specification IS NULL",
            dump(before["task_spec"]), call.path["id"],
        )  # fmt: skip
        state.wake()
    state.store.run("UPDATE projects SET form = ? WHERE id = ?", dump(after), call.path["id"])
    return Reply(200, project_view(read_project(state, call.path["id"])))


def check_update(state: State, call: Call) -> Reply:
    """POST /staging/projects/{id}/check: what an update would be, without making it."""
    before = load(read_project(state, call.path["id"])["form"])
    after = with_collector_ids(_checked_form(call), before)
    return Reply(200, {"differenceLevel": difference_level(before, after)})


def difference_level(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """EQUAL, NON_BREAKING_CHANGE, or BREAKING_CHANGE: values that were good before would not be any more.

    Toloka does not publish its rule; this one follows from what its pools must be able to do.
    """
    if _without_nulls(before) == _without_nulls(after):
        return "EQUAL"
    sides = [(before["task_spec"][side], after["task_spec"][side]) for side in ("input_spec", "output_spec")]
    return "BREAKING_CHANGE" if any(_breaks(*side) for side in sides) else "NON_BREAKING_CHANGE"


def _checked_form(call: Call) -> dict[str, Any]:
    form = Form.of(call.body)
    check_project(form)
    return kept(form.values)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def _breaks(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    is_new_and_required = any(_is_required(after[name]) for name in after.keys() - before.keys())
    is_gone = bool(before.keys() - after.keys())
    return is_gone or is_new_and_required or any(_narrows(before[name], after[name]) for name in before.keys() & after)


def _is_required(field: Mapping[str, Any]) -> bool:
    return field.get("required") is not False


def _narrows(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if before["type"] != after["type"] or (_is_required(after) and not _is_required(before)):
        return True
    allowed = after.get("allowed_values")
    if allowed is not None and any(value not in allowed for value in before.get("allowed_values") or [object()]):
        return True
    return any(_tightens(before.get(name), after.get(name), 1) for name in FLOORS) or any(
        _tightens(before.get(name), after.get(name), -1) for name in CEILINGS
    )


def _tightens(before: float | None, after: float | None, sign: int) -> bool:
    return after is not None and (before is None or sign * after > sign * before)
