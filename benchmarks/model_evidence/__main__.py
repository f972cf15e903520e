"""Evidence about a model: is a good one used, a bad one found out, and what does that take?

    .venv/bin/python -m benchmarks.model_evidence [--seeds 100] [--data FOLDER] [--only noise|audits|trials|promises]

By the product's own functions, beside what 0.1.0 did. People are said to be wrong in 3 % of their labels. "Asked
again": each disagreement of model and people has got a second opinion that is right. FOLDER has train.csv and test.csv
with the columns headline and category; without it there are no promises on real text.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from benchmarks.model_evidence import noise, power, promises, trials


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", choices=("noise", "audits", "trials", "promises"))
    options = parser.parse_args()
    if options.only in (None, "noise"):
        head = ("labels", "target", "right in", "people's errors", *noise.WAYS)
        show("A good model is used", head, noise.good_models(options.seeds))
        head = ("labels", "target", "people are wrong in", "people's errors", *noise.WAYS)
        show("A model just below the target is used all the same", head, noise.bad_models(options.seeds))
    if options.only in (None, "audits"):
        head = ("target", "by model", "audited", *(f"{each:.0%} right" for each in power.ACCURACIES), "just right")
        show("The audit of a batch fails: before, now", head, power.one_batch(20 * options.seeds))
        head = ("target", "by model", "audited", "just right", "errors twice allowed", "three times", "five times")
        show("An audit fails within 1, 3, 10 batches of a version", head, power.many_batches(2 * options.seeds))
    if options.only in (None, "trials"):
        head = ("target", "batch", "items", "right in", "on trial", "audited", "model used", "labeled by it")
        show("Batches of a model that noisy labels don't prove", head, trials.trials(options.seeds))
    if options.data and options.only in (None, "promises"):
        head = ("text", "wrong labels", "target", *promises.WAYS)
        told = "Labeled by the model, right of that, promise kept in so many seeds of those in which it is used"
        show(told, head, promises.promises(options.data, options.seeds))


def show(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table, line by line as it comes."""
    names = tuple(head)
    print(f"\n{title}\n\n| {' | '.join(names)} |\n|{' --- |' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
