"""Answers that people begin with: the field in which a task brings what a model predicts, and where it is shown."""

import json
from collections.abc import Mapping
from typing import Any

from hitl_assets.labeling.documents import ConfigurationError

# An input of tasks, and of no item.
PREFILL = "prefilled_answer"


def with_prefill(project: Mapping[str, Any], label: str, place: str) -> Mapping[str, Any]:
    """Toloka's project in which people begin with the prediction: the default of what they answer.

    Raises:
        ConfigurationError: the interface has nothing that could begin so.
    """
    spec = project["task_spec"]
    view, inputs = spec.get("view_spec") or {}, spec["input_spec"]
    if PREFILL in inputs:
        raise ConfigurationError(f"{place}: field name {PREFILL} is taken by the pipeline. Choose another.")
    before = json.loads(str(view.get("config", "null"))) if str(view.get("type")).lower() == "tb" else None
    after = begin_with(before, label)
    if after == before:
        raise ConfigurationError(
            f"{place}: field model.show_predictions = true needs an interface of Template Builder, as JSON, in which a "
            f"field has data.output {label} without a default. Write one, or leave out model.show_predictions."
        )
    # Not hidden: what is hidden Toloka keeps from the interface.
    own = {"type": spec["output_spec"][label]["type"], "required": False}
    shown = {**view, "config": json.dumps(after, indent=1, ensure_ascii=False)}
    return {**project, "task_spec": {**spec, "input_spec": {**inputs, PREFILL: own}, "view_spec": shown}}


def begin_with(part: Any, label: str) -> Any:
    """A part of an interface, in which answers that have no default begin with the prediction."""
    if isinstance(part, list):
        return [begin_with(each, label) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "data.output" and part.get("path") == label:
        return {"default": {"type": "data.input", "path": PREFILL}, **part}
    return {name: begin_with(each, label) for name, each in part.items()}
