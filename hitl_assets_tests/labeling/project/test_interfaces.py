"""What an interface of Template Builder shows and lets workers answer."""

import json
from typing import Any

import pytest

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.interfaces import Interface, read_interface

TEXT = {"type": "view.text", "content": {"type": "data.input", "path": "text"}}
CHOICE = {
    "type": "field.radio-group",
    "data": {"type": "data.output", "path": "kind.0"},
    "options": [{"value": "apple", "label": "Apple"}, {"value": True, "label": "Yes"}],
}


def view(config: Any) -> dict[str, Any]:
    """A `view_spec` with this interface."""
    return {"type": "tb", "config": json.dumps(config)}


def test_fields_and_choices_are_found_wherever_they_are() -> None:
    """Of a path its first step is the field's name."""
    found = read_interface(view({"view": {"type": "view.list", "items": [TEXT, {"nested": [CHOICE]}]}}))
    assert found == Interface(
        frozenset({"text"}), frozenset({"kind"}), {"kind": ("apple", True)}, frozenset({"kind.0"})
    )


def test_the_shipped_interface_is_read(shipped_project: Project) -> None:
    """Its hotkeys fill in the field as well."""
    found = read_interface(shipped_project.project["task_spec"]["view_spec"])
    assert found == Interface(
        frozenset({"headline"}),
        frozenset({"category"}),
        {"category": ("clickbait", "notclickbait")},
        frozenset({"category"}),
    )


@pytest.mark.parametrize(
    "spec", [{}, {"type": "classic", "markup": "{{text}}"}, {"type": "tb", "config": "{"}, view([])]
)
def test_what_is_not_template_builder_is_not_judged(spec: dict[str, Any]) -> None:
    """HTML of one's own may show anything."""
    assert read_interface(spec) is None
