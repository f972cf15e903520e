"""Which interfaces ask the same of every task, so that one page may stand for all of them."""

import pytest

from hitl_assets.emulators.toloka.people.markup.plainness import is_plain


@pytest.mark.parametrize(
    ("kind", "name", "is_same"),
    [("view.text", "content", True), ("view.image", "url", False), ("view.audio", "url", False)],
)
def test_what_is_loaded_depends_on_the_task(kind: str, name: str, is_same: bool) -> None:
    """A page without the task's values would say of each task that it has no address."""
    shown = {"type": kind, name: {"type": "data.input", "path": "picture"}}
    asked = {"type": "field.text", "data": {"type": "data.output", "path": "digit"}}
    assert is_plain({"view": {"type": "view.list", "items": [shown, asked]}}) == is_same
