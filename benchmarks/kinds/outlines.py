"""Outlines: the product beside crowd-kit's majority of masks, which gets the same groups."""

import math
import time

import numpy as np
import pandas as pd
import shapely
from crowdkit.aggregation import SegmentationMajorityVote

from benchmarks.kinds.boxes import said
from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from benchmarks.kinds.pictures import CLASSES, around, draw_things, outline_of, say_outlines
from hitl_assets.labeling.kinds.pictures.marks import Mark
from hitl_assets.labeling.kinds.pictures.polygons import Polygons, majority, polygon_of

KIND = Polygons(FIELD, {"type": "json", "required": False}, CLASSES)
# So many pixels has a side of a picture for crowd-kit.
PIXELS = 300
# So many groups are given to it: it takes a tenth of a second for three of them.
MOST_GROUPS = 100


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Pictures with some things each, and what a crowd outlines in them."""
    chance = np.random.default_rng(seed)
    truths = [[outline_of(*each, chance) for each in draw_things(chance)] for _ in range(ITEMS + GOLDEN)]
    return simulate(truths, say_outlines, crowd, overlap, seed)


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)


def fits(given: Given) -> tuple[float, float, float, float, float]:
    """The mean likeness of outlines to what is right, of groups with two and more: of one of them, of the product's and
    of crowd-kit's; and the seconds that the last two took."""
    groups, right = [], []
    for key, own in said(given, KIND).items():
        marks = [(worker, mark) for worker, each in enumerate(own) for mark in each]
        true = KIND.parts_in(KIND.cell(given.truth[key])) or () if key in given.truth else ()
        for members in KIND.group([w for w, _ in marks], [m for _, m in marks]) if marks else []:
            shapes = [marks[place][1].shape for place in members]
            best = max(true, key=lambda mark: likeness(mark.shape, shapes[0]), default=None)
            if len(members) > 1 and best is not None and likeness(best.shape, shapes[0]) > 0.3:
                groups.append(shapes)
                right.append(best.shape)
    groups, right = groups[:MOST_GROUPS], right[:MOST_GROUPS]
    majority.cache_clear()
    start = time.perf_counter()
    composed = KIND.compose(groups, [[0] * len(each) for each in groups])
    seconds = time.perf_counter() - start
    mine = np.mean([likeness(one, other) for one, other in zip(composed, right, strict=True)])
    first = np.mean([likeness(each[0], other) for each, other in zip(groups, right, strict=True)])
    rows = [
        (number, str(place), mask_of(shape)) for number, each in enumerate(groups) for place, shape in enumerate(each)
    ]
    start = time.perf_counter()
    voted = SegmentationMajorityVote().fit_predict(pd.DataFrame(rows, columns=["task", "worker", "segmentation"]))
    theirs_seconds = time.perf_counter() - start
    theirs = np.mean([share(voted[number], mask_of(shape)) for number, shape in enumerate(right)])
    return float(first), float(mine), float(theirs), seconds, theirs_seconds


def likeness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """What both outlines cover as a share of what either covers."""
    first, second = polygon_of(one), polygon_of(other)
    return float(first.intersection(second).area / first.union(second).area)


def mask_of(shape: tuple[float, ...]) -> np.ndarray:
    """The pixels of a picture whose middles an outline covers."""
    middles = (np.arange(PIXELS) + 0.5) / PIXELS
    x, y = np.meshgrid(middles, middles)
    found: np.ndarray = shapely.contains_xy(polygon_of(shape), x, y)
    return found


def share(one: np.ndarray, other: np.ndarray) -> float:
    """What both masks cover as a share of what either covers."""
    return float((one & other).sum() / (one | other).sum())


def crowded(people: int = 5, pictures: int = 50, things: int = 100) -> list[list[tuple[int, Mark]]]:
    """Pictures full of things, as several people outline them: what is grouped at most."""
    chance = np.random.default_rng(0)
    side = math.ceil(things**0.5)
    found = []
    for _ in range(pictures):
        own = []
        for worker in range(people):
            for place in range(things):
                box = ((place % side + 0.1) / side, (place // side + 0.1) / side, 0.7 / side, 0.7 / side)
                shift = chance.normal(0, 0.004, 2)
                outline = outline_of(CLASSES[place % 3], (box[0] + shift[0], box[1] + shift[1], *box[2:]), chance)
                own += [(worker, mark) for mark in KIND.read([outline])]
        found.append(own)
    return found


def boxed(marks: list[tuple[int, Mark]]) -> list[tuple[int, Mark]]:
    """The boxes around outlines."""
    found = []
    for worker, mark in marks:
        box = around(KIND.write(mark))
        found.append((worker, Mark(mark.name, (box["left"], box["top"], box["width"], box["height"]))))
    return found
