"""Marks as forms need them: boxes and outlines in shares or pixels, spans in characters. A label that is something else
is refused, and its item named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_assets.labeling.exports.dataset import Dataset, Example, ExportError

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Area:
    """A class, where it lies (left, top, width, height), and its outline if it is no box; in shares, or in pixels."""

    name: str
    box: tuple[float, float, float, float]
    outline: Points = ()

    def scale(self, width: int, height: int) -> "Area":
        """The same in pixels."""
        left, top, wide, high = self.box
        box = (left * width, top * height, wide * width, high * height)
        return Area(self.name, box, [(x * width, y * height) for x, y in self.outline])

    @property
    def area(self) -> float:
        """How much is inside; of an outline by the shoelace formula."""
        if not self.outline:
            return self.box[2] * self.box[3]
        around = zip(self.outline, [*self.outline[1:], self.outline[0]], strict=True)
        return abs(sum(x * b - a * y for (x, y), (a, b) in around)) / 2


@dataclass(frozen=True)
class Span:
    """A class, and which characters of the text it is: from `start` to before `end`."""

    name: str
    start: int
    end: int


def areas_of(example: Example) -> Iterator[Area]:
    """The boxes or outlines of a picture, in shares of its width and height.

    Raises:
        ExportError: the label holds something else.
    """
    for mark in marks_of(example):
        try:
            if "points" in mark:
                points = [(float(x), float(y)) for x, y in mark["points"]]
                xs, ys = zip(*points, strict=True)
                yield Area(str(mark["class"]), (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)), points)
            else:
                left, top, width, height = (float(mark[side]) for side in ("left", "top", "width", "height"))
                yield Area(str(mark["class"]), (left, top, width, height))
        except (LookupError, TypeError, ValueError) as error:
            raise unlike(example, mark, "a box or an outline") from error


def spans_of(example: Example) -> Iterator[Span]:
    """The spans of a text, by where they begin.

    Raises:
        ExportError: the label holds something else.
    """
    found = []
    for mark in marks_of(example):
        try:
            found.append(Span(str(mark["class"]), int(mark["start"]), int(mark["end"])))
        except (LookupError, TypeError, ValueError) as error:
            raise unlike(example, mark, "a span") from error
    return iter(sorted(found, key=lambda span: (span.start, -span.end, span.name)))


def marks_of(example: Example) -> Sequence[Mapping[str, Any]]:
    """The marks of an item; nothing is no mark."""
    label = example.label or []
    if not isinstance(label, list) or not all(isinstance(mark, Mapping) for mark in label):
        raise unlike(example, label, "a list of marks")
    return label


def unlike(example: Example, value: Any, what: str) -> ExportError:
    """The complaint about a label that is not of the kind."""
    return ExportError(
        f"The label of item {example.key} holds {value!r:.80}, which is not {what}. It was labeled when the field was "
        "another one: withdraw the item, or export jsonl."
    )


def classes_of(dataset: Dataset) -> list[str]:
    """The classes in the order of the project's YAML, then those that only labels have, in alphabetical order."""
    find = spans_of if dataset.kind == "spans" else areas_of
    occur = {mark.name for example in dataset.examples() for mark in find(example)}
    return [*dataset.classes, *sorted(occur - set(dataset.classes))]
