"""Real crowds and the presets side by side, in numbers; and how the presets were fitted.

    .venv/bin/python -m benchmarks.crowd_fit FOLDER [--seeds 5]
    .venv/bin/python -m benchmarks.crowd_fit FOLDER --fit typical|confused|hard
    .venv/bin/python -m benchmarks.crowd_fit FOLDER --write OTHER

FOLDER has a folder for each data set with answers.csv (task, worker, label) and truth.csv (task, label). The columns
are explained in benchmarks/crowd_fit/marginals.py, the search in fitting.py. A simulated crowd answers 500 items with 8
answers each; its row is the mean of the seeds, bold what is outside the range of the real sets. `--fit` prints ever
better parameters and takes some minutes; they were rounded and written into hitl_assets/emulators/crowd/presets.
`--write` puts what the presets answer into another folder in the same form, so that `benchmarks.real_crowds OTHER`
prints of simulated answers what it prints of real ones.
"""

import argparse
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.crowd_fit.fitting import as_row, fit, mean_marginals, target_of
from benchmarks.crowd_fit.marginals import NAMES, Marginals, marginals
from benchmarks.crowd_fit.simulation import Shape, simulate, write_set
from benchmarks.real_crowds.crowds import DataSet, read_sets
from benchmarks.real_crowds.reports import header, row

TWO, FIVE = Shape(labels=2), Shape(labels=5)
PRESETS: Mapping[str, Shape] = {
    "good": TWO,
    "mixed": TWO,
    "hostile": TWO,
    "typical": TWO,
    "confused": FIVE,
    "hard": TWO,
}
FITTED = ("typical", "confused", "hard")


def main() -> None:
    """Print the table, or fit a preset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--fit", choices=FITTED)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.write:
        for preset, shape in PRESETS.items():
            write_set(simulate(preset, preset, shape, seed=0), options.write)
        return
    # A class that nobody got wrong has no commonest wrong answer.
    warnings.simplefilter("ignore")
    sets = read_sets(options.folder)
    found = [marginals(data) for data in sets]
    if options.fit:
        print_fit(options.fit, sets, found, options.seeds)
    else:
        print_table(sets, found, options.seeds)


def print_table(sets: Sequence[DataSet], found: Sequence[Marginals], seeds: int) -> None:
    """A line for each set, the range of the sets, and a line for each preset with what lies outside."""
    print("\n".join(header("%", *(name.replace("_", " ") for name in NAMES))))
    rows = np.array([as_row(each) for each in found])
    for data, numbers in zip(sets, rows, strict=True):
        print(row(f"{data.name} ({len(data.labels)})", *(f"{value:.0f}" for value in numbers)))
    low, high = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
    print(row("range", *(f"{least:.0f} to {most:.0f}" for least, most in zip(low, high, strict=True))))
    for preset, shape in PRESETS.items():
        numbers = mean_marginals(preset, shape, seeds)
        inside = (numbers >= low - 0.5) & (numbers <= high + 0.5)
        cells = [f"{value:.0f}" if fits else f"**{value:.0f}**" for value, fits in zip(numbers, inside, strict=True)]
        print(row(f"{preset} ({shape.labels})", *cells), flush=True)


def print_fit(preset: str, sets: Sequence[DataSet], found: Sequence[Marginals], seeds: int) -> None:
    """Ever better parameters."""
    chosen = choose(preset, sets, found)
    print("fitted to", ", ".join(data.name for data, each in zip(sets, found, strict=True) if each in chosen))
    for distance, values in fit(target_of(chosen, found), PRESETS[preset], seeds):
        print(f"{distance:8.2f}  {values}", flush=True)


def choose(preset: str, sets: Sequence[DataSet], found: Sequence[Marginals]) -> list[Marginals]:
    """The sets that a preset is fitted to: those with two labels; those with more; of those with two labels the one
    whose items most people get wrong the most often."""
    is_two = [len(data.labels) == 2 for data in sets]
    two = [each for each, has_two in zip(found, is_two, strict=True) if has_two]
    if preset == "hard":
        return [max(two, key=lambda each: each.items_wrong)]
    return two if preset == "typical" else [each for each in found if each not in two]


if __name__ == "__main__":
    main()
