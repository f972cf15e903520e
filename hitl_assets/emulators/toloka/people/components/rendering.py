"""From a configuration and a task to HTML."""

from __future__ import annotations

from typing import Any

from hitl_assets.emulators.toloka.people.components.annotations import ANNOTATIONS
from hitl_assets.emulators.toloka.people.components.choices import CHOICES
from hitl_assets.emulators.toloka.people.components.entries import ENTRIES
from hitl_assets.emulators.toloka.people.components.layouts import LAYOUTS
from hitl_assets.emulators.toloka.people.components.media import MEDIA
from hitl_assets.emulators.toloka.people.components.parts import Part, label_of
from hitl_assets.emulators.toloka.people.components.sheet import Bound, Scope, Sheet, TooLargeError
from hitl_assets.emulators.toloka.people.components.uploads import UPLOADS
from hitl_assets.emulators.toloka.people.components.values import as_text, resolve
from hitl_assets.emulators.toloka.people.components.views import VIEWS
from hitl_assets.emulators.toloka.people.markup.classic import CLASSIC
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, lines, tag
from hitl_assets.emulators.toloka.people.mistakes import mistake

COMPONENTS = {**VIEWS, **MEDIA, **LAYOUTS, **CHOICES, **ENTRIES, **ANNOTATIONS, **UPLOADS, **CLASSIC}
# These show their label themselves.
LABELED = ("view.collapse", "view.group", "view.divider", "view.action-button", "view.link")
FIELDS = ("field.", "classic.")


class Rendering:
    """Implements `parts.Renderer` with the components that are known here."""

    def show(self, node: Any, sheet: Sheet, scope: Scope) -> Html:
        """A node as HTML. What depends on answers is marked: it is rendered again when they change."""
        outside, sheet.depends = sheet.depends, False
        rendered = self.piece(resolve(node, sheet, scope), sheet)
        depends, sheet.depends = sheet.depends, outside
        return tag("div", rendered, class_="slot", data_slot=True) if depends else rendered

    def piece(self, value: Any, sheet: Sheet) -> Html:
        """A value as HTML."""
        if value is None:
            return Html("")
        if isinstance(value, list):
            return join(*(self.piece(item, sheet) for item in value))
        return self._component(value, sheet) if isinstance(value, Bound) else lines(as_text(value))

    def _component(self, bound: Bound, sheet: Sheet) -> Html:
        part = Part(bound.node, sheet, bound.scope, self)
        renderer = COMPONENTS.get(part.kind)
        if renderer is None:
            return part.unknown("is not known to this emulator.")
        try:
            rendered = renderer(part)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # A configuration is the requester's: what is wrong with it is theirs to see, not a failure of the server.
            return part.unknown(f"could not be shown: {error!r}")
        if not part.kind.startswith(LABELED + FIELDS) and (label := label_of(part)):
            rendered = tag("div", label, rendered, class_="labeled")
        message = mistake(part)
        wrong = tag("p", message, class_="mistake", role="alert") if message else None
        is_field = part.kind.startswith(FIELDS)
        return tag("div", rendered, wrong, class_="field") if wrong or is_field else rendered


def show_interface(sheet: Sheet) -> Html:
    """The whole task. An interface that cannot be rendered says so."""
    try:
        return Rendering().show(sheet.config.get("view"), sheet, Scope())
    except (TooLargeError, RecursionError):
        sheet.note("the interface is too large or refers to itself")
        return tag("p", "This interface is too large, or refers to itself.", class_="unknown")
