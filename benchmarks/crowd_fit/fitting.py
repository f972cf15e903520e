"""The parameters of a crowd whose numbers come near those of real sets: the method of simulated moments.

McFadden, A method of simulated moments, 1989: the numbers of real sets are the moments, and the distance is the sum of
squared differences, each divided by its standard deviation over all real sets. It is made small one parameter after the
other, by steps that are halved when none helps. Every try has the same seeds, and chance follows from names
(hitl_assets/emulators/crowd/chance.py), so that two tries differ by their parameters and not by luck.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.crowd_fit.marginals import NAMES, Marginals, marginals
from benchmarks.crowd_fit.simulation import Shape, simulate
from hitl_assets.emulators.crowd.population import Population


@dataclass(frozen=True)
class Parameter:
    """Where a search begins, the first step, and the limits."""

    start: float
    step: float
    low: float
    high: float


# Accuracy of those who try, from `worst` to `best`; weights of two kinds of spammers beside 100 who try; the rest as in
# population.py. What only matters with several labels is left out with two.
PARAMETERS: Mapping[str, Parameter] = {
    "worst": Parameter(0.6, 0.1, 0.05, 0.95),
    "best": Parameter(0.95, 0.04, 0.3, 0.995),
    "random": Parameter(3, 3, 0.1, 40),
    "constant": Parameter(2, 2, 0.1, 20),
    "leaning": Parameter(0.6, 0.3, 0, 2),
    "difficulty": Parameter(1.2, 0.4, 0, 4),
    "classes": Parameter(0.4, 0.3, 0, 2),
    "together": Parameter(0.1, 0.1, 0, 0.8),
    "stays": Parameter(2, 1, 0.5, 20),
    "stays_spread": Parameter(1.3, 0.4, 0, 3),
    "twins": Parameter(0.2, 0.2, 0, 0.5),
    "decoys": Parameter(0.1, 0.1, 0, 0.5),
}
SEVERAL_LABELS = ("twins", "decoys")
HALVINGS = 3


def describe(values: Mapping[str, float]) -> Population:
    """The crowd with these parameters."""
    honest = {
        "name": "honest",
        "share": 100,
        "accuracy": [min(values["worst"], values["best"]), values["best"]],
        "leaning": values["leaning"],
    }
    spam = [
        {"name": kind, "share": values[kind], "spam": kind, "seconds_per_task": [1, 3]}
        for kind in ("random", "constant")
    ]
    mistakes = {name: values.get(name, 0.0) for name in ("difficulty", "classes", "together", *SEVERAL_LABELS)}
    arrival = {"stays": values["stays"], "stays_spread": values["stays_spread"]}
    return Population.model_validate({"groups": [honest, *spam], "mistakes": mistakes, "arrival": arrival})


def mean_marginals(crowd: str | Population, shape: Shape, seeds: int) -> np.ndarray:
    """The numbers of a simulated crowd, the mean of so many seeds, in the order of NAMES."""
    return np.mean([as_row(marginals(simulate("", crowd, shape, seed))) for seed in range(seeds)], axis=0)


def as_row(found: Marginals) -> np.ndarray:
    """The numbers in the order of NAMES."""
    return np.array([getattr(found, name) for name in NAMES])


@dataclass(frozen=True)
class Target:
    """What a crowd is to be like: its numbers, and how much a difference in each counts (its unit)."""

    numbers: np.ndarray
    units: np.ndarray

    def distance(self, values: Mapping[str, float], shape: Shape, seeds: int) -> float:
        """The sum of squared differences, in units. A number that cannot be told counts as one unit."""
        apart = (mean_marginals(describe(values), shape, seeds) - self.numbers) / self.units
        return float((np.nan_to_num(apart, nan=1.0) ** 2).sum())


def target_of(chosen: Sequence[Marginals], every: Sequence[Marginals]) -> Target:
    """The median of the chosen sets, in units of the standard deviation over every set."""
    deviations = np.nanstd([as_row(each) for each in every], axis=0)
    return Target(np.nanmedian([as_row(each) for each in chosen], axis=0), deviations)


def fit(target: Target, shape: Shape, seeds: int) -> Iterator[tuple[float, dict[str, float]]]:
    """Ever better parameters, with their distance."""
    names = [name for name in PARAMETERS if shape.labels > 2 or name not in SEVERAL_LABELS]
    values = {name: PARAMETERS[name].start for name in names}
    steps = {name: PARAMETERS[name].step for name in names}
    best, halved = target.distance(values, shape, seeds), 0
    yield best, values
    while halved <= HALVINGS:
        before = best
        for name in names:
            for direction in (1, -1):
                tried = {**values, name: limited(name, values[name] + direction * steps[name])}
                distance = target.distance(tried, shape, seeds)
                if distance < best:
                    best, values = distance, tried
                    yield best, values
                    break
        if best > 0.98 * before:
            halved += 1
            steps = {name: step / 2 for name, step in steps.items()}


def limited(name: str, value: float) -> float:
    """Inside the limits; twins and decoys together stay below 1 by theirs."""
    return round(min(max(value, PARAMETERS[name].low), PARAMETERS[name].high), 4)
