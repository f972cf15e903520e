"""Top-up replayed: real answers in random order, asked for in rounds as the product plans them, until labels are sure.

What is compared with it has all answers of the maximum to every item.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.real_crowds.crowds import GOLDEN_SHARE, DataSet, records_of
from benchmarks.real_crowds.tables import header, row
from hitl_assets.labeling.aggregation.aggregation import as_coded, judge
from hitl_assets.labeling.aggregation.calibration import Calibration, calibrate, is_sure
from hitl_assets.labeling.aggregation.trials import try_golden
from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.pools.round_plans import find_needs, plan_round
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Label

POLICIES = (Overlap(start=2, max=5, confidence=0.95), Overlap(start=2, max=7, confidence=0.99))
OWN, MAJORITY, DAWID_SKENE = (
    Aggregation(method=name) for name in ("bayesian_dawid_skene", "majority_vote", "dawid_skene")
)


@dataclass(frozen=True)
class Crowd:
    """A data set as it is asked: `votes` in the columns task, worker, label, place (the how manyth answer of its task,
    from 0); answers to golden tasks, and what those tell; the truth of both."""

    votes: pd.DataFrame
    golden: pd.DataFrame
    beliefs: Beliefs
    truth: "pd.Series[int]"
    golden_truth: "pd.Series[int]"


@dataclass(frozen=True)
class Replay:
    """What a replay came to. By task code: whether the label is right (0 or 1), and whether it is sure; beside it,
    whether labels are right that have all answers, by method. `paid` and `most` are answers an item, `rounds` is how
    often was asked."""

    right: "pd.Series[float]"
    sure: "pd.Series[bool]"
    others: Mapping[str, "pd.Series[float]"]
    paid: float
    most: float
    rounds: int


def prepare(data: DataSet, most: int, seed: int, golden: bool) -> Crowd:
    """A data set's answers in random order, so many of each task at most. With `golden`, one in five of the tasks whose
    truth is known is a golden task: its answers are not counted, and it is not judged."""
    chance = np.random.default_rng(seed)
    votes = data.answers.iloc[chance.permutation(len(data.answers))].sort_values("task", kind="stable")
    votes = votes.assign(place=votes.groupby("task").cumcount())
    votes = votes[votes["place"] < most].reset_index(drop=True)
    count = round(GOLDEN_SHARE * len(data.truth)) if golden else 0
    known = chance.choice(data.truth.index.to_numpy(), count, replace=False)
    is_golden = votes["task"].isin(known)
    told = records_of(votes[is_golden], data.truth, len(data.labels))
    truth = data.truth.drop(known)
    return Crowd(
        votes[~is_golden].reset_index(drop=True),
        votes[is_golden].reset_index(drop=True),
        Beliefs(told, {}, len(data.labels)),
        truth[truth.index.isin(votes["task"])],
        data.truth[known],
    )


def replay(data: DataSet, overlap: Overlap, seed: int, golden: bool) -> Replay:
    """Ask as the product does: which items are not sure, how many answers a round brings them, when it is over."""
    crowd = prepare(data, overlap.max, seed, golden)
    there = crowd.votes["task"].value_counts().sort_index()
    given, rounds = there.clip(upper=overlap.start), 1
    while True:
        asked = crowd.votes[crowd.votes["place"] < crowd.votes["task"].map(given)].reset_index(drop=True)
        labels = label_tasks(crowd, asked)
        # Real sets end somewhere: a task without another answer cannot be asked about.
        keys = [str(task) for task in there.index[given < there]]
        by_key = {str(task): int(count) for task, count in given.items()}
        plan = plan_round(by_key, find_needs(labels, keys, overlap, Class("")), overlap)
        if not plan:
            break
        more = pd.Series({int(key): count for key, count in plan.items()}).reindex(there.index, fill_value=0)
        given, rounds = (given + more).clip(upper=there), rounds + 1
    return Replay(
        right_of({int(label.item_key): int(label.label) for label in labels}, crowd.truth),
        pd.Series({int(label.item_key): is_sure(label, overlap.confidence) for label in labels})[crowd.truth.index],
        {method.method: label_all(crowd, method) for method in (OWN, MAJORITY, DAWID_SKENE)},
        float(given.mean()),
        float(there.mean()),
        rounds,
    )


def label_tasks(crowd: Crowd, asked: pd.DataFrame) -> list[Label]:
    """The labels on these answers, as sure as golden tasks show such labels to be. Keys and labels are codes."""
    judged = judge(asked, OWN, crowd.beliefs)
    calibration = learn(crowd, asked)
    confidence = calibration.confidence(judged.stated).round(6)
    bounds = calibration.lower_bounds(confidence)
    votes = asked.groupby(["task", "label"]).size()
    by_task: dict[int, dict[str, int]] = {}
    for (task, label), count in votes.items():
        by_task.setdefault(task, {})[str(label)] = int(count)
    return [
        Label(str(task), {}, str(label), float(sure), by_task[int(task)], (), "", lower_bound=float(bound))
        for task, label, sure, bound in zip(judged.tasks, judged.labels, confidence, bounds, strict=True)
    ]


def learn(crowd: Crowd, asked: pd.DataFrame) -> Calibration:
    """What confidence is worth, by the golden tasks."""
    return calibrate(try_golden(as_coded(asked, crowd.beliefs), crowd.golden, crowd.golden_truth, OWN))


def label_all(crowd: Crowd, method: Aggregation) -> "pd.Series[float]":
    """Whether each label is right that a method gives on all answers."""
    judged = judge(crowd.votes, method, crowd.beliefs)
    return right_of(dict(zip(judged.tasks, judged.labels, strict=True)), crowd.truth)


def right_of(labels: Mapping[int, int], truth: "pd.Series[int]") -> "pd.Series[float]":
    """1.0 for each task whose label is the true one, else 0.0."""
    return (pd.Series(labels).reindex(truth.index) == truth).astype(float)


def topup_tables(sets: Sequence[DataSet], seeds: int) -> Iterator[str]:
    """A table for each policy, without golden tasks and with them."""
    for overlap in POLICIES:
        for golden in (False, True):
            tasks = "one item in five is a golden task" if golden else "no golden tasks"
            yield f"\n{overlap.start}/{overlap.max}/{overlap.confidence}, {overlap.rounds} rounds at most, {tasks}:"
            names = ("ours", "majority", "dawid_skene")
            yield from header(
                "set", "paid an item", "right, %", *(f"minus {n} on all" for n in names), "sure", "rounds"
            )
            for data in sets:
                yield row(data.name, *cells([replay(data, overlap, seed, golden) for seed in range(seeds)], overlap))


def cells(found: Sequence[Replay], overlap: Overlap) -> list[str]:
    """One set's row: the mean of its seeds."""
    sure, right = (pd.concat([getattr(each, name) for each in found]) for name in ("sure", "right"))
    paid, most = (float(np.mean([getattr(each, name) for each in found])) for name in ("paid", "most"))
    kept = f"{sure.mean():.0%}, right {100 * right[sure.to_numpy()].mean():.1f} %" if sure.any() else "none"
    return [
        f"{paid:.2f} of {most:.2f}",
        f"{100 * right.mean():.1f}",
        *(compare(found, method.method) for method in (OWN, MAJORITY, DAWID_SKENE)),
        kept,
        f"{max(each.rounds for each in found)}",
    ]


def compare(found: Sequence[Replay], method: str) -> str:
    """How many points more are right than on all answers, and the standard error: paired over items, each the mean of
    its seeds. Marked beyond two standard errors."""
    differences = pd.concat([each.right - each.others[method] for each in found]).groupby(level=0).mean() * 100
    points, error = float(differences.mean()), float(differences.std() / len(differences) ** 0.5)
    mark = " **worse**" if points < -2 * error else " better" if points > 2 * error else ""
    return f"{points:+.1f} \u00b1 {error:.1f}{mark}"
