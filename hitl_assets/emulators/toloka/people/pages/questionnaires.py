"""A suite of tasks as a page: what is asked, and what a posted page answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hitl_assets.emulators.toloka.people.components.actions import (
    DRAWING,
    Steps,
    locate,
    note_unseen,
    plugins,
    run_triggers,
    shortcuts,
    unseen_controls,
)
from hitl_assets.emulators.toloka.people.components.rendering import Rendering, show_interface
from hitl_assets.emulators.toloka.people.components.sheet import Scope, Sheet, assemble
from hitl_assets.emulators.toloka.people.components.values import resolve
from hitl_assets.emulators.toloka.people.markup.classic import generic_configuration, markup_of
from hitl_assets.emulators.toloka.people.markup.marked_up import reads_task
from hitl_assets.emulators.toloka.people.markup.markup import Html, join
from hitl_assets.emulators.toloka.people.markup.plainness import is_plain
from hitl_assets.emulators.toloka.people.mistakes import complaints

# Fields appear as answers are read, and these may make others appear. An interface that has no end stops here.
MOST_ROUNDS = 10
# Plugins that change nothing of what a worker sees or may answer.
QUIET = ("plugin.hotkeys", "plugin.toloka", "plugin.trigger", *DRAWING)

Posted = Mapping[str, list[str]]


@dataclass(frozen=True)
class Shown:
    """One task on the page. `asked` are the output fields that have a control now, `leftover` mistakes in others."""

    position: int
    content: Html
    output: dict[str, Any]
    keys: Mapping[str, Steps]
    mistakes: int
    asked: frozenset[str]
    leftover: Mapping[str, str]
    notes: Sequence[str]


class Questionnaire:
    """A project's interface. Classic ones, and configurations that cannot be read, become a table and a form."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._specification = specification
        view = specification.get("view_spec") or {}
        self.is_classic = view.get("type") == "classic"
        self._config, self.complaint = (None, None) if self.is_classic else _read(view.get("config"))

    def ask(self, position: int, inputs: Mapping[str, Any], posted: Posted, is_checked: bool = False) -> Shown:
        """A task with the answers that were posted; `is_checked`: with what is wrong about them."""
        return self.examine(position, inputs, posted, is_checked)[0]

    def examine(
        self, position: int, inputs: Mapping[str, Any], posted: Posted, is_checked: bool = False
    ) -> tuple[Shown, Sheet]:
        """As `ask`, with the sheet that was filled on the way."""
        output: dict[str, Any] = {}
        internal: dict[str, Any] = {}
        for _ in range(MOST_ROUNDS):
            shown, sheet = self._render(position, inputs, posted, output, internal, None)
            before, output, internal = (output, internal), shown.output, assemble(sheet.found, "i")
            if before == (output, internal):
                break
        if not is_checked:
            return shown, sheet
        wrong = complaints(output, self._specification["output_spec"])
        return self._render(position, inputs, posted, output, internal, wrong)

    @property
    def output_spec(self) -> Mapping[str, Any]:
        """The declarations of the output fields."""
        return dict(self._specification["output_spec"])

    @cached_property
    def is_same_for_all(self) -> bool:
        """Whether what is asked does not depend on the task: nothing but what is only looked at reads its input."""
        if self._config is None:
            return not reads_task(markup_of(self._specification))
        return is_plain(self._config)

    @property
    def layout(self) -> Mapping[str, Any]:
        """plugin.toloka's layout: `kind` scroll or pager, `taskWidth`."""
        found = plugins(self._sheet(0, {}), "plugin.toloka")
        layout = found[0].get("layout") if found else None
        return layout if isinstance(layout, Mapping) else {}

    @property
    def notifications(self) -> Html:
        """What plugin.toloka says above all tasks."""
        sheet = self._sheet(0, {})
        return join(
            *(Rendering().show(one.get("notifications"), sheet, Scope()) for one in plugins(sheet, "plugin.toloka"))
        )

    def _sheet(self, position: int, inputs: Mapping[str, Any], **rest: Any) -> Sheet:
        config = generic_configuration(self._specification, inputs) if self._config is None else self._config
        return Sheet(config, position, inputs, **rest)

    def _render(
        self,
        position: int,
        inputs: Mapping[str, Any],
        posted: Posted,
        output: Mapping[str, Any],
        internal: Mapping[str, Any],
        wrong: dict[str, str] | None,
    ) -> tuple[Shown, Sheet]:
        sheet = self._sheet(
            position, inputs, posted=posted, output=output, internal=internal, is_checked=wrong is not None,
            complaints=dict(wrong or {}),
        )  # fmt: skip
        keys = shortcuts(sheet)
        keyed = dict(sheet.settable)
        locate(sheet, self.output_spec)
        content = show_interface(sheet)
        note_unseen(sheet, keyed)
        content = join(content, unseen_controls(sheet))
        run_triggers(sheet)
        for plugin in sheet.config.get("plugins") or []:
            kind = resolve(plugin, sheet, Scope())
            name = kind.node.get("type") if hasattr(kind, "node") else "a plugin"
            if name not in QUIET:
                sheet.note(f"{name} is not run here")
        answers = assemble(sheet.found, "o")
        count = sheet.mistakes + len(sheet.complaints)
        asked = frozenset(
            field.path[0] for field in sheet.fields.values() if field.store == "o" and field.is_for_people
        )
        return Shown(position, content, answers, keys, count, asked, sheet.complaints, tuple(sheet.notes)), sheet


def _read(config: Any) -> tuple[dict[str, Any] | None, str | None]:
    """The configuration, or None and why it cannot be read."""
    try:
        parsed = json.loads(config) if isinstance(config, str) else config
    except (ValueError, RecursionError) as error:
        return None, f"view_spec.config is no JSON: {error}"
    if not isinstance(parsed, dict) or "view" not in parsed:
        return None, "view_spec.config has no view"
    return parsed, None
