"""A task's page as simulated workers have it: the page that people get, posted as a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.crowd.answering.pages import WHOLE, Asked, Look
from hitl_assets.emulators.toloka.people.components.conditions import PLAYED_FULLY
from hitl_assets.emulators.toloka.people.components.parts import encode
from hitl_assets.emulators.toloka.people.components.sheet import Field, TooLargeError
from hitl_assets.emulators.toloka.people.mistakes import complaints
from hitl_assets.emulators.toloka.people.pages.questionnaires import Questionnaire
from hitl_assets.emulators.toloka.projects.projects import read_specification
from hitl_assets.emulators.toloka.storage.state import dump, load

MOST_PAGES, MOST_LOOKS = 2000, 200
# Workers play each recording to its end, as many as a page may have.
MOST_RECORDINGS = 50
# How long a list is, is for the whole page to say.
SIZES = ("min_size", "max_size")


class TaskPage:
    """Implements the crowd's `Page`."""

    def __init__(self, questionnaire: Questionnaire, inputs: Mapping[str, Any]) -> None:
        self._questionnaire = questionnaire
        self._inputs = inputs
        self._fields: dict[str, Field] = {}
        self._looks: dict[str, Look] = {}
        self._fitting: dict[tuple[str, str], bool] = {}

    def look(self, given: Mapping[str, Any]) -> Look:
        """The page with these answers, by control."""
        key = encode(given)
        if key not in self._looks:
            if len(self._looks) >= MOST_LOOKS:
                self._looks.clear()
            try:
                self._looks[key] = self._look(given)
            except (AttributeError, KeyError, TypeError, ValueError, RecursionError, TooLargeError) as error:
                # A configuration is the requester's: what is wrong with it must not end the crowd.
                self._looks[key] = Look((), {}, {WHOLE: f"The page cannot be shown: {error!r}."})
        return self._looks[key]

    def fits(self, asked: Asked, value: Any) -> bool:
        """Whether a control can be given this answer, and its field can have it."""
        key = (asked.name, repr(value))
        if key not in self._fitting:
            if len(self._fitting) >= MOST_LOOKS:
                self._fitting.clear()
            self._fitting[key] = self._fits(asked, value)
        return self._fitting[key]

    def _look(self, given: Mapping[str, Any]) -> Look:
        posted = {f"0.m.{number}": [PLAYED_FULLY] for number in range(MOST_RECORDINGS)}
        posted["0.seen"] = list(given)
        for name, value in given.items():
            written = None if value is None else self._fields[name].write(value)
            if written is not None:
                posted[name] = written
        shown, sheet = self._questionnaire.examine(0, self._inputs, posted, is_checked=True)
        self._fields |= sheet.fields
        asked = [
            Asked(name, one.path if one.store == "o" else (), one.kind, one.options, one.traits, one.default)
            for name, one in sheet.fields.items()
            if not one.is_disabled
        ]
        mistakes = {**shown.leftover, **sheet.wrong}
        if not mistakes and shown.mistakes:
            mistakes = {WHOLE: "Something on the page is not as it should be."}
        return Look(asked, shown.output, mistakes, shown.notes)

    def _fits(self, asked: Asked, value: Any) -> bool:
        if self._fields[asked.name].write(value) is None:
            return False
        declared = self._questionnaire.output_spec.get(asked.path[0]) if len(asked.path) == 1 else None
        if declared is None or asked.kind == "rows":
            return True
        alone = {name: part for name, part in declared.items() if name not in SIZES}
        return not complaints({asked.path[0]: value}, {asked.path[0]: alone})


def page_of_task(specification: str, inputs: Mapping[str, Any]) -> TaskPage:
    """The page of a task that follows this `task_spec`: the text of it that is kept."""
    asks = _questionnaire(specification)
    return _page(specification, "" if asks.is_same_for_all else dump(inputs))


@lru_cache(maxsize=64)
def _questionnaire(specification: str) -> Questionnaire:
    return Questionnaire(read_specification(specification))


@lru_cache(maxsize=MOST_PAGES)
def _page(specification: str, inputs: str) -> TaskPage:
    return TaskPage(_questionnaire(specification), load(inputs) if inputs else {})
