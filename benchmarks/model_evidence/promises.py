"""Real headlines, or harder ones: what a classifier labels by itself, and whether that is right as often as
promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.labeling_cost.headlines import Headline, read_headlines
from benchmarks.model_evidence import earlier
from benchmarks.model_evidence.noise import SAID, threshold_of
from hitl_assets.labeling.classifier import TextClassifier, input_frame, out_of_fold
from hitl_assets.labeling.model.evidence import compare, reconsider

TARGETS = (0.9, 0.95, 0.99, 0.995)
# How much of a headline is left: what is cut to a word or two is hard to tell.
WORDS = {"headlines": 100, "two words of each": 2}
LEARNED = 1000
WAYS = ("before", "now", "asked again")


@dataclass(frozen=True)
class Kept:
    """What the model labels of the rows that it has not learned from, and how many of that are right."""

    share: float
    accuracy: float


def read(folder: Path) -> list[Headline]:
    """All headlines of a folder."""
    every = [*read_headlines(folder / "train.csv"), *read_headlines(folder / "test.csv")]
    return list({each.text: each for each in every}.values())


def try_once(headlines: list[Headline], words: int, noise: float, seed: int) -> dict[tuple[str, float], Kept]:
    """One split: LEARNED rows with labels of which `noise` are wrong (and say so) to learn from, the rest to label."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(headlines))
    texts = np.array([" ".join(headlines[at].text.split()[:words]) for at in order])
    truth = np.array([headlines[at].category for at in order])
    names = np.unique(truth)
    is_wrong = chance.random(LEARNED) < noise
    labels = np.where(is_wrong, np.where(truth[:LEARNED] == names[0], names[1], names[0]), truth[:LEARNED])
    frame = input_frame([{"headline": each} for each in texts], ["headline"])
    unseen = out_of_fold(TextClassifier, frame[:LEARNED], list(labels))
    predicted = names[unseen.argmax(axis=1)]
    model = TextClassifier().fit(frame[:LEARNED], list(labels))
    rest = np.asarray(model.predict_proba(frame[LEARNED:]))
    is_right = names[rest.argmax(axis=1)] == truth[LEARNED:]
    sure, agrees, right = unseen.max(axis=1), predicted == labels, predicted == truth[:LEARNED]
    found = {}
    for target in TARGETS:
        thresholds = {
            "before": earlier.choose_threshold(sure, agrees, np.full(LEARNED, noise), target),
            "now": threshold_of(
                [compare(float(p), bool(a), 1 - noise) for p, a in zip(sure, agrees, strict=True)], target
            ),
            "asked again": threshold_of(
                [reconsider(float(p), bool(r), 1.0) for p, r in zip(sure, right, strict=True)], target
            ),
        }
        for way, threshold in thresholds.items():
            taken = is_right[rest.max(axis=1) >= threshold] if threshold is not None else is_right[:0]
            found[way, target] = Kept(len(taken) / len(is_right), float(taken.mean()) if len(taken) else np.nan)
    return found


def promises(folder: Path, seeds: int) -> Iterator[tuple[str, ...]]:
    """The share that the model labels, how much of that is right, and in how many of the seeds as much as promised."""
    headlines = read(folder)
    for name, words in WORDS.items():
        for noise in (0.0, SAID):
            runs = [try_once(headlines, words, noise, seed) for seed in range(seeds)]
            for target in TARGETS:
                yield (
                    name,
                    f"{noise:.0%}",
                    str(target),
                    *(told([run[way, target] for run in runs], target) for way in WAYS),
                )


def told(found: list[Kept], target: float) -> str:
    """One way of judging in a cell."""
    used = [each for each in found if each.share]
    if not used:
        return "never"
    kept = sum(each.accuracy >= target for each in used)
    share, accuracy = np.mean([each.share for each in found]), np.mean([each.accuracy for each in used])
    return f"{share:.0%}, {accuracy:.1%}, {kept} of {len(used)}"
