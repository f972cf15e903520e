"""Labels from the answers of real crowds: how often they are right, how surely, and what that takes.

    .venv/bin/python -m benchmarks.real_crowds FOLDER [--seeds 10] [--quick] [--methods NAME ...]
        [--only accuracy|reliability|topup|effort]

FOLDER has a folder for each data set with answers.csv (task, worker, label) and truth.csv (task, label). Of each task
1, 2, 3, 5 and all answers are drawn in random order, and every method gets the same. With golden tasks, one in five of
the tasks whose truth is known tells our method about its workers; no method counts it, and none is judged by it.
"Worse" and "better" are differences of more than two standard errors, paired over items. A promise is kept if at least
so many labels are right as they say, but for two points. `--quick` leaves out the slow methods.
"""

import argparse
import warnings
from collections.abc import Iterable
from pathlib import Path

from benchmarks.real_crowds.accuracy import LARGE, SLOW, run_methods
from benchmarks.real_crowds.crowds import read_sets
from benchmarks.real_crowds.effort import measure_effort
from benchmarks.real_crowds.methods import CROWDKIT, MAJORITY, OWN, QUICK
from benchmarks.real_crowds.reliability import reliability_table, run_reliability
from benchmarks.real_crowds.reports import effort_table, mean_table, set_table
from benchmarks.real_crowds.topup import topup_tables


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--methods", nargs="+", choices=(OWN, MAJORITY, *CROWDKIT), help="only these, for reliability")
    parser.add_argument("--only", choices=("accuracy", "reliability", "topup", "effort"))
    options = parser.parse_args()
    # crowd-kit's methods warn of empty means and logarithms of zero on few answers.
    warnings.simplefilter("ignore")
    methods = QUICK if options.quick else (OWN, MAJORITY, *CROWDKIT)
    for golden in (False, True):
        if options.only in (None, "accuracy"):
            print_accuracy(options.folder, methods, options.seeds, golden)
        if options.only in (None, "reliability"):
            print_reliability(options.folder, tuple(options.methods or methods), options.seeds, golden)
    if options.only in (None, "topup"):
        print_lines(topup_tables(read_sets(options.folder), options.seeds))
    if options.only in (None, "effort"):
        print_lines(effort_table(measure_effort()))


def print_accuracy(folder: Path, methods: tuple[str, ...], seeds: int, golden: bool) -> None:
    """The tables with golden tasks, or without them."""
    sets = read_sets(folder)
    results = [result for data in sets for result in run_methods(data, methods, seeds, golden)]
    print_title(len(sets), seeds, golden)
    if slow := [method for method in methods if method in SLOW]:
        print(f"One draw of sets with more than {LARGE:,} answers: {', '.join(slow)}")
    for table in (mean_table, set_table):
        print_lines(table(results))


def print_reliability(folder: Path, methods: tuple[str, ...], seeds: int, golden: bool) -> None:
    """What confidence is worth, with golden tasks or without them."""
    sets = read_sets(folder)
    judgments = [each for data in sets for each in run_reliability(data, methods, seeds, golden)]
    print_title(len(sets), seeds, golden)
    print_lines(reliability_table(judgments))


def print_title(sets: int, seeds: int, golden: bool) -> None:
    """What the tables below it stand on."""
    print(f"\n{sets} sets, {seeds} seeds, {'one in five is a golden task' if golden else 'no golden tasks'}")


def print_lines(lines: Iterable[str]) -> None:
    """As they come."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
