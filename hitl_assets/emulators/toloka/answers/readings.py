"""A pool as simulated workers read it: what is asked in it, and its tasks with their pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.crowd.suites import Questionnaire, Task
from hitl_assets.emulators.toloka.people.pages.task_pages import page_of_task
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.state import State, load


def questionnaire_of(state: State, pool: sqlite3.Row) -> Questionnaire:
    """The fields of a pool's tasks, and which answers its project knows by golden and training tasks."""
    specification = specification_of(state, pool)
    options = {name: tuple(values) for name, values in _known(state, pool["project_id"]).items()}
    return Questionnaire(specification["input_spec"], specification["output_spec"], options)


def read_task(form: Mapping[str, Any], specification: str) -> Task:
    """A task that follows this `task_spec`, with its solution and its page."""
    known, inputs = form.get("known_solutions") or [], form.get("input_values") or {}
    return Task(inputs, known[0]["output_values"] if known else None, page_of_task(specification, inputs))


def _known(state: State, project_id: str) -> dict[str, list[Any]]:
    rows = state.store.all(
        "SELECT tasks.form FROM pools JOIN tasks ON pool_id = pools.id WHERE project_id = ? AND kind != 'REAL' "
        "LIMIT 1000",
        project_id,
    )
    values: dict[str, list[Any]] = {}
    for row in rows:
        for solution in load(row["form"])["known_solutions"]:
            for name, value in solution["output_values"].items():
                values.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return values
