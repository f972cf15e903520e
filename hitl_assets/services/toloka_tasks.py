"""The tasks of a pool in Toloka: uploaded once, compared with the plan, given more answers."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from toloka.client import Task
from toloka.client.exceptions import FailedOperation
from toloka.client.task import CreateTasksParameters

from hitl_assets.labeling.records import KEY_FIELD, KnownTask, canonical_json
from hitl_assets.labeling.records import Task as CrowdTask
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka_connection import PAGE, Connection

# The namespace of our operation ids: an operation with the same content has the same id, whoever asks and when.
NAMESPACE = uuid.UUID("5f0b3c52-6a0e-4b0a-9d53-0c1b1b6ad1de")
CHUNK = 500
# How often the upload of the same tasks may fail; each of these operations keeps its id.
MOST_ATTEMPTS = 20


class TaskCalls(Connection):
    """What is done with tasks."""

    def upload(self, tasks: Sequence[Task], pool_id: str) -> int:
        """Bring a pool's tasks to exactly these; how many were new.

        A chunk that was uploaded before is recognised by its operation id, which is made from its content.

        Raises:
            ServiceError: afterwards the pool does not hold these tasks and no others.
        """
        present = self.task_identities(pool_id)
        chunks = [list(tasks[start : start + CHUNK]) for start in range(0, len(tasks), CHUNK)]
        absent = [chunk for chunk in chunks if not Counter(map(identity, chunk)) <= present]
        errors: list[str] = []
        for chunk in absent:
            errors += self.upload_chunk(chunk, pool_id)
        planned = Counter(map(identity, tasks))
        held = self.task_identities(pool_id) if absent else present
        if held != planned:
            raise ServiceError(
                f"Pool {pool_id} holds {(held & planned).total()} of {planned.total()} planned tasks and "
                f"{(held - planned).total()} others. {' '.join(errors[:10])} Nothing is open. Correct the tasks, or "
                "archive the pool, then rerun."
            )
        return (planned - present).total()

    def upload_chunk(self, chunk: Sequence[Task], pool_id: str) -> list[str]:
        """Upload one chunk asynchronously under its deterministic operation id; what was wrong with which task."""
        # The kit numbers the objects that it sends; their content is the same without that.
        content = [canonical_json({**(task.unstructure() or {}), "__item_idx": None}) for task in chunk]
        lead = f"upload {len(chunk)} tasks into pool {pool_id}"
        for attempt in range(MOST_ATTEMPTS):
            parameters = CreateTasksParameters(
                operation_id=uuid.uuid5(NAMESPACE, "\n".join([*content, f"attempt {attempt}"])),
                allow_defaults=True,
                open_pool=False,
                skip_invalid_items=False,
            )
            with self.translated(lead):
                try:
                    result = self.reader.create_tasks(list(chunk), parameters)
                except FailedOperation:
                    # An earlier run's, and failed for good. It may be put right by now, for instance in the project.
                    if self.task_identities(pool_id) & Counter(map(identity, chunk)):
                        raise
                    continue
            problems = result.validation_errors or {}
            return [f"Task {index}: {canonical_json(plain_problems(problem))}." for index, problem in problems.items()]
        raise ServiceError(
            f"Toloka at {self.url} could not {lead}, {MOST_ATTEMPTS} times. Archive the pool, then rerun."
        )

    def task_identities(self, pool_id: str) -> Counter[tuple[str, bool]]:
        """The item key of each task in a pool, and whether its answer is known; with how often it is there."""
        with self.translated(f"list the tasks of pool {pool_id}"):
            return Counter(identity(task) for task in self.reader.get_tasks(pool_id=pool_id, batch_size=PAGE))


def plain_problems(problems: Mapping[str, Any]) -> dict[str, Any]:
    """The kit's validation errors of one task, by field, as Toloka sent them."""
    return {field: error.unstructure() if hasattr(error, "unstructure") else error for field, error in problems.items()}


def identity(task: Task) -> tuple[str, bool]:
    """What makes a task of a pool the one that we planned: item key, and whether its answer is known."""
    return str((task.input_values or {}).get(KEY_FIELD, "")), bool(task.known_solutions)


def crowd_task(task: CrowdTask, pool_id: str) -> Task:
    """A task for people, with its item's key as a hidden input."""
    return Task(pool_id=pool_id, input_values={**task.values, KEY_FIELD: task.item_key})


def golden_task(task: KnownTask, pool_id: str) -> Task:
    """A control task: it never runs out, or the pool would stall."""
    return Task(
        pool_id=pool_id,
        input_values={**task.values, KEY_FIELD: task.item_key},
        known_solutions=[Task.KnownSolution(output_values=dict(task.answer), correctness_weight=1)],
        infinite_overlap=True,
    )


def training_task(task: KnownTask, training_id: str) -> Task:
    """A training task: a control task with a hint."""
    made = golden_task(task, training_id)
    made.message_on_unknown_solution = task.hint or "Read the instructions again, then choose another answer."
    return made
