"""The questions that decide marks: of each group of them, asked of everybody who saw the picture, what is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs, Codes
from hitl_assets.labeling.kinds.kind import Ask, Judged

if TYPE_CHECKING:
    import pandas as pd


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


def ask_about(places: Places, codes: Mapping[str, int], beliefs: Beliefs, ask: Ask) -> tuple[Judged, Codes]:
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
    judged = ask(asked, replace(beliefs, priors={}))
    at = np.argsort(judged.tasks)
    return Judged(judged.tasks[at], judged.labels[at], judged.stated[at]), tasks


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
