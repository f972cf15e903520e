"""Labels by people that are wrong now and then: is a good model used, and a bad one not?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.model_evidence import earlier
from hitl_assets.labeling.model.evidence import Evidence, compare, reconsider
from hitl_assets.labeling.model.threshold import choose_threshold

TARGETS = (0.95, 0.99, 0.995)
SIZES = (200, 1400)
# What people's labels are said to get wrong, and what they really do: half of it, that, double.
SAID = 0.03
TRULY = (0.015, 0.03, 0.06)
# Of models that are just too bad: how many points below the target.
BELOW = 0.0001
WAYS = ("before", "now", "asked again")


@dataclass(frozen=True)
class World:
    """A model that is right so often, however sure it is (`slope` 0) or mostly where it is sure; people who say that
    they are wrong in SAID and are in `noise`, spread over the items as `spread` says (0: all alike)."""

    items: int
    accuracy: float
    noise: float
    slope: float = 0.0
    spread: float = 0.0


def used(world: World, target: float, seed: int) -> dict[str, bool]:
    """Whether the model is used for something, by each way of judging it, and is too bad for that there."""
    chance = np.random.default_rng([seed, world.items])
    probability, is_right, people_right, said = draw(world, chance)
    agrees = is_right == people_right
    found = {
        "before": earlier.choose_threshold(probability, agrees, said, target),
        "now": threshold_of([compare(*row) for row in zip(probability, agrees, 1 - said, strict=True)], target),
        "asked again": threshold_of(
            # A second opinion about each disagreement says who was right.
            [reconsider(each, bool(right), 1.0) for each, right in zip(probability, is_right, strict=True)],
            target,
        ),
    }
    return {way: threshold is not None for way, threshold in found.items()}


def draw(world: World, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """How sure the model is of each item, whether it is right, whether people are, and how often they say they err."""
    rank = (np.arange(world.items) + 0.5) / world.items
    error = np.minimum(0.5, (1 - world.accuracy) * (1 + world.slope) * rank**world.slope)
    shape = np.exp(world.spread * chance.standard_normal(world.items) - world.spread**2 / 2)
    said = np.minimum(0.5, SAID * shape)
    truly = np.minimum(0.5, world.noise * shape)
    is_right = chance.random(world.items) >= error
    return 1 - rank / 2, is_right, chance.random(world.items) >= truly, said


def threshold_of(evidence: list[Evidence], target: float) -> float | None:
    """The threshold that the product finds."""
    found = choose_threshold(evidence, target)
    return found.probability if found else None


def shares(world: World, target: float, seeds: int) -> dict[str, float]:
    """In how many of the seeds the model is used."""
    every = [used(world, target, seed) for seed in range(seeds)]
    return {way: float(np.mean([each[way] for each in every])) for way in WAYS}


def good_models(seeds: int) -> Iterator[tuple[str, ...]]:
    """How often a model is used that is right in 99.6 %, and one that is right in 98 %."""
    for items in SIZES:
        for target in TARGETS:
            for accuracy in (0.98, 0.996):
                if accuracy > target:
                    for name, spread in (("alike", 0.0), ("differ", 1.5)):
                        found = shares(World(items, accuracy, SAID, slope=3, spread=spread), target, seeds)
                        yield (str(items), str(target), f"{accuracy:.1%}", name, *percent(found))


def bad_models(seeds: int) -> Iterator[tuple[str, ...]]:
    """How often a model is used that is right a hair less often than it should be, however sure it is."""
    for items in SIZES:
        for target in TARGETS:
            for truly in TRULY:
                for name, spread in (("alike", 0.0), ("differ", 1.5)):
                    found = shares(World(items, target - BELOW, truly, spread=spread), target, seeds)
                    yield (str(items), str(target), f"{truly:.1%}", name, *percent(found))


def percent(found: dict[str, float]) -> list[str]:
    """Shares for a table."""
    return [f"{found[way]:.0%}" for way in WAYS]
