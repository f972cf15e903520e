"""Marks in a picture: what boxes and polygons share. Each group of marks is a question to all who saw the picture."""

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.kinds.kind import Draft
from hitl_assets.labeling.kinds.parts.grouping import Alike, favour_classes
from hitl_assets.labeling.kinds.parts.parts import NOTHING, Classes, Parts
from hitl_assets.labeling.kinds.parts.questions import Place
from hitl_assets.labeling.kinds.pictures.mark_reading import Shape, read_marks
from hitl_assets.labeling.kinds.terms import LabelTerms

# Marks of the same thing lie each on another side of it: they may differ by more than either does from what is right.
BESIDE = 0.8
SAME = 0.5


class Mark(NamedTuple):
    """One mark: its class, and its shape in shares of the picture's sides."""

    name: str
    shape: Shape


class MarksTerms(LabelTerms):
    """Things in a picture, each with its class."""

    classes: Classes
    same: float = Field(
        SAME, gt=0, lt=1, description="two marks say the same if what both cover is this share of what either covers"
    )


@dataclass(frozen=True)
class Marks(Parts):
    """The marks in a picture."""

    classes: Sequence[str] = ()
    same: float = SAME

    usual_inputs: ClassVar[tuple[str, ...]] = ("image",)
    usual_classes: ClassVar[tuple[str, ...]] = ("apple", "pear")
    works_on: ClassVar[str] = "fields of type json, as field.image-annotation answers them"
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

    # Reading.

    def send(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The marks as `field.image-annotation` has them."""
        marks = self.read([] if value is None else value)
        return [{"shape": self.drawn, **self.draw(mark.shape), "label": mark.name} for mark in marks]

    @classmethod
    @abstractmethod
    def draw(cls, shape: Shape) -> Mapping[str, Any]:
        """The numbers of a shape in Toloka's form."""

    def read(self, value: Any) -> list[Mark]:
        """The marks in reading order: from the top down, then from left to right."""
        found = read_marks(value, self.classes, self.read_shape)
        return sorted((Mark(*each) for each in found), key=self.order)

    def order(self, part: Mark) -> tuple[Any, ...]:
        """From the top down, then from left to right."""
        return (*self.corner(part.shape), part)

    @abstractmethod
    def corner(self, shape: Shape) -> tuple[float, float]:
        """How far from the picture's top a shape begins, and how far from its left side."""

    def write(self, part: Mark) -> dict[str, Any]:
        """Its class, and its shape."""
        return {"class": part.name, **self.write_shape(part.shape)}

    def parts_in(self, cell: str) -> tuple[Mark, ...] | None:
        """The marks of a cell."""
        return marks_of(self.read_shape, cell)

    # Comparing and deciding.

    @property
    def loosest(self) -> float:
        """Less than where two marks say the same."""
        return BESIDE * self.same

    def find_near(self, parts: Sequence[Mark], least: float) -> Alike:
        """By their shapes."""
        alike = self.find_alike([mark.shape for mark in parts], least)
        return favour_classes(alike, [mark.name for mark in parts])

    def settle(self, groups: Sequence[Place], classes: Sequence[str], sure: Array) -> Sequence[Mark]:
        """One shape for each group."""
        shapes = self.compose([[mark.shape for mark in each.marks] for each in groups], [g.workers for g in groups])
        return [Mark(name, shape) for name, shape in zip(classes, shapes, strict=True)]

    # Telling.

    def show(self, cell: str, inputs: Mapping[str, Any]) -> str:
        """How many marks there are of each class. Where they are is drawn."""
        if self.parts_in(cell) is None:
            return cell
        return " + ".join(f"{count} {name}" for name, count in sorted(self.count([cell]).items())) or NOTHING

    def outlines(self, cell: str) -> Sequence[tuple[str, Sequence[tuple[float, float]]]]:
        """Each mark with its corners."""
        return [(mark.name, self.points(mark.shape)) for mark in self.parts_in(cell) or ()]

    @abstractmethod
    def points(self, shape: Shape) -> Sequence[tuple[float, float]]:
        """The corners of a shape."""

    def describe(self) -> str:
        """What is marked, and which marks are the same."""
        return f"{self.name} of {', '.join(self.classes)}, the same from {self.same} on"


@lru_cache(maxsize=2000)
def marks_of(read_shape: Callable[[Mapping[str, Any]], Shape], cell: str) -> tuple[Mark, ...] | None:
    """The marks of a cell, whatever their classes are; None if it is none."""
    try:
        return tuple(Mark(each["class"], read_shape(each)) for each in json.loads(cell or "[]"))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
