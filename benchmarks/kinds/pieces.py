"""Spans of texts that people miss, cut off and call otherwise; beside crowd-kit's Dawid-Skene of each word."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene

from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.texts.spans import Spans, spans_in

CLASSES = ("PER", "ORG", "LOC")
KIND = Spans(FIELD, {"type": "json", "required": False}, "text", CLASSES)
# Texts of so many words, each of so many letters and a space behind it.
WORDS, WIDTH, STEP = 14, 5, 6
# How often who misses a span, calls it otherwise, is wrong about an edge, and marks what is nothing (in a text).
SLIPS: Mapping[str, tuple[float, float, float, float]] = {
    "careful": (0.03, 0.02, 0.04, 0.02), "sloppy": (0.12, 0.08, 0.12, 0.1), "lazy": (0.45, 0.05, 0.15, 0.02),
}  # fmt: skip
OUT = "O"

# A span in words: its first, the first behind it, its class.
Piece = tuple[int, int, str]


def write(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Spans as people answer them."""
    return [{"class": name, "start": STEP * one, "end": STEP * end - 1} for one, end, name in sorted(pieces)]


def read(spans: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """Spans in words."""
    return [(each["start"] // STEP, (each["end"] + 1) // STEP, each["class"]) for each in spans]


def invent(chance: np.random.Generator, count: int) -> list[Piece]:
    """So many spans at most, none of them in another."""
    found: list[Piece] = []
    for _ in range(count):
        first = int(chance.integers(WORDS - 3))
        add(found, (first, first + int(chance.integers(1, 4)), str(chance.choice(CLASSES))))
    return found


def add(pieces: list[Piece], piece: Piece) -> None:
    """One more span, if it is in the text, and not in another."""
    if 0 <= piece[0] < piece[1] <= WORDS and all(piece[1] <= one or end <= piece[0] for one, end, _ in pieces):
        pieces.append(piece)


def say(true: Sequence[Mapping[str, Any]], sort: str, chance: np.random.Generator) -> list[dict[str, Any]]:
    """What a worker marks."""
    if sort == "random":
        return write(invent(chance, 3))
    misses, renames, shifts, invents = SLIPS[sort]
    found: list[Piece] = []
    for one, end, name in read(true):
        if chance.random() < misses:
            continue
        start = one + int(chance.choice((-1, 1))) if chance.random() < shifts else one
        stop = end + int(chance.choice((-1, 1))) if chance.random() < shifts else end
        called = str(chance.choice([each for each in CLASSES if each != name])) if chance.random() < renames else name
        add(found, (start, stop, called) if start < stop else (one, end, called))
    if chance.random() < invents:
        add(found, invent(chance, 1)[0])
    return write(found)


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Texts with up to three spans, and what a crowd marks in them."""
    chance = np.random.default_rng(seed)
    truths = [write(invent(chance, int(chance.integers(4)))) for _ in range(ITEMS + GOLDEN)]
    return simulate(truths, say, crowd, overlap, seed)


def peer(given: Given) -> float:
    """The strict F1 of crowd-kit's Dawid-Skene, asked of each word: which class begins there or goes on."""
    rows = [
        ((each.item_key, place), each.worker_id, tag)
        for each in counted(given.answers, KIND)
        for place, tag in enumerate(tags_of(read(each.values[FIELD])))
    ]
    found = DawidSkene(n_iter=100).fit_predict(pd.DataFrame(rows, columns=["task", "worker", "label"]))
    decided = {key: untag([found[key, place] for place in range(WORDS)]) for key in given.truth}
    return f1(given, decided)


def tags_of(pieces: Sequence[Piece]) -> list[str]:
    """For each word whether a span begins there (B-), goes on (I-), or neither."""
    tags = [OUT] * WORDS
    for one, end, name in pieces:
        tags[one:end] = [f"B-{name}", *[f"I-{name}"] * (end - one - 1)]
    return tags


def untag(tags: Sequence[str]) -> list[Piece]:
    """The spans of these words: of one class, as far as none begins anew."""
    starts = [
        place
        for place, (before, tag) in enumerate(pairwise([OUT, *tags]))
        if tag != OUT and (tag[0] == "B" or before[2:] != tag[2:])
    ]
    found = []
    for start in starts:
        end = start + 1
        while end < len(tags) and tags[end] == f"I-{tags[start][2:]}":
            end += 1
        found.append((start, end, tags[start][2:]))
    return found


def f1(given: Given, decided: Mapping[str, Sequence[Piece]]) -> float:
    """Strict: a span is right if both edges and the class are."""
    right = total = 0
    for key, true in given.truth.items():
        right += len(set(read(true)) & set(decided.get(key, ())))
        total += len(true) + len(decided.get(key, ()))
    return 2 * right / total


def single(given: Given) -> float:
    """The strict F1 of one worker for each text, whoever came first."""
    first: dict[str, list[Piece]] = {}
    for each in counted(given.answers, KIND):
        first.setdefault(each.item_key, read(each.values[FIELD]))
    return f1(given, first)


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)


def unaided(given: Given) -> Made:
    """The product's labels without golden tasks, which the peers don't know of either."""
    return label(Given(tuple(each for each in given.answers if not each.is_golden), given.truth), KIND)


def strict(given: Given, made: Made) -> float:
    """The strict F1 of labels."""
    cells = zip(given.truth, made.cells, strict=True)
    return f1(
        given, {key: [(s.start // STEP, (s.end + 1) // STEP, s.name) for s in spans_in(c) or ()] for key, c in cells}
    )
