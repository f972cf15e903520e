"""The questions that decide marks: of each group of them, asked of everybody who saw the picture, what is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs, Codes
from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY, FIRST_WEIGHT
from hitl_assets.labeling.kinds.kind import Ask, Judged
from hitl_assets.labeling.kinds.parts.grouping import Alike

if TYPE_CHECKING:
    import pandas as pd

# How often marks meet by chance is counted on one mark of each of so many tasks.
DRAWN, LEAST_CHANCE = 150, 0.05


@dataclass(frozen=True)
class Place:
    """A group of marks: the number of its question, the task, the marks, and the workers (by code) whose they are."""

    number: int
    task: int
    marks: Sequence[Any]
    workers: Sequence[int]
    rows: Sequence[int]


@dataclass(frozen=True)
class Places:
    """The groups of all tasks, and the answers (task and worker) to whose tasks they are. Where nobody marked anything
    the question is whether there is nothing."""

    groups: Sequence[Place]
    empty: Codes
    task: Codes
    worker: Codes

    @classmethod
    def of(
        cls,
        votes: "pd.DataFrame",
        given: Sequence[Sequence[Any]],
        group: Callable[[Sequence[int], Sequence[Any]], list[list[int]]],
    ) -> Self:
        """The groups by what each answer marked."""
        task, worker = (votes[column].to_numpy(dtype=np.int64) for column in ("task", "worker"))
        rows = np.argsort(task, kind="stable")
        tasks, starts = np.unique(task[rows], return_index=True)
        found: list[Place] = []
        empty = []
        for code, own in zip(tasks.tolist(), np.split(rows, starts[1:]), strict=True):
            marks = [(int(row), mark) for row in own for mark in given[row]]
            if not marks:
                empty.append(code)
                continue
            for members in group([row for row, _ in marks], [mark for _, mark in marks]):
                by = [marks[place][0] for place in members]
                people = [int(worker[row]) for row in by]
                found.append(Place(len(found), code, [marks[place][1] for place in members], people, by))
        return cls(found, np.array(empty, dtype=np.int64), task, worker)


def ask_about(
    places: Places, codes: Mapping[str, int], beliefs: Beliefs, ask: Ask, chance: float
) -> tuple[Judged, Codes, Array]:
    """What is decided of each group, in their order, then of each task without any; and whose task each is."""
    import pandas as pd

    nothing = len(codes) - 1
    tasks = np.concatenate([np.array([each.task for each in places.groups], dtype=np.int64), places.empty])
    order = np.argsort(places.task, kind="stable")
    counts = np.bincount(places.task)
    starts = np.cumsum(counts) - counts
    # Each question is asked of all who answered its task: their rows follow each other in `order`.
    sizes = counts[tasks]
    question = np.repeat(np.arange(len(tasks)), sizes)
    within = np.arange(len(question)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = order[starts[tasks][question] + within]
    label = np.full(len(rows), nothing, dtype=np.int64)
    place_of_row = np.empty(len(order), dtype=np.int64)
    place_of_row[order] = np.arange(len(order))
    begins = np.cumsum(sizes) - sizes
    for each in places.groups:
        for row, mark in zip(each.rows, each.marks, strict=True):
            label[begins[each.number] + place_of_row[row] - starts[each.task]] = codes[mark.name]
    asked = pd.DataFrame({"task": question, "worker": places.worker[rows], "label": label})
    factors = factors_of(places, sizes, len(codes), chance)
    judged = ask(asked, replace(beliefs, priors={}, factors=factors))
    at = np.argsort(judged.tasks)
    judged = Judged(judged.tasks[at], judged.labels[at], judged.stated[at])
    return judged, tasks, overlooked(places, judged, nothing, beliefs, asked)


def chance_to_meet(given: Sequence[Sequence[Any]], tasks: Codes, find_alike: Callable[[Sequence[Any]], Alike]) -> float:
    """How often what two people invent is taken for the same thing: as often as marks of different tasks would be, and
    not less than LEAST_CHANCE, as people make the same mistakes. `given`: the marks of each answer."""
    chance = np.random.default_rng(0)
    drawn: dict[int, Any] = {}
    for row in chance.permutation(len(given)).tolist():
        if given[row] and tasks[row] not in drawn and len(drawn) < DRAWN:
            drawn[int(tasks[row])] = given[row][int(chance.integers(len(given[row])))]
    pairs = len(drawn) * (len(drawn) - 1) / 2
    meet = len(find_alike(list(drawn.values())).one) / pairs if pairs else 0.0
    return min(0.5, max(LEAST_CHANCE, meet))


def factors_of(places: Places, viewers: Codes, outcomes: int, chance: float) -> dict[int, Array]:
    """How much less probable nothing is where several people have a mark, by the number of the question.

    There is a question because somebody has a mark. So it seems that of `viewers` one marks what is not there; that
    another one does so in the same place is rarer than that, by `chance`.
    """
    found = {}
    for each in places.groups:
        if len(each.marks) > 1:
            odds = min(1.0, (viewers[each.number] - 1) * chance / (1 - chance))
            found[each.number] = np.append(np.ones(outcomes - 1), odds ** (len(each.marks) - 1))
    return found


def with_left_alone(beliefs: Beliefs, votes: "pd.DataFrame") -> Beliefs:
    """What is known of workers, and how often they left alone what others invented.

    Records say what a worker invented, and cannot say what others did in the same pictures meanwhile: as much as all of
    them invent beside so many things, for each of the others who see a picture.
    """
    if not beliefs.workers:
        return beliefs
    others = max(1.0, len(votes) / votes["task"].nunique() - 1)
    seen = {worker: float(record[:-1].sum()) for worker, record in beliefs.workers.items()}
    invented = sum(float(record[-1, :-1].sum()) for record in beliefs.workers.values())
    rate = invented / max(1.0, sum(seen.values()))
    found = {}
    for worker, record in beliefs.workers.items():
        found[worker] = record.copy()
        found[worker][-1, -1] += seen[worker] * rate * others
    return replace(beliefs, workers=found)


def overlooked(places: Places, judged: Judged, nothing: int, beliefs: Beliefs, asked: "pd.DataFrame") -> Array:
    """Of each task how probable it is that there is something that nobody marked.

    How often a worker misses what is there is seen where somebody else has a mark, and by what is known of them. There
    are as many things in one picture as in others (Poisson).
    """
    question, worker, label = (asked[column].to_numpy() for column in ("task", "worker", "label"))
    real = np.where(judged.labels == nothing, 1 - judged.stated[:, 0], judged.stated[:, 0])
    marked = label != nothing
    marks = np.bincount(question, weights=marked)
    weight = real[question] * (marks[question] - marked > 0)
    size = max([int(worker.max()), *beliefs.workers]) + 1
    seen, missed = (np.bincount(worker, weights=weight * each, minlength=size) for each in (marked, ~marked))
    for code, record in beliefs.workers.items():
        seen[code] += record[:nothing, :nothing].sum()
        missed[code] += record[:nothing, nothing].sum()
    first = (missed.sum() + FIRST_WEIGHT * (1 - FIRST_ACCURACY)) / ((seen + missed).sum() + FIRST_WEIGHT)
    misses = (missed + FIRST_WEIGHT * first) / (seen + missed + FIRST_WEIGHT)
    unseen = np.exp(np.bincount(places.task, weights=np.log(misses[places.worker])))
    tasks = np.unique(places.task)
    things = real[: len(places.groups)].sum() / (1 - unseen[tasks]).sum()
    found: Array = 1 - np.exp(-things * unseen)
    found[places.empty] = 0.0
    return found
