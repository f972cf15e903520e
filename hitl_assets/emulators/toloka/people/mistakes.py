"""What is wrong with a worker's answers: the interface's own conditions, and the project's output fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.http.errors import FieldErrors
from hitl_assets.emulators.toloka.people.components.parts import Control, Part
from hitl_assets.emulators.toloka.people.components.values import as_text, dereference, resolve, truth
from hitl_assets.emulators.toloka.projects.specification import check_values

UNSAID = "This is not filled in as it should be."


def mistake(part: Part) -> str | None:
    """What is wrong with the answer of this component, if mistakes are looked for."""
    sheet = part.sheet
    if not sheet.is_checked:
        return None
    depends = sheet.depends
    message = _unmet(part, part.node.get("validation"))
    sheet.depends = depends
    for control in part.controls:
        complaint = None if control.output is None else sheet.complaints.pop(control.output, None)
        message = message or complaint
    if message is not None:
        sheet.mistakes += 1
        sheet.wrong |= {control.name: message for control in part.controls or (Control(part.kind, None),)}
    return message


def complaints(outputs: Mapping[str, Any], output_spec: Mapping[str, Any]) -> dict[str, str]:
    """By output field, what does not fit the project's specification."""
    errors = FieldErrors()
    check_values(errors, "", outputs, output_spec)
    found: dict[str, str] = {}
    for path, error in errors.found.items():
        message = error["message"]
        allowed = error["params"].get("allowed_values")
        if allowed is not None:
            message += f": {', '.join(map(as_text, allowed[:20]))}"
        found.setdefault(path.split(".")[0], f"{message}.")
    return found


def _unmet(part: Part, node: Any) -> str | None:
    condition = dereference(node, part.sheet)
    own = part.controls[-1].value if part.controls else None
    if not isinstance(condition, Mapping) or truth(condition, part.sheet, part.scope, own):
        return None
    hint = as_text(resolve(condition.get("hint"), part.sheet, part.scope))
    if hint or condition.get("type") != "condition.all":
        return hint or UNSAID
    messages = [_unmet(part, one) for one in condition.get("conditions") or []]
    return next((message for message in messages if message), UNSAID)
