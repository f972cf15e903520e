"""Boxes: the product beside one annotator, Weighted Boxes Fusion, and the majority of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.kinds import fusion
from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from benchmarks.kinds.pictures import CLASSES, box_of, draw_things, say_boxes
from hitl_assets.labeling.aggregation.calibration import is_sure
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.marks import Mark, Marks
from hitl_assets.labeling.records import Answer

KIND = Boxes(FIELD, {"type": "json", "required": False}, CLASSES)
BINS = 10


@dataclass(frozen=True)
class Found:
    """How many marks are right, were made, and are there; of each that was made how sure it is, and if it is right."""

    right: int
    made: int
    true: int
    sure: np.ndarray
    hits: np.ndarray

    @property
    def f1(self) -> float:
        """Twice what is right among what was made and what is there."""
        return 2 * self.right / max(1, self.made + self.true)

    @property
    def calibration_error(self) -> float:
        """How far the marks' confidence is from the share that is right, on average over tenths of confidence."""
        bins = np.minimum((self.sure * BINS).astype(int), BINS - 1)
        parts = (bins == each for each in np.unique(bins))
        return float(sum(abs(self.hits[part].sum() - self.sure[part].sum()) for part in parts) / max(1, len(bins)))


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Pictures with some things each, and what a crowd marks in them."""
    chance = np.random.default_rng(seed)
    truths = [[box_of(*each) for each in draw_things(chance)] for _ in range(ITEMS + GOLDEN)]
    return simulate(truths, say_boxes, crowd, overlap, seed)


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)


def said(given: Given, kind: Marks) -> Mapping[str, list[Sequence[Mark]]]:
    """What each worker marked, by item."""
    found: dict[str, list[Sequence[Mark]]] = {}
    for each in counted(given.answers, kind):
        found.setdefault(each.item_key, []).append(kind.parts_in(kind.cell(each.values[FIELD])) or ())
    return found


def compare(
    given: Given, kind: Marks, made: Mapping[str, Sequence[Mark]], sure: Mapping[str, Sequence[float]] | None = None
) -> Found:
    """How right marks are, by item: those of the right class that are alike."""
    right = total = there = 0
    every, hits = [], []
    for key, true in given.truth.items():
        marks, key_marks = list(made.get(key, ())), kind.parts_in(kind.cell(true)) or ()
        matched = {one for one, _ in kind.find_both(marks, key_marks)}
        right, total, there = right + len(matched), total + len(marks), there + len(key_marks)
        every += list(sure[key]) if sure else [1.0] * len(marks)
        hits += [float(place in matched) for place in range(len(marks))]
    return Found(right, total, there, np.array(every), np.array(hits))


def alone(given: Given, kind: Marks = KIND) -> Found:
    """The marks of one annotator for each item."""
    return compare(given, kind, {key: own[0] for key, own in said(given, kind).items()})


def majority(given: Given, kind: Marks = KIND) -> Found:
    """Groups in which more than half have a mark, of the class that most say; the medians of their numbers."""
    made: dict[str, list[Mark]] = {}
    sure: dict[str, list[float]] = {}
    for key, own in said(given, kind).items():
        marks = [(worker, mark) for worker, each in enumerate(own) for mark in each]
        made[key], sure[key] = [], []
        for members in kind.group([w for w, _ in marks], [m for _, m in marks]) if marks else []:
            if 2 * len(members) <= len(own):
                continue
            names = [marks[place][1].name for place in members]
            shapes = [marks[place][1].shape for place in members]
            shape = middle(shapes) if kind is KIND else kind.compose([shapes], [[0] * len(shapes)])[0]
            made[key].append(Mark(max(sorted(set(names)), key=names.count), shape))
            sure[key].append(len(members) / len(own))
    return compare(given, kind, made, sure)


def middle(shapes: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The median of each number."""
    return tuple(np.median(shapes, axis=0).tolist())


def fused(given: Given) -> Found:
    """Weighted Boxes Fusion, the boxes in which more than half have a part."""
    made: dict[str, list[Mark]] = {}
    sure: dict[str, list[float]] = {}
    for key, own in said(given, KIND).items():
        found = [each for each in fusion.fuse(own) if each[1] > 0.5]
        made[key], sure[key] = [mark for mark, _ in found], [share for _, share in found]
    return compare(given, KIND, made, sure)


def labeled(given: Given, kind: Marks, made: Made) -> Found:
    """The product's labels, with the confidence of each mark."""
    marks: dict[str, Any] = {each.item_key: kind.parts_in(each.label) or () for each in made.labels}
    return compare(given, kind, marks, {each.item_key: each.part_confidences for each in made.labels})


def topped_up(given: Given, kind: Marks = KIND, start: int = 2, confidence: float = 0.95) -> tuple[Found, int]:
    """The labels where few are asked at first, and one more each time a label is not so sure; and how many answers that
    took. `given` has as many answers as there may be."""
    golden = [each for each in given.answers if each.is_golden]
    queue: dict[str, list[Answer]] = {}
    for each in given.answers:
        if not each.is_golden:
            queue.setdefault(each.item_key, []).append(each)
    asked = dict.fromkeys(queue, start)
    while True:
        used = [each for key, own in queue.items() for each in own[: asked[key]]]
        made = label(Given((*used, *golden), given.truth), kind)
        unsure = [each.item_key for each in made.labels if not is_sure(each, confidence)]
        more = [key for key in unsure if asked[key] < len(queue[key])]
        if not more:
            return labeled(given, kind, made), len(used)
        asked |= {key: asked[key] + 1 for key in more}
