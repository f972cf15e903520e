"""Trials of a method: items whose truth is known are judged as if it were not, to see what its word is worth.

Calibration is fitted to them, in calibration.py. Golden items are the best of them. Weaker: items that the model
labels, too, and people audited; and items with so many answers that some can judge the label that the others make.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hitl_assets.labeling.aggregation.aggregation import Coded, code_answers, confidence_in
from hitl_assets.labeling.aggregation.calibration import Calibration, Trial
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_answers
from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs, Codes
from hitl_assets.labeling.kinds.kind import Judged, Kind
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer, Prediction

if TYPE_CHECKING:
    import pandas as pd

GOLDEN, AUDITED, SETTLED = "golden", "audited", "settled"
# The golden items are judged in so many parts: each by what the others tell about the workers.
FOLDS = 5
# How often one golden item is judged at most, each time on other answers to it.
DRAWS = 4
# What an item counts whose truth is only probable: half of a golden one.
PROBABLE = 0.5


def golden_trials(
    answers: Iterable[Answer],
    votes: Sequence[Answer],
    kind: Kind,
    aggregation: Aggregation,
    knowledge: Knowledge,
) -> list[Trial]:
    """The golden items of a batch as they would be judged if they were unknown.

    Args:
        answers: all of the batch; of those to golden items the ones that count are taken.
        votes: the answers that become labels.
        kind: what a label is.
        aggregation: the method on trial.
        knowledge: what is known when the votes are judged, by golden items too.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    import pandas as pd

    golden = golden_answers(answers, kind)
    truth = {each.item_key: right for each, right in golden}
    # An item may be golden and asked about as well.
    marked = [replace(each, item_key=f"{GOLDEN} {each.item_key}") for each, _ in golden]
    known = replace(knowledge, predictions={}, labels=[*knowledge.labels, *truth.values()])
    coded = code_answers([*votes, *marked], kind, known)
    first, second = coded.votes[: len(votes)], coded.votes[len(votes) :]
    items = [coded.tasks[code].removeprefix(f"{GOLDEN} ") for code in second["task"]]
    right = {code: coded.names.codes[truth[item]] for code, item in zip(second["task"], items, strict=True)}
    keys = dict(zip(map(str, second["task"]), items, strict=True))
    found = try_golden(replace(coded, votes=first), second, pd.Series(right, dtype=int), aggregation)
    return [replace(trial, item=keys[trial.item]) for trial in found]


def with_parts(trial: Trial, judged: Judged, at: int, kind: Kind, right: str, probable: float = 1.0) -> Trial:
    """The trial with the questions of its label, where the right label is this one with so much probability."""
    if judged.questions is None:
        return trial
    own = judged.questions.of(at)
    held = kind.holds(right, [judged.questions.claims[each] for each in own])
    sure = judged.questions.sure[own].tolist()
    parts = ((each, probable if is_right else 1 - probable) for each, is_right in zip(sure, held, strict=True))
    return replace(trial, parts=tuple(parts))


def audited_trials(
    votes: Sequence[Answer],
    kind: Kind,
    aggregation: Aggregation,
    knowledge: Knowledge,
    audited: Mapping[str, Prediction],
    calibration: Calibration,
) -> list[Trial]:
    """Audited items (predictions by key): how probable people's label is right, now that the model's is known, too."""
    if not any(vote.item_key in audited for vote in votes):
        return []
    coded = code_answers(votes, kind, replace(knowledge, predictions={}))
    judged = coded.judge(coded.votes, aggregation)
    if judged.questions is not None:  # How probable a prediction is as a whole tells nothing of its parts.
        return []
    answers, sure = np.bincount(coded.votes["task"]), calibration.confidence(judged.stated)
    return [
        Trial(
            coded.tasks[task],
            int(answers[task]),
            tuple(stated),
            confirm(own, audited[coded.tasks[task]], coded.names[code], len(stated), kind),
            AUDITED,
            PROBABLE,
        )
        for task, code, stated, own in zip(judged.tasks, judged.labels, judged.stated, sure, strict=True)
        if coded.tasks[task] in audited
    ]


def confirm(confidence: float, predicted: Prediction, label: str, classes: int, kind: Kind) -> float:
    """How probable a label is right that people and a model judged apart: by Bayes' rule, if they err apart."""
    others = max(1, classes - 1)
    model = predicted.probability
    wrong = (1 - model) / others
    says, otherwise = (model, wrong) if kind.is_same(predicted.label, label) else (wrong, model)
    total = confidence * says + (1 - confidence) * otherwise
    return confidence * says / total if total else 0.0


def settled_trials(
    votes: Sequence[Answer],
    kind: Kind,
    aggregation: Aggregation,
    knowledge: Knowledge,
    calibration: Calibration,
    seed: int = 0,
) -> list[Trial]:
    """Items with twice the usual number of answers, or more: labeled by the usual number, judged by the others.

    Where answers are asked for until a label is sure, these are the hard items: what is learned of them is cautious.
    """
    if not votes:
        return []
    coded = code_answers(votes, kind, replace(knowledge, predictions={}))
    shuffled = coded.votes.sample(frac=1.0, random_state=seed).sort_values("task", kind="stable")
    counts = shuffled["task"].value_counts().sort_index()
    usual = int(counts.median())
    many = counts.index[counts >= 2 * usual]
    if many.empty:
        return []
    judges = shuffled["task"].isin(many) & (shuffled.groupby("task").cumcount() >= usual)
    apart = shuffled.assign(task=shuffled["task"].where(~judges, shuffled["task"] + len(counts)))
    judged = coded.judge(apart.reset_index(drop=True), aggregation)
    sure = confidence_in(judged, calibration)
    place = {int(task): at for at, task in enumerate(judged.tasks)}
    pairs = [(int(task), place[int(task)], place[int(task) + len(counts)]) for task in many]
    classes = judged.stated.shape[1]
    found = []
    for task, own, by in pairs:
        is_right = coded.is_same(judged.labels[own], judged.labels[by])
        right = float(sure[by] if is_right else (1 - sure[by]) / max(1, classes - 1))
        weight = PROBABLE * float(sure[by])
        trial = Trial(coded.tasks[task], usual, tuple(judged.stated[own]), right, SETTLED, weight)
        found.append(with_parts(trial, judged, own, kind, coded.names[judged.labels[by]], float(sure[by])))
    return found


def try_golden(
    coded: Coded,
    golden: "pd.DataFrame",
    truth: "pd.Series[int]",
    aggregation: Aggregation,
    seed: int = 0,
) -> list[Trial]:
    """The golden items as they would be judged if they were unknown and had as many answers as the others.

    Cross-fitted (Stone, Cross-validatory choice, 1974): each part of the golden items is judged among the votes that
    count, while what is known of workers comes without this part.

    Args:
        coded: the answers that count, and what is known when they are judged, the golden answers among it.
        golden: the answers to golden items, with the same codes of workers and labels, and codes of tasks of its own.
        truth: the right label code of each golden item.
        aggregation: the method on trial.
        seed: of the parts and draws.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    if coded.votes.empty or golden.empty:
        return []
    chance = np.random.default_rng(seed)
    drawn = draw_down(golden, coded.votes["task"].value_counts().to_numpy(), chance)
    items = chance.permutation(np.unique(golden["task"]))
    # What is known of workers makes no difference to the other methods.
    parts = np.array_split(items, min(FOLDS, len(items))) if aggregation.has_priors else [items]
    return [trial for part in parts for trial in try_part(part, coded, golden, drawn, truth, aggregation)]


def draw_down(golden: "pd.DataFrame", counts: Codes, chance: np.random.Generator) -> "pd.DataFrame":
    """The golden answers, parted into draws (column `draw`) of as many answers as items have that are not golden.

    An item with fewer answers than that is drawn once, whole.
    """
    import pandas as pd

    shuffled = golden.iloc[chance.permutation(len(golden))].sort_values("task", kind="stable")
    found = []
    for _, own in shuffled.groupby("task", sort=True):
        sizes = chance.choice(counts, DRAWS)
        ends = np.cumsum(sizes)
        place = np.searchsorted(ends, np.arange(len(own)), side="right")
        whole = max(1, int((ends <= len(own)).sum()))
        found.append(own.assign(draw=place)[place < whole])
    return pd.concat(found)


def try_part(
    part: Codes,
    coded: Coded,
    golden: "pd.DataFrame",
    drawn: "pd.DataFrame",
    truth: "pd.Series[int]",
    aggregation: Aggregation,
) -> Iterator[Trial]:
    """The trials of these golden items."""
    import pandas as pd

    own = drawn[drawn["task"].isin(part)]
    first = int(coded.votes["task"].max()) + 1
    codes, pairs = pd.factorize(pd.MultiIndex.from_frame(own[["task", "draw"]]))
    added = pd.DataFrame({"task": codes + first, "worker": own["worker"], "label": own["label"]})
    without = forget(coded, golden[golden["task"].isin(part)], truth)
    judged = coded.judge(pd.concat([coded.votes, added], ignore_index=True), aggregation, without)
    answers = np.bincount(codes)
    for at, (task, label, stated) in enumerate(zip(judged.tasks, judged.labels, judged.stated, strict=True)):
        if task >= first:
            item = pairs[task - first][0]
            right, of = float(coded.is_same(truth[item], label)), int(answers[task - first])
            trial = Trial(str(item), of, tuple(stated), right, GOLDEN)
            yield with_parts(trial, judged, at, coded.kind, coded.names[truth[item]])


def forget(coded: Coded, golden: "pd.DataFrame", truth: "pd.Series[int]") -> Beliefs:
    """What is known of workers without these answers to golden items."""
    beliefs = coded.beliefs
    records = {worker: record.copy() for worker, record in beliefs.workers.items()}
    right = golden["task"].map(truth)
    for worker, label, answer in zip(golden["worker"], right, golden["label"], strict=True):
        for pair in coded.pairs(label, answer) if worker in records else ():
            records[worker][pair] = max(0.0, records[worker][pair] - 1)
    return Beliefs(records, beliefs.priors, beliefs.labels)
