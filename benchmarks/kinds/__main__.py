"""Labels that are no classes, on simulated crowds: are they right, and as sure as they say?

    .venv/bin/python -m benchmarks.kinds [--seeds 10] [--only tags|number|boxes|polygons|spans|text|preference]

200 items and 40 golden tasks, ten workers. Medians over the seeds. `right` is a label that is wholly right: all tags of
a set, a number within the tolerance, all boxes and no other, all spans of a text with their edges, a text within the
likeness. `ECE` is how far confidence is from that. `sure` is the share of items at 0.95 and more, `of these` the share
of them that is right. `F1` and `mark ECE` are of single marks, `one F1` is one annotator's. `one outline` and what
follows are how alike outlines are to what is right, group by group.
"""

import argparse
import resource
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from benchmarks.kinds import amounts, boxes, outlines, pairs, pieces, sets, writings
from benchmarks.kinds.crowd import CROWDS, ITEMS, Given
from benchmarks.kinds.labels import Made
from hitl_assets.labeling.kinds.pictures.marks import Marks

OVERLAPS = (3, 5)
MARKS = ("F1", "mark ECE", "one F1")


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
    if options.only in (None, "boxes"):
        show_topped_up(options.seeds)
    if options.only in (None, "boxes", "polygons"):
        show_grouping()


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


def boxes_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of boxes."""
    given = boxes.draw(crowd, overlap, seed)
    fused, most = boxes.fused(given), boxes.majority(given)
    peers = (fused.f1, fused.calibration_error, most.f1, most.calibration_error)
    return (*of_marks(given, boxes.KIND, boxes.ours(given)), *peers)


def outlines_row(crowd: str, overlap: int, seed: int) -> Sequence[float]:
    """What one draw says of outlines."""
    given = outlines.draw(crowd, overlap, seed)
    return (*of_marks(given, outlines.KIND, outlines.ours(given)), *outlines.fits(given))


def of_marks(given: Given, kind: Marks, made: Made) -> Sequence[float]:
    """How right and how sure labels and their marks are."""
    found = boxes.labeled(given, kind, made)
    return (*describe(made), found.f1, found.calibration_error, boxes.alone(given, kind).f1)


def show_topped_up(seeds: int) -> None:
    """Print what asking again where it is unsure takes, beside five answers for each item."""
    print("\n| crowd | F1 of 5 each | F1 of 2 to 5 | fewer answers |\n| --- | --- | --- | --- |", flush=True)
    for crowd in CROWDS:
        rows = []
        for seed in range(seeds):
            given = boxes.draw(crowd, 5, seed)
            found, answers = boxes.topped_up(given)
            rows.append((boxes.labeled(given, boxes.KIND, boxes.ours(given)).f1, found.f1, 1 - answers / (5 * ITEMS)))
        print(f"| {crowd} | " + " | ".join(f"{each:.3f}" for each in np.median(rows, axis=0)) + " |", flush=True)


def show_grouping() -> None:
    """Print how long 50 pictures of 100 things take that 5 people marked, and in how much memory."""
    crowded = outlines.crowded()
    for kind, pictures in ((boxes.KIND, list(map(outlines.boxed, crowded))), (outlines.KIND, crowded)):
        start = time.process_time()
        found = [kind.group([w for w, _ in each], [mark for _, mark in each]) for each in pictures]
        seconds, most = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{kind.name}: {sum(map(len, found))} groups in {seconds:.1f} s of processor time; {most:.0f} MB in all",
            flush=True,
        )


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
    "boxes": ((*MARKS, "WBF F1", "its ECE", "majority F1", "its ECE"), boxes_row),
    "polygons": (
        (*MARKS, "one outline", "ours", "SegmentationMajorityVote", "seconds", "its seconds"),
        outlines_row,
    ),
    "spans": (("strict F1", "without golden tasks", "DawidSkene of words", "one worker"), spans_row),
    "text": (("word error rate", "without golden tasks", "ROVER", "one worker"), text_row),
    "preference": (("majority", "tau, NoisyBradleyTerry", "tau, BradleyTerry"), preference_row),
}

if __name__ == "__main__":
    main()
