"""What is compared: one seed of each strategy, a cold start, and a new kind of item."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.labeling_cost.crowd import Crowd
from benchmarks.labeling_cost.headlines import Headline, project_with, read_headlines
from benchmarks.labeling_cost.strategies import Loop, Outcome, Taught, example, predict, teach

# How sure people's labels are to be: what it costs and brings, from cheap to careful. A project chooses one.
CONFIDENCES = (0.985, 0.99, 0.997, 0.998, 0.999)
PEOPLE: dict[str, Any] = {"overlap": {"start": 2, "max": 7, "confidence": 0.985}}
# Chosen on train.csv alone (--tune).
WITH_MODEL: dict[str, Any] = {
    "overlap": {"start": 1, "max": 7, "confidence": 0.99},
    "model": {"target_accuracy": 0.995, "audit": {"share": 0.03, "at_least": 10}},
}
FIRST, BATCH = 50, 130


@dataclass(frozen=True)
class Data:
    """The headlines that a model may learn from, and those that are to be labeled."""

    known: tuple[Headline, ...]
    new: tuple[Headline, ...]


@lru_cache(maxsize=1)
def read_data(folder: Path, tuning_seed: int | None) -> Data:
    """train.csv and test.csv; for tuning a split of train.csv instead, another one for each seed."""
    train = read_headlines(folder / "train.csv")
    if tuning_seed is None:
        return Data(tuple(train), tuple(read_headlines(folder / "test.csv")))
    order = np.random.default_rng(tuning_seed).permutation(len(train))
    return Data(tuple(train[i] for i in order[300:]), tuple(train[i] for i in order[:300]))


@lru_cache(maxsize=1)
def taught_by(known: tuple[Headline, ...]) -> Taught:
    """The classifier of these headlines."""
    return teach([each.text for each in known], [each.category for each in known])


def compare(data: Data, preset: str, seed: int) -> dict[str, Outcome]:
    """Each strategy once, on the same headlines and the same crowd."""
    found = {"example": example(data.new, Crowd(preset, seed))}
    for confidence in CONFIDENCES:
        project = project_with(overlap={**PEOPLE["overlap"], "confidence": confidence})
        found[f"people, {confidence}"] = Loop(project, Crowd(preset, seed)).label(data.new)[0]
    loop = Loop(project_with(**WITH_MODEL), Crowd(preset, seed))
    found["model and people"] = loop.label(data.new, taught_by(data.known))[0]
    return {**found, "model alone": model_alone(data)}


def model_alone(data: Data) -> Outcome:
    """What the model would say, without anybody looking."""
    predicted = predict(taught_by(data.known), data.new)
    right = sum(predicted[each.key].label == each.category for each in data.new)
    return Outcome(0.0, right / len(data.new), 1.0)


def cold_start(data: Data, preset: str, seed: int) -> dict[str, list[Outcome]]:
    """Batches of train.csv in a row, beginning with few labels; the model is trained anew after each."""
    order = np.random.default_rng(seed).permutation(len(data.known))
    stream = [data.known[i] for i in order]
    batches = [stream[start : start + BATCH] for start in range(FIRST, len(stream) - BATCH + 1, BATCH)]
    people, with_model = (Loop(project_with(**each), Crowd(preset, seed)) for each in (PEOPLE, WITH_MODEL))
    texts, labels = [each.text for each in stream[:FIRST]], [each.category for each in stream[:FIRST]]
    found: dict[str, list[Outcome]] = {"people only": [], "model and people": []}
    for batch in batches:
        found["people only"].append(people.label(batch)[0])
        outcome, decided = with_model.label(batch, teach(texts, labels))
        found["model and people"].append(outcome)
        by_people = [label for label in decided.labels.labels if label.source != "model"]
        texts += [str(label.values["headline"]) for label in by_people]
        labels += [label.label for label in by_people]
    return found


# Feeds as there are: capitals at the beginning of words, which the model knows of clickbait, make it unsure; no
# capitals at all make it sure of what is wrong.
FEEDS: dict[str, Callable[[str], str]] = {"capitalized": str.title, "lower case": str.lower}


def shift(data: Data, preset: str, seed: int) -> dict[str, Outcome]:
    """A batch from a feed that the model has learned nothing about."""
    found = {}
    for name, change in FEEDS.items():
        new = rewritten(data.new, change)
        project = project_with(**WITH_MODEL)
        found[f"{name}: model alone"] = model_alone(replace(data, new=tuple(new)))
        found[f"{name}: with model"] = Loop(project, Crowd(preset, seed)).label(new, taught_by(data.known))[0]
        found[f"{name}: people only"] = Loop(project_with(**PEOPLE), Crowd(preset, seed)).label(new)[0]
    return found


def rewritten(headlines: Sequence[Headline], change: Callable[[str], str]) -> list[Headline]:
    """The headlines as a feed has them."""
    texts = {change(each.text): each.category for each in headlines}
    return [Headline(text, category) for text, category in texts.items()]
