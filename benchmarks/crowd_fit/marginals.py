"""What a crowd is like, in a few numbers, from its answers and the truth. Knows no preset."""

from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np
import pandas as pd

from benchmarks.real_crowds.crowds import DataSet

# Workers with fewer answers to items of known truth say too little of themselves.
ENOUGH = 10
# Items are compared on as many answers, drawn at random, wherever there are more.
PER_ITEM = 5
# Whoever gives one answer so often, though at least OTHERS of the items are something else, presses a button.
ONE_BUTTON, OTHERS = 0.95, 0.25
# Two workers are compared on so many items at least.
COMMON = 10
# The share of workers that is called the most active.
MOST_ACTIVE = 0.1


@dataclass(frozen=True)
class Marginals:
    """A crowd in numbers. Shares are in %, counted over answers to items whose truth is known; NaN: not to be told.

    Of a worker, accuracy is the share of right answers; workers with ENOUGH answers count. Of an item, it is the share
    of right ones among PER_ITEM answers.
    """

    answers_right: float
    """The share of right answers."""
    worker_low: float
    """The accuracy that a tenth of the workers does not reach."""
    worker_median: float
    worker_high: float
    """The accuracy that a tenth of the workers surpasses."""
    buttons: float
    """The share of workers who press one button."""
    leaning: float
    """How far a worker's accuracy on two classes is apart beyond chance, as a standard deviation in points."""
    items_wrong: float
    """The share of items on which at most two in five answers are right."""
    items_easy: float
    """The share of items on which all answers are right."""
    shared: float
    """The correlation, in %, of two workers' being right on the same item, each beside the own accuracy: items are
    harder or easier for all."""
    cliques: float
    """How much more that correlation differs between pairs of workers than chance explains: a standard deviation, in
    %. Some err together, and others don't."""
    classes: float
    """The standard deviation of the classes' accuracy, in points."""
    confusion: float
    """The share of the commonest wrong answer to a class among its wrong ones; 100 with two classes."""
    decoys: float
    """How often two wrong answers to the same item are the same; 100 with two classes."""
    active: float
    """The share of the answers by the most active tenth of the workers."""


NAMES = tuple(each.name for each in fields(Marginals))


def marginals(data: DataSet, seed: int = 0) -> Marginals:
    """The numbers of a data set; which answers are taken where an item has many follows from the seed."""
    votes = data.answers.assign(truth=data.answers["task"].map(data.truth))
    active = most_active(votes)
    votes = votes.dropna(subset="truth").astype({"truth": int})
    votes["right"] = (votes["label"] == votes["truth"]).astype(float)
    known = votes[votes.groupby("worker")["task"].transform("size") >= ENOUGH]
    each = known.groupby("worker")["right"].mean()
    low, median, high = (100 * each.quantile([0.1, 0.5, 0.9])).tolist()
    few = votes.iloc[np.random.default_rng(seed).permutation(len(votes))]
    few = few[few.groupby("task").cumcount() < PER_ITEM]
    shares = few.groupby("task")["right"].agg(["mean", "size"])
    shares = shares[shares["size"] >= min(PER_ITEM, shares["size"].max()) - 1]["mean"]
    correlation, spread = coincidence(known)
    return Marginals(
        answers_right=100 * float(votes["right"].mean()),
        worker_low=low,
        worker_median=median,
        worker_high=high,
        buttons=100 * button_pressers(known),
        leaning=leaning(known),
        items_wrong=100 * float((shares <= 0.4).mean()),
        items_easy=100 * float((shares == 1).mean()),
        shared=100 * correlation,
        cliques=100 * spread,
        classes=100 * float(np.std(votes.groupby("truth")["right"].mean())),
        confusion=confusion(votes),
        decoys=decoys(votes),
        active=active,
    )


def most_active(votes: pd.DataFrame) -> float:
    """The share of the answers, in %, by the most active tenth of the workers, one at least."""
    counts = votes["worker"].value_counts()
    return 100 * float(counts.head(max(1, round(MOST_ACTIVE * len(counts)))).sum() / counts.sum())


def button_pressers(known: pd.DataFrame) -> float:
    """The share of workers who press one button, among those of whom it can be told."""
    counts = known.groupby(["worker", "label"]).size()
    most = counts.groupby("worker").idxmax()
    favorite = pd.Series(dict(most))
    pressed = counts.groupby("worker").max() / counts.groupby("worker").sum()
    elsewhere = (known["truth"] != known["worker"].map(favorite)).groupby(known["worker"]).mean()
    told = elsewhere >= OTHERS
    return float((pressed[told] >= ONE_BUTTON).mean()) if told.any() else float("nan")


def leaning(known: pd.DataFrame) -> float:
    """How far workers' accuracies on single classes are from what worker and class explain, in points, less chance."""
    by_class = known.groupby(["worker", "truth"])["right"].agg(["mean", "size"])
    by_class = by_class[by_class["size"] >= COMMON]
    expected = known.groupby("worker")["right"].mean().reindex(by_class.index, level="worker")
    expected += (known.groupby("truth")["right"].mean() - known["right"].mean()).reindex(by_class.index, level="truth")
    noise = (by_class["mean"] * (1 - by_class["mean"]) / (by_class["size"] - 1)).mean()
    return 100 * float(np.sqrt(max(0.0, ((by_class["mean"] - expected) ** 2).mean() - noise)))


def coincidence(known: pd.DataFrame) -> tuple[float, float]:
    """The correlation of two workers' being right on an item, each beside the own accuracy on its class, and the
    standard deviation of it over pairs of workers, beyond what their few common items explain."""
    rest = known["right"] - known.groupby(["worker", "truth"])["right"].transform("mean")
    tables = pd.DataFrame({"task": known["task"], "worker": known["worker"], "rest": rest})
    products: dict[tuple[int, int], list[float]] = {}
    for _, votes in tables.groupby("task"):
        for (one, first), (two, second) in combinations(sorted(zip(votes["worker"], votes["rest"], strict=True)), 2):
            products.setdefault((one, two), []).append(first * second)
    variance = float((rest**2).mean())
    if not variance:
        return float("nan"), float("nan")
    every = np.concatenate([np.array(each) for each in products.values()]) if products else np.array([np.nan])
    pairs = [np.array(each) / variance for each in products.values() if len(each) >= COMMON]
    if len(pairs) < COMMON:
        return float(every.mean()) / variance, float("nan")
    noise = np.mean([each.var(ddof=1) / len(each) for each in pairs])
    between = np.var([each.mean() for each in pairs], ddof=1)
    return float(every.mean()) / variance, float(np.sqrt(max(0.0, between - noise)))


def confusion(votes: pd.DataFrame) -> float:
    """The share of the commonest wrong answer to a class among its wrong ones, in %; the mean over wrong answers."""
    wrong = votes[votes["right"] == 0].groupby(["truth", "label"]).size()
    return 100 * float(wrong.groupby("truth").max().sum() / wrong.sum()) if len(wrong) else float("nan")


def decoys(votes: pd.DataFrame) -> float:
    """How often, in %, two wrong answers to the same item are the same."""
    wrong = votes[votes["right"] == 0].groupby(["task", "label"]).size()
    total = wrong.groupby("task").sum()
    pairs = float((total * (total - 1)).sum())
    return 100 * float((wrong * (wrong - 1)).sum()) / pairs if pairs else float("nan")
