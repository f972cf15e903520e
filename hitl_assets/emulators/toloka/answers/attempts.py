"""Tasks of a pool, each filled in once as simulated workers do: which of them nobody can hand in."""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.crowd.answering.filling import UnanswerableError
from hitl_assets.emulators.crowd.answering.truth import find_truth, page_of
from hitl_assets.emulators.crowd.suites import Questionnaire, Task
from hitl_assets.emulators.toloka.answers.readings import questionnaire_of, read_task
from hitl_assets.emulators.toloka.projects.projects import specification_text
from hitl_assets.emulators.toloka.storage.state import State, load

# More tasks of a pool show nothing new.
MOST = 300


@dataclass(frozen=True)
class Attempt:
    """How many tasks were tried; of how many each thing is wrong, the most frequent first: what keeps them from being
    handed in with the right answer, and what may be wrong with their pages."""

    tried: int
    refused: Mapping[str, int]
    notes: Mapping[str, int]


def try_tasks(state: State, pool: sqlite3.Row) -> Attempt:
    """Fill in a pool's tasks, first those with known answers; nothing is handed in."""
    rows = state.store.all(
        "SELECT form FROM tasks WHERE pool_id = ? ORDER BY kind = 'REAL', id LIMIT ?", pool["id"], MOST
    )
    asks, specification = questionnaire_of(state, pool), specification_text(state, pool)
    refused: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    for row in rows:
        task = read_task(load(row["form"]), specification)
        try:
            filled = find_truth(asks, state.answer_key, 0, task)
        except UnanswerableError as error:
            refused[str(error)] += 1
            notes.update(page_of(asks, task).look({}).notes)
        else:
            refused.update(itertools.islice(_missed(asks, task, filled.output), 1))
            notes.update(filled.look.notes)
    return Attempt(len(rows), dict(refused.most_common()), dict(notes.most_common()))


def _missed(asks: Questionnaire, task: Task, output: Mapping[str, Any]) -> Iterator[str]:
    """The known answers that the page does not take, though it takes others."""
    for name, value in (task.solution or {}).items():
        is_plain = asks.output_spec.get(name, {}).get("type") in ("string", "boolean", "integer")
        if is_plain and output.get(name) != value:
            yield f"{name}: The known answer {value!r:.80} can't be given."
