"""What labels cost: strategies on the same real headlines and the same simulated crowds.

    .venv/bin/python -m benchmarks.labeling_cost --data FOLDER [--seeds 30] [--only nothing] [--crowds good] [--tune]

FOLDER has train.csv and test.csv with the columns headline and category. The first row is the public example's way:
five answers to each item, a golden task in each suite of five, Dawid-Skene with 20 iterations. All strategies work with
the same suite and the same rule for banning workers; a paid answer is a place in a paid suite, golden tasks and empty
places included.

`strategies`: test.csv is labeled, and the model has learned from the true labels of train.csv, which somebody has paid
for. `nothing`: both files in batches, by a project that begins without a label; what the model learns from is bought
from the same crowd, and all of it counts. `shift`: a batch of a kind that the model does not know.

Nothing is chosen by test.csv: `--tune` shows the same tables on splits of train.csv. What the crowds are like beside
real ones is printed by benchmarks.crowd_fit; asking again, replayed on the answers of real crowds, by
benchmarks.real_crowds.
"""

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import t

from benchmarks.labeling_cost.scenarios import BATCH, compare, from_nothing, read_data, shift, whole
from benchmarks.labeling_cost.strategies import Outcome

CROWDS = ("good", "mixed", "typical", "hard")
SCENARIOS = ("strategies", "nothing", "shift")


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--crowds", nargs="+", default=CROWDS, help="presets, or files that describe a crowd")
    options = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        for crowd in options.crowds:
            for scenario in [options.only] if options.only else SCENARIOS:
                run = partial(one, options.data, options.tune, crowd, scenario)
                PRINTERS[scenario](crowd, list(pool.map(run, range(options.seeds))))


def one(folder: Path, tune: bool, crowd: str, scenario: str, seed: int) -> dict[str, list[Outcome]]:
    """One seed of a scenario."""
    data = read_data(folder, seed if tune else None)
    if scenario == "nothing":
        return from_nothing(data, crowd, seed)
    found = compare(data, crowd, seed) if scenario == "strategies" else shift(data, crowd, seed)
    return {name: [outcome] for name, outcome in found.items()}


def print_strategies(crowd: str, runs: Sequence[dict[str, list[Outcome]]]) -> None:
    """Cost and accuracy of each strategy, beside the example's."""
    print(f"\n{crowd} crowd, {len(runs)} seeds, paid answers an item; mean and 95 % interval")
    print_comparison({name: [run[name][0] for run in runs] for name in runs[0]})


def print_from_nothing(crowd: str, runs: Sequence[dict[str, list[Outcome]]]) -> None:
    """The same for a project that begins without labels, with all that it has paid; then how much the model labels."""
    batches = len(next(iter(runs[0].values())))
    print(f"\n{crowd} crowd, from nothing, {batches} batches of {BATCH}, {len(runs)} seeds, all labels paid for")
    print_comparison({name: [whole(run[name]) for run in runs] for name in runs[0]})
    for name in runs[0]:
        shares = [np.mean([run[name][batch].by_model for run in runs]) for batch in range(batches)]
        if any(shares):
            print(f"{name:18}by model, batch by batch: {' '.join(f'{share:4.0%}' for share in shares)}")


def print_comparison(found: Mapping[str, Sequence[Outcome]]) -> None:
    """A line for each strategy, beside the first."""
    first = next(iter(found))
    print(f"{'':18}{'paid':>18}{'fewer':>9}{'accuracy, %':>18}{'minus first':>18}{'by model':>10}{'fell back':>11}")
    for name, each in found.items():
        fewer = 1 - np.mean([one.paid for one in each]) / np.mean([one.paid for one in found[first]])
        pairs = zip(each, found[first], strict=True)
        differences = [100 * (one.accuracy - other.accuracy) for one, other in pairs]
        print(
            f"{name:18}{interval([one.paid for one in each], 3):>18}{fewer:>9.1%}"
            f"{interval([100 * one.accuracy for one in each]):>18}{interval(differences):>18}"
            f"{np.mean([one.by_model for one in each]):>10.1%}{sum(one.fell_back for one in each):>11}"
        )


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


PRINTERS = {"strategies": print_strategies, "nothing": print_from_nothing, "shift": print_shift}


if __name__ == "__main__":
    main()
