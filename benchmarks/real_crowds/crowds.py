"""Data sets of real answers: read from a folder, and drawn from with few answers per item."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs

ALL = 0
GOLDEN_SHARE = 0.2


@dataclass(frozen=True)
class DataSet:
    """Answers as integer codes in the columns task, worker, label; `truth` holds the right label code by task code."""

    name: str
    answers: pd.DataFrame
    truth: "pd.Series[int]"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """What a method gets: answers that count, what is known of the workers, and the truth to judge by.

    `golden` are the answers to golden tasks, `known` their right label codes by task code.
    """

    votes: pd.DataFrame
    beliefs: Beliefs
    truth: "pd.Series[int]"
    golden: pd.DataFrame
    known: "pd.Series[int]"


def read_sets(folder: Path) -> tuple[DataSet, ...]:
    """Every subfolder that has answers.csv (task, worker, label) and truth.csv (task, label), by name."""
    found = sorted(path.parent for path in folder.glob("*/answers.csv"))
    if not found:
        raise SystemExit(f"{folder} has no <set>/answers.csv.")
    sets = [read_set(path) for path in found]
    for data in sets:
        if len(data.truth) < 2:
            print(f"{data.name} is left out: of {len(data.truth)} of its answered tasks the truth is known.")
    return tuple(data for data in sets if len(data.truth) >= 2)


def read_set(folder: Path) -> DataSet:
    """One data set. Of a worker's answers to one task only the first is kept."""
    answers = pd.read_csv(folder / "answers.csv", dtype=str, keep_default_na=False)
    truth = pd.read_csv(folder / "truth.csv", dtype=str, keep_default_na=False).drop_duplicates("task")
    answers = answers.drop_duplicates(["task", "worker"]).reset_index(drop=True)
    labels = sorted({*answers["label"], *truth["label"]})
    codes = {label: code for code, label in enumerate(labels)}
    tasks, names = pd.factorize(answers["task"])
    coded = pd.DataFrame(
        {"task": tasks, "worker": pd.factorize(answers["worker"])[0], "label": answers["label"].map(codes).astype(int)}
    )
    known = pd.Series(truth["label"].map(codes).to_numpy(), index=pd.Index(names).get_indexer(truth["task"]))
    return DataSet(folder.name, coded, known[known.index >= 0], tuple(labels))


def draw(data: DataSet, answers: int, seed: int, golden: bool = False) -> Draw:
    """So many answers to each task in random order, or ALL of them.

    With `golden`, one in five of the tasks whose truth is known is a golden task: its answers tell about its workers,
    and are neither counted nor judged.
    """
    chance = np.random.default_rng(seed)
    votes = data.answers.iloc[chance.permutation(len(data.answers))]
    if answers != ALL:
        votes = votes[votes.groupby("task").cumcount() < answers]
    size = round(GOLDEN_SHARE * len(data.truth)) if golden else 0
    known = data.truth[chance.choice(data.truth.index.to_numpy(), size, replace=False)]
    is_golden = votes["task"].isin(known.index)
    tried, votes = votes[is_golden].reset_index(drop=True), votes[~is_golden]
    votes = votes.sort_values("task", kind="stable").reset_index(drop=True)
    beliefs = Beliefs(records_of(tried, known, len(data.labels)), {}, len(data.labels))
    truth = data.truth.drop(known.index)
    return Draw(votes, beliefs, truth[truth.index.isin(votes["task"])], tried, known)


def records_of(votes: pd.DataFrame, truth: "pd.Series[int]", classes: int) -> dict[int, np.ndarray]:
    """Of each worker code, how often which answer (columns) was given to tasks of which true label (rows)."""
    records: dict[int, np.ndarray] = {}
    right = votes["task"].map(truth).to_numpy()
    for worker, label, answer in zip(votes["worker"], right, votes["label"], strict=True):
        records.setdefault(int(worker), np.zeros((classes, classes)))[int(label), int(answer)] += 1
    return records
