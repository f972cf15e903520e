"""Marks in a picture: what boxes and polygons share. Each group of marks is a question to all who saw the picture."""

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs
from hitl_assets.labeling.kinds.claims import Claim, hold
from hitl_assets.labeling.kinds.kind import Ask, Draft, Judged, Kind, Names, Questions
from hitl_assets.labeling.kinds.pictures.grouping import Alike, group, match
from hitl_assets.labeling.kinds.pictures.mark_questions import Places, ask_about, chance_to_meet, with_left_alone
from hitl_assets.labeling.kinds.pictures.mark_reading import Shape, read_marks
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.values.identity import canonical_json
from hitl_assets.labeling.values.values import BadValueError, check_typed, parse_json

if TYPE_CHECKING:
    import pandas as pd

# What a worker says of a group in which they have no mark.
NOTHING = "nothing"
# Marks of the same thing lie each on another side of it: they may differ by more than either does from what is right.
BESIDE = 0.8
# Marks of one class belong together though others are a little more alike.
SAME_CLASS = 0.1
SAME = 0.5
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Mark(NamedTuple):
    """One mark: its class, and its shape in shares of the picture's sides."""

    name: str
    shape: Shape


def check_classes(classes: list[str]) -> list[str]:
    """Refuse names that cannot be told apart."""
    if len(set(classes)) < len(classes) or NOTHING in classes:
        raise ValueError(f"name each class once, and none of them {NOTHING}")
    return classes


class MarksTerms(LabelTerms):
    """Things in a picture, each with its class."""

    classes: Annotated[list[Name], Field(min_length=1), AfterValidator(check_classes)] = Field(
        description="all classes that there are"
    )
    same: float = Field(
        SAME, gt=0, lt=1, description="two marks say the same if what both cover is this share of what either covers"
    )


@dataclass(frozen=True)
class Marks(Kind):
    """The marks in a picture. A label is as sure as all of its groups together, those decided to be nothing among
    them."""

    classes: Sequence[str] = ()
    same: float = SAME

    usual_inputs: ClassVar[tuple[str, ...]] = ("image",)
    usual_classes: ClassVar[tuple[str, ...]] = ("apple", "pear")
    works_on: ClassVar[str] = "fields of type json, as field.image-annotation answers them"
    has_parts: ClassVar[bool] = True
    # What people draw, in Template Builder.
    drawn: ClassVar[str]

    # A shape.

    @classmethod
    @abstractmethod
    def read_shape(cls, mark: Mapping[str, Any]) -> Shape:
        """The shape of a mark as it came: in our own form or Toloka's.

        Raises:
            BadValueError: it is none; the message is the rest of a sentence about the mark.
        """

    @abstractmethod
    def write_shape(self, shape: Shape) -> Mapping[str, Any]:
        """The shape in our own form."""

    @abstractmethod
    def find_alike(self, shapes: Sequence[Shape], least: float) -> Alike:
        """The pairs of shapes that are at least so alike, each pair once: the share of what either covers that both
        do."""

    @abstractmethod
    def compose(self, groups: Sequence[Sequence[Shape]], workers: Sequence[Sequence[int]]) -> Sequence[Shape]:
        """One shape for each group, by the shapes that (codes of) workers gave it."""

    # The field.

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """A list of objects is JSON."""
        return "" if spec.get("type") == "json" else f"Values of type {spec.get('type')} are no {cls.name}."

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """A picture to draw in, which is the first input."""
        return Draft(
            {"type": "json", "required": False},
            {"kind": cls.name, "field": field, "classes": list(names), "same": SAME},
            {
                "type": "field.image-annotation",
                "shapes": {cls.drawn: True},
                "labels": [{"value": each, "label": each.capitalize()} for each in names],
            },
            [cls.draft_answer(names, place) for place in range(len(names) + 1)],
            f"mark every {' and '.join(names)} with one of the {cls.name}",
            names,
            shows="image",
        )

    @classmethod
    @abstractmethod
    def draft_answer(cls, names: Sequence[str], count: int) -> list[Any]:
        """So many marks as an example, as people answer them."""

    @property
    def outcomes(self) -> tuple[str, ...]:  # type: ignore[override]  # a project names its classes
        """The classes, or that there is nothing."""
        return (*self.classes, NOTHING)

    @property
    def counted(self) -> Sequence[str]:
        """The classes."""
        return self.classes

    # Reading.

    def send(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The marks as `field.image-annotation` has them."""
        marks = self.read([] if value is None else value)
        return [{"shape": self.drawn, **self.draw(mark.shape), "label": mark.name} for mark in marks]

    @classmethod
    @abstractmethod
    def draw(cls, shape: Shape) -> Mapping[str, Any]:
        """The numbers of a shape in Toloka's form."""

    def check(self, value: Any) -> None:
        """Refuse what is no list of marks in the picture."""
        check_typed(value, self.spec)
        self.read(value)

    def read(self, value: Any) -> list[Mark]:
        """The marks in reading order: from the top down, then from left to right."""
        found = read_marks(value, self.classes, self.read_shape)
        return sorted((Mark(*each) for each in found), key=lambda mark: (*self.corner(mark.shape), mark))

    @abstractmethod
    def corner(self, shape: Shape) -> tuple[float, float]:
        """How far from the picture's top a shape begins, and how far from its left side."""

    def is_label(self, value: Any) -> bool:
        """Whether a value can be a label. Where an answer may be left out, nothing drawn is the empty list."""
        return super().is_label(value) if value is not None else not self.spec.get("required", True)

    def plain(self, value: Any) -> Any:
        """The marks in our own form, in reading order. What is no list of marks stays as it is."""
        try:
            return [self.write(mark) for mark in self.read([] if value is None else value)]
        except BadValueError:
            return value

    def write(self, mark: Mark) -> dict[str, Any]:
        """A mark in our own form."""
        return {"class": mark.name, **self.write_shape(mark.shape)}

    def cell(self, value: Any) -> str:
        """The marks as JSON; what is a cell already stays."""
        return value if isinstance(value, str) else canonical_json(self.plain(value))

    def read_cell(self, text: str) -> str:
        """The cell of a label that somebody wrote into a file; an empty one is the empty list, if it may be."""
        if not text and not self.spec.get("required", True):
            return self.cell([])
        value = parse_json(text)
        self.check(value)
        return self.cell(value)

    def marks_in(self, cell: str) -> tuple[Mark, ...] | None:
        """The marks of a cell; None if it has no marks but something else."""
        return marks_of(self.read_shape, cell)

    # Comparing.

    def likeness(self, one: str, other: str) -> float:
        """The share of the marks of either that both have."""
        first, second = self.marks_in(one), self.marks_in(other)
        if one == other or first is None or second is None:
            return float(one == other)
        both = [pair for pair in self.pair_up(first, second) if first[pair[0]].name == second[pair[1]].name]
        return len(both) / (len(first) + len(second) - len(both))

    def is_same(self, one: str, other: str) -> bool:
        """Whether each mark of either is one of the other's, too."""
        return self.likeness(one, other) == 1

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether both have the same marks."""
        return self.is_label(given) and self.is_label(known) and self.is_same(self.cell(given), self.cell(known))

    def pair_up(self, first: Sequence[Mark], second: Sequence[Mark], share: float = 1.0) -> list[tuple[int, int]]:
        """Which marks of two lists say the same, but for their class; or are alike by a share of that."""
        every = [*first, *second]
        return match(len(first), self.in_order(every, share * self.same)) if first and second else []

    def in_order(self, marks: Sequence[Mark], least: float) -> Alike:
        """The pairs of marks that are at least so alike, those of one class a little more."""
        alike = self.find_alike([mark.shape for mark in marks], least)
        names = np.array([mark.name for mark in marks])
        return Alike(alike.one, alike.other, alike.likeness + SAME_CLASS * (names[alike.one] == names[alike.other]))

    # Deciding.

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """Marks are grouped; who saw the picture and has no mark in a group said that there is nothing."""
        codes = {name: code for code, name in enumerate(self.outcomes)}
        given = [self.marks_in(names[code]) or () for code in votes["label"]]
        places = Places.of(votes, given, self.group)
        chance = chance_to_meet(given, places.task, lambda marks: self.in_order(marks, BESIDE * self.same))
        judged, asked, unseen = ask_about(places, codes, with_left_alone(beliefs, votes), ask, chance)
        kept = [place for place in places.groups if self.outcomes[judged.labels[place.number]] != NOTHING]
        shapes = self.compose([[m.shape for m in each.marks] for each in kept], [each.workers for each in kept])
        found: dict[int, list[tuple[Mark, float]]] = {}
        for each, shape in zip(kept, shapes, strict=True):
            mark = Mark(self.outcomes[judged.labels[each.number]], shape)
            found.setdefault(each.task, []).append((mark, float(judged.stated[each.number, 0])))
        tasks = np.unique(votes["task"].to_numpy())
        labels, parts = [], []
        for task in tasks.tolist():
            own = sorted(found.get(task, ()), key=lambda pair: (*self.corner(pair[0].shape), pair[0]))
            labels.append(names.code(canonical_json([self.write(mark) for mark, _ in own])))
            parts.append(tuple(round(each, 4) for _, each in own))
        claims = [Claim(each.marks[0], False) for each in places.groups] + [Claim(None, False)] * (
            len(places.empty) + len(tasks)
        )
        for each, shape in zip(kept, shapes, strict=True):
            claims[each.number] = Claim(Mark(self.outcomes[judged.labels[each.number]], shape), True)
        owners = np.concatenate([np.searchsorted(tasks, asked), np.arange(len(tasks))])
        questions = Questions(owners, np.concatenate([judged.stated[:, 0], 1 - unseen[tasks]]), claims)
        return Judged.composed(tasks, np.array(labels, dtype=np.int64), questions, tuple(parts))

    def holds(self, right: str, claims: Sequence[Claim]) -> Sequence[bool]:
        """Whether each mark is there, nothing is where nothing was decided to be, and nothing was overlooked."""
        return hold(
            claims, self.marks_in(right) or (), self.pair_up, lambda one, other: self.pair_up(one, other, BESIDE)
        )

    def group(self, owners: Sequence[int], marks: Sequence[Mark]) -> list[list[int]]:
        """The places of the marks that are about the same thing."""
        return group(owners, self.in_order(marks, BESIDE * self.same))

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Of each thing what it is and what it was taken for; of each mark beside, that there is nothing."""
        true, given = self.marks_in(right), self.marks_in(answer)
        if true is None or given is None:
            return
        taken = dict(self.pair_up(true, given))
        for place, mark in enumerate(true):
            yield mark.name, given[taken[place]].name if place in taken else NOTHING
        for place in set(range(len(given))) - set(taken.values()):
            yield NOTHING, given[place].name
        if not true and not given:
            yield NOTHING, NOTHING

    # Telling.

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How many marks there are of each class."""
        return Counter(mark.name for cell in cells for mark in self.marks_in(cell) or ())

    def show(self, cell: str, inputs: Mapping[str, Any]) -> str:
        """How many marks there are of each class. Where they are is drawn."""
        if self.marks_in(cell) is None:
            return cell
        return " + ".join(f"{count} {name}" for name, count in sorted(self.count([cell]).items())) or NOTHING

    def outlines(self, cell: str) -> Sequence[tuple[str, Sequence[tuple[float, float]]]]:
        """Each mark with its corners."""
        return [(mark.name, self.points(mark.shape)) for mark in self.marks_in(cell) or ()]

    @abstractmethod
    def points(self, shape: Shape) -> Sequence[tuple[float, float]]:
        """The corners of a shape."""

    def describe(self) -> str:
        """What is marked, and which marks are the same."""
        return f"{self.name} of {', '.join(self.classes)}, the same from {self.same} on"

    def is_graded_alike(self) -> bool:
        """No two people draw alike."""
        return False


@lru_cache(maxsize=2000)
def marks_of(read_shape: Callable[[Mapping[str, Any]], Shape], cell: str) -> tuple[Mark, ...] | None:
    """The marks of a cell, whatever their classes are; None if it is none."""
    try:
        return tuple(Mark(each["class"], read_shape(each)) for each in json.loads(cell or "[]"))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
