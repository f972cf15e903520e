"""What is compared: one seed of each strategy, a project that begins with nothing, and a new kind of item."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.labeling_cost.crowd import Crowd
from benchmarks.labeling_cost.headlines import Headline, project_with, read_headlines
from benchmarks.labeling_cost.strategies import Loop, Outcome, Taught, example, predict, teach
from hitl_assets.labeling.model.routing import MODEL
from hitl_assets.labeling.records import Label

# How sure people's labels are to be: what it costs and brings, from cheap to careful. A project chooses one.
CONFIDENCES = (0.985, 0.99, 0.997, 0.998, 0.999)
PEOPLE: dict[str, Any] = {"overlap": {"start": 2, "max": 7, "confidence": 0.985}}
# Chosen on train.csv alone (--tune).
WITH_MODEL: dict[str, Any] = {
    "overlap": {"start": 1, "max": 7, "confidence": 0.99},
    "model": {"target_accuracy": 0.995, "audit": {"share": 0.03, "at_least": 10}},
}
# From nothing: people with the defaults; the model with the defaults (0.95), and as above.
FROM_NOTHING: dict[str, dict[str, Any]] = {
    "people, 0.99": {"overlap": {}},
    "model, 0.95": {"overlap": {}, "model": {}},
    "model, 0.995": WITH_MODEL,
}
BATCH = 200


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
    taught = teach([each.text for each in known], [each.category for each in known])
    assert taught is not None
    return taught


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


def from_nothing(data: Data, preset: str, seed: int) -> dict[str, list[Outcome]]:
    """All headlines in batches, in random order, by a project that begins without a label: each strategy's batches.

    What is learned from are labels that this crowd was paid for. The model is trained anew after each batch, on all
    that people have labeled; its evidence is the cross-validation on these labels, with how sure they are.
    """
    stream = [*data.known, *data.new]
    stream = [stream[at] for at in np.random.default_rng(seed).permutation(len(stream))]
    batches = [stream[start : start + BATCH] for start in range(0, len(stream) - BATCH + 1, BATCH)]
    crowd = Crowd(preset, seed)
    found = {"five answers": [example(batch, crowd) for batch in batches]}
    for name, sections in FROM_NOTHING.items():
        found[name] = label_batches(Loop(project_with(**sections), Crowd(preset, seed)), batches)
    return found


def label_batches(loop: Loop, batches: Sequence[Sequence[Headline]]) -> list[Outcome]:
    """Batch after batch; what people label in one, the model has learned before the next."""
    bought: list[Label] = []
    outcomes = []
    for batch in batches:
        taught = None
        if loop.project.configuration.model:
            texts = [str(label.values["headline"]) for label in bought]
            taught = teach(texts, [label.label for label in bought], [label.confidence for label in bought])
        outcome, decided = loop.label(batch, taught)
        outcomes.append(outcome)
        bought += [label for label in decided.labels.labels if label.source != MODEL]
    return outcomes


def whole(batches: Sequence[Outcome]) -> Outcome:
    """Batches of the same size as one: everything that was paid, over all items."""
    paid, accuracy, by_model = (
        float(np.mean([getattr(each, name) for each in batches])) for name in ("paid", "accuracy", "by_model")
    )
    return Outcome(paid, accuracy, by_model, any(each.fell_back for each in batches))


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
