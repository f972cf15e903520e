"""What labels cost: strategies on the same real headlines and the same simulated crowds.

    .venv/bin/python -m benchmarks.labeling_cost --data FOLDER [--seeds 30] [--tune]

FOLDER has train.csv and test.csv with the columns headline and category. The first row is the public example's way:
five answers to each item, a golden task in each suite of five, Dawid-Skene with 20 iterations. All strategies work with
the same suite and the same rule for banning workers; a paid answer is a place in a paid suite, golden tasks and empty
places included. The model learns from train.csv; test.csv is labeled, and nothing is chosen by it: `--tune` shows the
same table on splits of train.csv.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import t

from benchmarks.labeling_cost.scenarios import cold_start, compare, read_data, shift
from benchmarks.labeling_cost.strategies import Outcome

CROWDS = ("good", "mixed")


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--only", choices=("strategies", "cold", "shift"))
    options = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        for crowd in CROWDS:
            run = partial(one, options.data, options.tune, crowd)
            seeds = range(options.seeds)
            if options.only in (None, "strategies"):
                print_strategies(crowd, list(pool.map(partial(run, "strategies"), seeds)))
            if options.only in (None, "cold"):
                print_cold_start(crowd, list(pool.map(partial(run, "cold"), seeds)))
            if options.only in (None, "shift"):
                print_shift(crowd, list(pool.map(partial(run, "shift"), seeds)))


def one(folder: Path, tune: bool, crowd: str, scenario: str, seed: int) -> dict[str, list[Outcome]]:
    """One seed of a scenario."""
    data = read_data(folder, seed if tune else None)
    if scenario == "cold":
        return cold_start(data, crowd, seed)
    found = compare(data, crowd, seed) if scenario == "strategies" else shift(data, crowd, seed)
    return {name: [outcome] for name, outcome in found.items()}


def print_strategies(crowd: str, runs: Sequence[dict[str, list[Outcome]]]) -> None:
    """Cost and accuracy of each strategy, beside the example's."""
    print(f"\n{crowd} crowd, {len(runs)} seeds, paid answers an item; mean and 95 % interval")
    print(f"{'':18}{'paid':>18}{'fewer':>9}{'accuracy, %':>18}{'minus example':>18}{'by model':>10}{'fell back':>11}")
    base = runs[0]["example"], [run["example"][0] for run in runs]
    for name in runs[0]:
        found = [run[name][0] for run in runs]
        fewer = 1 - np.mean([each.paid for each in found]) / np.mean([each.paid for each in base[1]])
        differences = [100 * (each.accuracy - other.accuracy) for each, other in zip(found, base[1], strict=True)]
        print(
            f"{name:18}{interval([each.paid for each in found], 3):>18}{fewer:>9.1%}"
            f"{interval([100 * each.accuracy for each in found]):>18}{interval(differences):>18}"
            f"{np.mean([each.by_model for each in found]):>10.1%}{sum(each.fell_back for each in found):>11}"
        )


def print_cold_start(crowd: str, runs: Sequence[dict[str, list[Outcome]]]) -> None:
    """Batch by batch."""
    print(f"\n{crowd} crowd, cold start with 50 labels, {len(runs)} seeds: paid an item, accuracy in %")
    print(f"{'batch':6}{'people only':>32}{'model and people':>36}{'accuracy minus':>20}")
    for number in range(len(runs[0]["people only"])):
        people, model = ([run[name][number] for run in runs] for name in ("people only", "model and people"))
        differences = [100 * (each.accuracy - other.accuracy) for each, other in zip(model, people, strict=True)]
        print(f"{number + 1:<6}{brief(people):>32}{brief(model):>36}{interval(differences):>20}")


def print_shift(crowd: str, runs: Sequence[dict[str, list[Outcome]]]) -> None:
    """What becomes of a batch of a kind that the model does not know."""
    print(f"\n{crowd} crowd, a new kind of item, {len(runs)} seeds: paid an item, accuracy in %")
    for name in runs[0]:
        found = [run[name][0] for run in runs]
        noticed = sum(each.fell_back for each in found)
        share = np.mean([each.by_model for each in found])
        print(f"{name:18}{brief(found):>32}   by model {share:6.1%}, audit failed in {noticed}")


def brief(found: Sequence[Outcome]) -> str:
    """Cost and accuracy with their intervals."""
    return f"{interval([each.paid for each in found])}  {interval([100 * each.accuracy for each in found])}"


def interval(values: Sequence[float], digits: int = 2) -> str:
    """The mean and half the width of its 95 % interval (Student's t)."""
    width = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{np.mean(values):.{digits}f} \u00b1 {width:.{digits}f}"


if __name__ == "__main__":
    main()
