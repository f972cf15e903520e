"""Labels that are several parts, each with a class: marks in a picture, spans of a text. What people marked is grouped,
and each group is a question to all who saw the item: which class is there, or is nothing?"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs
from hitl_assets.labeling.kinds.kind import Ask, Judged, Kind, Names, Questions
from hitl_assets.labeling.kinds.parts.claims import Claim, hold
from hitl_assets.labeling.kinds.parts.grouping import Alike, group, match
from hitl_assets.labeling.kinds.parts.questions import Place, Places, ask_about, chance_to_meet, with_left_alone
from hitl_assets.labeling.kinds.terms import LabelTerms, Name
from hitl_assets.labeling.values.identity import canonical_json
from hitl_assets.labeling.values.values import BadValueError, check_typed, parse_json

if TYPE_CHECKING:
    import pandas as pd

# What a worker says of a group in which they have no part.
NOTHING = "nothing"


def check_classes(classes: list[str]) -> list[str]:
    """Refuse names that cannot be told apart."""
    if len(set(classes)) < len(classes) or NOTHING in classes:
        raise ValueError(f"name each class once, and none of them {NOTHING}")
    return classes


Classes = Annotated[
    list[Name], Field(min_length=1, description="all classes that there are"), AfterValidator(check_classes)
]


class Parts(Kind):
    """Several parts, each a named tuple with its class as `name`. A label is as sure as all of its groups together,
    those decided to be nothing among them."""

    # Fields of the kinds: the classes, and from which likeness on two parts say the same.
    classes: Sequence[str]
    same: float

    has_parts: ClassVar[bool] = True

    # A part.

    @abstractmethod
    def read(self, value: Any) -> Sequence[Any]:
        """The parts in reading order.

        Raises:
            BadValueError: it is no list of parts.
        """

    @abstractmethod
    def write(self, part: Any) -> dict[str, Any]:
        """A part in our own form."""

    @abstractmethod
    def order(self, part: Any) -> tuple[Any, ...]:
        """By what parts are in reading order."""

    @abstractmethod
    def parts_in(self, cell: str) -> Sequence[Any] | None:
        """The parts of a cell, whatever their classes are; None if it has none but something else."""

    @abstractmethod
    def find_near(self, parts: Sequence[Any], least: float) -> Alike:
        """The pairs of parts that are at least so alike, those of one class a little more."""

    @property
    @abstractmethod
    def loosest(self) -> float:
        """From which likeness on parts of several people may be about the same thing."""

    @property
    def recognized(self) -> float:
        """From which likeness on a worker has seen what is there."""
        return self.same

    @abstractmethod
    def settle(self, groups: Sequence[Place], classes: Sequence[str], sure: Array) -> Sequence[Any]:
        """The part that each group is, of the class that was decided; None if it is nothing after all. How `sure` that
        is, by the number of the group, is changed in place."""

    # The field.

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """A list of objects is JSON."""
        return "" if spec.get("type") == "json" else f"Values of type {spec.get('type')} are no {cls.name}."

    @property
    def outcomes(self) -> tuple[str, ...]:  # type: ignore[override]  # a project names its classes
        """The classes, or that there is nothing."""
        return (*self.classes, NOTHING)

    @property
    def counted(self) -> Sequence[str]:
        """The classes."""
        return self.classes

    # Reading.

    def check(self, value: Any) -> None:
        """Refuse what is no list of parts."""
        check_typed(value, self.spec)
        self.read(value)

    def is_label(self, value: Any) -> bool:
        """Whether a value can be a label. Where an answer may be left out, nothing marked is the empty list."""
        return super().is_label(value) if value is not None else not self.spec.get("required", True)

    def plain(self, value: Any) -> Any:
        """The parts in our own form, in reading order. What is no list of parts stays as it is."""
        try:
            return list(map(self.write, self.read([] if value is None else value)))
        except BadValueError:
            return value

    def cell(self, value: Any) -> str:
        """The parts as JSON; what is a cell already stays."""
        return value if isinstance(value, str) else canonical_json(self.plain(value))

    def read_cell(self, text: str) -> str:
        """The cell of a label that somebody wrote into a file; an empty one is the empty list, if it may be."""
        if not text and not self.spec.get("required", True):
            return self.cell([])
        value = parse_json(text)
        self.check(value)
        return self.cell(value)

    # Comparing.

    def likeness(self, one: str, other: str) -> float:
        """The share of the parts of either that both have."""
        first, second = self.parts_in(one), self.parts_in(other)
        if one == other or first is None or second is None:
            return float(one == other)
        both = len(self.find_both(first, second))
        return both / max(1, len(first) + len(second) - both)

    def is_same(self, one: str, other: str) -> bool:
        """Whether each part of either is one of the other's, too."""
        return self.likeness(one, other) == 1

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether both have the same parts."""
        return self.is_label(given) and self.is_label(known) and self.is_same(self.cell(given), self.cell(known))

    def find_both(self, first: Sequence[Any], second: Sequence[Any]) -> list[tuple[int, int]]:
        """Which parts of two lists say the same: the places in each list."""
        return [(one, other) for one, other in self.pair_up(first, second) if first[one].name == second[other].name]

    def pair_up(self, first: Sequence[Any], second: Sequence[Any], least: float | None = None) -> list[tuple[int, int]]:
        """Which parts of two lists say the same but for their class, or are at least so alike."""
        alike = self.same if least is None else least
        return match(len(first), self.find_near([*first, *second], alike)) if first and second else []

    # Deciding.

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """Parts are grouped; who saw the item and has none in a group said that there is nothing."""
        codes = {name: code for code, name in enumerate(self.outcomes)}
        given = [self.parts_in(names[code]) or () for code in votes["label"]]
        places = Places.of(votes, given, self.group)
        chance = chance_to_meet(given, places.task, lambda parts: self.find_near(parts, self.loosest))
        judged, asked, unseen = ask_about(places, codes, with_left_alone(beliefs, votes), ask, chance)
        classes = [self.outcomes[code] for code in judged.labels]
        kept = [place for place in places.groups if classes[place.number] != NOTHING]
        tasks, sure = np.unique(votes["task"].to_numpy()), judged.stated[:, 0].copy()
        claims = [Claim(place.marks[0], False) for place in places.groups]
        claims += [Claim(None, False)] * (len(places.empty) + len(tasks))
        settled = self.settle(kept, [classes[place.number] for place in kept], sure)
        found: dict[int, list[tuple[Any, float]]] = {}
        for place, part in zip(kept, settled, strict=True):
            if part is not None:
                claims[place.number] = Claim(part, True)
                found.setdefault(place.task, []).append((part, float(sure[place.number])))
        labels, confidences = [], []
        for task in tasks.tolist():
            own = sorted(found.get(task, ()), key=lambda pair: self.order(pair[0]))
            labels.append(names.code(canonical_json([self.write(part) for part, _ in own])))
            confidences.append(tuple(round(each, 4) for _, each in own))
        owners = np.concatenate([np.searchsorted(tasks, asked), np.arange(len(tasks))])
        questions = Questions(owners, np.concatenate([sure, 1 - unseen[tasks]]), claims)
        return Judged.composed(tasks, np.array(labels, dtype=np.int64), questions, tuple(confidences))

    def group(self, owners: Sequence[int], parts: Sequence[Any]) -> list[list[int]]:
        """The places of the parts that are about the same thing; `owners` says whose each is."""
        return group(owners, self.find_near(parts, self.loosest))

    def holds(self, right: str, claims: Sequence[Claim]) -> Sequence[bool]:
        """Whether each part is there, nothing is where nothing was decided to be, and nothing was overlooked."""
        true = self.parts_in(right) or ()
        return hold(claims, true, self.pair_up, lambda one, other: self.pair_up(one, other, self.loosest))

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Of each part what it is and what it was taken for; of each one beside, that there is nothing."""
        true, given = self.parts_in(right), self.parts_in(answer)
        if true is None or given is None:
            return
        taken = dict(self.pair_up(true, given, self.recognized))
        for place, part in enumerate(true):
            yield part.name, given[taken[place]].name if place in taken else NOTHING
        for place in set(range(len(given))) - set(taken.values()):
            yield NOTHING, given[place].name
        if not true and not given:
            yield NOTHING, NOTHING

    # Telling.

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How many parts there are of each class."""
        return Counter(part.name for cell in cells for part in self.parts_in(cell) or ())

    def is_graded_alike(self) -> bool:
        """No two people mark to the letter alike, nor in the same order."""
        return False
