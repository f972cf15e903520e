"""Labels that are no classes, on simulated crowds: are they right, and as sure as they say?

    .venv/bin/python -m benchmarks.kinds [--seeds 10] [--only tags|number|spans|text|preference]

200 items and 40 golden tasks, ten workers. Medians over the seeds. `right` is a label that is wholly right: all tags of
a set, a number within the tolerance, all spans of a text with their edges, a text within the likeness. `ECE` is how far
confidence is from that. `sure` is the share of items at 0.95 and more, `of these` the share of them that is right.
"""

import argparse
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from benchmarks.kinds import amounts, pairs, pieces, sets, writings
from benchmarks.kinds.crowd import CROWDS
from benchmarks.kinds.labels import Made

OVERLAPS = (3, 5)


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", choices=TABLES)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # crowd-kit's
    for name, (peers, row) in TABLES.items():
        if options.only in (None, name):
            show(name.capitalize(), peers, measure(row, options.seeds))


def measure(row: Callable[[str, int, int], Sequence[float]], seeds: int) -> Iterable[Sequence[str]]:
    """A row for each crowd and overlap: the medians over the seeds."""
    for crowd in CROWDS:
        for overlap in OVERLAPS:
            found = np.median([row(crowd, overlap, seed) for seed in range(seeds)], axis=0)
            yield (crowd, str(overlap), *(f"{each:.3f}" for each in found))


def tags_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of tags."""
    given = sets.draw(crowd, overlap, seed)
    made = sets.ours(given)
    right, seconds = sets.peer(given)
    unaided = sets.unaided(given)
    peers = (float(unaided.right.mean()), sets.majority(given), right, seconds, seconds / unaided.seconds)
    return (*describe(made), *peers)


def number_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of numbers."""
    given = amounts.draw(crowd, overlap, seed)
    centres = (amounts.plain(given, each) for each in (np.median, np.mean))
    return (*describe(amounts.ours(given)), *centres)


def spans_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of spans."""
    given = pieces.draw(crowd, overlap, seed)
    made = pieces.ours(given)
    scores = (pieces.strict(given, each) for each in (made, pieces.unaided(given)))
    return (*describe(made), *scores, pieces.peer(given), pieces.single(given))


def text_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of texts."""
    given = writings.draw(crowd, overlap, seed)
    made = writings.ours(given)
    errors = (writings.errors(given, each.cells) for each in (made, writings.unaided(given)))
    return (*describe(made), *errors, writings.peer(given), writings.single(given))


def preference_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of pairs."""
    given, worth = pairs.draw(crowd, overlap, seed)
    taus = (pairs.tau(each(given), worth) for each in (pairs.noisy, pairs.plain))
    return (*describe(pairs.ours(given)), pairs.majority(given), *taus)


def describe(made: Made) -> Sequence[float]:
    """How right and how sure labels are."""
    return (float(made.right.mean()), made.calibration_error, *made.sure, made.seconds)


def show(title: str, peers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table in Markdown, a row as soon as it is known."""
    head = ("crowd", "answers", "right", "ECE", "sure", "of these", "seconds", *peers)
    print(f"\n## {title}\n\n| {' | '.join(head)} |\n| {' | '.join('---' for _ in head)} |", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


TABLES: Mapping[str, tuple[Sequence[str], Callable[[str, int, int], Sequence[float]]]] = {
    "tags": (("without golden tasks", "majority of each tag", "BinaryRelevance", "seconds", "times faster"), tags_row),
    "number": (("plain median", "mean"), number_row),
    "spans": (("strict F1", "without golden tasks", "DawidSkene of words", "one worker"), spans_row),
    "text": (("word error rate", "without golden tasks", "ROVER", "one worker"), text_row),
    "preference": (("majority", "tau, NoisyBradleyTerry", "tau, BradleyTerry"), preference_row),
}

if __name__ == "__main__":
    main()
