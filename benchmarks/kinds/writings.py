"""Texts that people write down, with typing mistakes and words left out; beside crowd-kit's ROVER."""

import string
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from crowdkit.aggregation import ROVER
from rapidfuzz.distance import Levenshtein

from benchmarks.kinds.crowd import FIELD, GOLDEN, ITEMS, Given, simulate
from benchmarks.kinds.labels import Made, label
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.texts.text import Text

KIND = Text(FIELD, {"type": "string"})
# How often who writes a text down without looking, then mistypes a word, and leaves one out.
SLIPS: Mapping[str, tuple[float, float, float]] = {
    "careful": (0.3, 0.05, 0.01), "sloppy": (0.8, 0.1, 0.04), "lazy": (0.9, 0.25, 0.2),
}  # fmt: skip
LETTERS = tuple(string.ascii_lowercase)


def say(true: str, sort: str, chance: np.random.Generator) -> str:
    """What a worker writes."""
    if sort == "random":
        return invent(chance)
    hurries, mistypes, drops = SLIPS[sort]
    if chance.random() >= hurries:
        return true
    kept = [word for word in true.split() if chance.random() >= drops] or true.split()[:1]
    return " ".join(mistype(word, chance) if chance.random() < mistypes else word for word in kept)


def mistype(word: str, chance: np.random.Generator) -> str:
    """A word with a letter that is another one, is missing or is there twice."""
    at = int(chance.integers(len(word)))
    return word[:at] + str(chance.choice(["", 2 * word[at], str(chance.choice(LETTERS))])) + word[at + 1 :]


def invent(chance: np.random.Generator) -> str:
    """A text of four to twelve words."""
    sizes = chance.integers(2, 9, size=chance.integers(4, 13))
    return " ".join("".join(chance.choice(LETTERS, size)) for size in sizes)


def draw(crowd: str, overlap: int, seed: int) -> Given:
    """Texts, and what a crowd writes down."""
    chance = np.random.default_rng(seed)
    return simulate([invent(chance) for _ in range(ITEMS + GOLDEN)], say, crowd, overlap, seed)


def peer(given: Given) -> float:
    """The word error rate of crowd-kit's ROVER."""
    votes = counted(given.answers, KIND)
    rows = [(each.item_key, each.worker_id, each.values[FIELD]) for each in votes]
    frame = pd.DataFrame(rows, columns=["task", "worker", "text"])
    found = ROVER(tokenizer=str.split, detokenizer=" ".join).fit_predict(frame)
    return error_rate(given, found.to_dict())


def single(given: Given) -> float:
    """The word error rate of one worker for each text, whoever came first."""
    first: dict[str, str] = {}
    for each in counted(given.answers, KIND):
        first.setdefault(each.item_key, each.values[FIELD])
    return error_rate(given, first)


def error_rate(given: Given, texts: Mapping[str, str]) -> float:
    """How many words are to be changed, added and left out, as a share of those that are right."""
    wrong = sum(Levenshtein.distance(true.split(), texts[key].split()) for key, true in given.truth.items())
    return wrong / sum(len(true.split()) for true in given.truth.values())


def ours(given: Given) -> Made:
    """The product's labels."""
    return label(given, KIND)


def unaided(given: Given) -> Made:
    """The product's labels without golden tasks, which the peers don't know of either."""
    return label(Given(tuple(each for each in given.answers if not each.is_golden), given.truth), KIND)


def errors(given: Given, cells: Sequence[str]) -> float:
    """The word error rate of labels."""
    return error_rate(given, dict(zip(given.truth, cells, strict=True)))
