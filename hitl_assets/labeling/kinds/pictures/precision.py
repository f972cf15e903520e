"""How good marks in pictures are, beside those that are known to be right: in the figures that the field compares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.kinds.pictures.marks import Mark, Marks


@dataclass(frozen=True)
class Marked:
    """A picture's marks, how sure each is (0 to 1), and those that are right."""

    marks: Sequence[Mark]
    confidences: Sequence[float]
    true: Sequence[Mark]


@dataclass(frozen=True)
class Precision:
    """What marks in pictures come to. `precision` and `recall` (0 to 1) at the kind's `same`; `mean_iou` of the marks
    that say the same as a true one; `average_precision`: the mean over classes (mAP)."""

    precision: float
    recall: float
    mean_iou: float
    average_precision: float


def measure(kind: Marks, pictures: Sequence[Marked]) -> Precision:
    """The figures of some pictures.

    Source of the average precision: Everingham et al., The PASCAL Visual Object Classes Challenge (IJCV 88, 2010), as
    the area under the curve whose precision does not rise with recall.
    """
    found = [pair for each in pictures for pair in matches(kind, each)]
    marks, true = (sum(len(getattr(each, name)) for each in pictures) for name in ("marks", "true"))
    classes = [name for name in kind.classes if any(mark.name == name for each in pictures for mark in each.true)]
    areas = [average_precision(kind, pictures, name) for name in classes]
    return Precision(
        len(found) / marks if marks else 1.0,
        len(found) / true if true else 1.0,
        float(np.mean(found)) if found else 0.0,
        float(np.mean(areas)) if areas else 1.0,
    )


def matches(kind: Marks, picture: Marked) -> list[float]:
    """How alike (0 to 1) the marks are to true ones of the same class that they are meant to be."""
    both = kind.find_both(picture.marks, picture.true)
    return [likeness(kind, picture.marks[one], picture.true[other]) for one, other in both]


def likeness(kind: Marks, one: Mark, other: Mark) -> float:
    """The share of what either covers that both do."""
    return float(kind.find_alike([one.shape, other.shape], 0.0).likeness[0])


def average_precision(kind: Marks, pictures: Sequence[Marked], name: str) -> float:
    """The area under precision over recall of one class, the surest marks first."""
    total = sum(mark.name == name for each in pictures for mark in each.true)
    judged = sorted((pair for each in pictures for pair in judge(kind, each, name)), key=lambda pair: -pair[0])
    right: Array = np.cumsum([is_right for _, is_right in judged]) if judged else np.zeros(0)
    precision = right / np.arange(1, len(right) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((falling * np.diff(right / total, prepend=0.0)).sum())


def judge(kind: Marks, picture: Marked, name: str) -> list[tuple[float, bool]]:
    """Of each mark of a class how sure it is, and whether a true one is still free for it when its turn has come."""
    free = [mark for mark in picture.true if mark.name == name]
    own = [pair for pair in zip(picture.confidences, picture.marks, strict=True) if pair[1].name == name]
    found = []
    for sure, mark in sorted(own, key=lambda pair: -pair[0]):
        alike = [likeness(kind, mark, each) for each in free]
        best = int(np.argmax(alike)) if alike else -1
        is_right = best >= 0 and alike[best] >= kind.same
        if is_right:
            free.pop(best)
        found.append((sure, is_right))
    return found
