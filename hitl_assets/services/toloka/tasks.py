"""The tasks of a pool in Toloka: uploaded once, compared with the plan, given more answers."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.records import KEY_FIELD, KnownTask, canonical_json
from hitl_assets.labeling.records import Task as CrowdTask
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.toloka.connection import PAGE, Connection

if TYPE_CHECKING:
    from hitl_assets.services.toloka.kit import Task

# The namespace of our operation ids: the same part of the same pool has the same id, whoever uploads what, and when.
# A pool is filled once: what comes later under the same id is refused as an operation that exists already.
NAMESPACE = uuid.UUID("5f0b3c52-6a0e-4b0a-9d53-0c1b1b6ad1de")
CHUNK = 500
# The values of a request take 1,048,576 bytes at most, known answers among them.
MOST_BYTES = 1_000_000
# How often the upload of the same tasks may fail; each of these operations keeps its id.
MOST_ATTEMPTS = 20


@dataclass(frozen=True)
class Upload:
    """How many tasks are new in a pool, and why Toloka refused others (by item key)."""

    new: int
    refused: Mapping[str, str]


class RefusedTasksError(ServiceError):
    """Toloka refused tasks: why, by item key."""

    def __init__(self, message: str, refused: Mapping[str, str]) -> None:
        super().__init__(message)
        self.refused = refused


class OtherTasksError(ServiceError):
    """A pool holds tasks that are not planned: another run, with another plan, or a person has filled it."""


@dataclass(frozen=True)
class TaskState:
    """A real task of a pool: by how many workers it is to be answered, and how many of them are still missing."""

    id: str
    item_key: str
    overlap: int
    left: int


class TaskCalls(Connection):
    """What is done with tasks."""

    def upload(self, tasks: "Sequence[Task]", pool_id: str, skip_invalid: bool = False) -> Upload:
        """Bring a pool's tasks to exactly these.

        A chunk that was uploaded before is recognised by its operation id, which is made from the pool and the chunk's
        place: of two runs with different plans only one fills it. With `skip_invalid` the pool goes without the tasks
        that Toloka refuses.

        Raises:
            OtherTasksError: it holds tasks that are not among these.
            RefusedTasksError: the pool does not hold all of these tasks, since Toloka refuses some.
            TransientServiceError: Toloka took only some of them, and did not say why.
        """
        present = self.task_identities(pool_id)
        chunks = {f"from {start}": chunk for start, chunk in in_chunks(tasks)}
        absent = {place: chunk for place, chunk in chunks.items() if not Counter(map(identity, chunk)) <= present}
        refused: dict[str, str] = {}
        for place, chunk in absent.items():
            refused |= self.upload_chunk(chunk, pool_id, place, skip_invalid)
        planned = Counter(each for each in map(identity, tasks) if not (skip_invalid and each[0] in refused))
        held = self.task_identities(pool_id) if absent else present
        if held != planned:
            others = (held - planned).total()
            said = (
                f"Pool {pool_id} holds {(held & planned).total()} of {planned.total()} planned tasks and "
                f"{others} others. {describe_refused(refused)}Nothing is open."
            )
            if refused and not others:
                raise RefusedTasksError(said, refused)
            raise (OtherTasksError if others else TransientServiceError)(said)
        return Upload((held - present).total(), refused)

    def add(self, tasks: "Sequence[Task]", pool_id: str) -> None:
        """See that a pool holds these tasks, too, each once.

        Raises:
            ServiceError: Toloka refuses some of them.
            TransientServiceError: Toloka took only some of them, and did not say why.
        """
        present = self.task_identities(pool_id)
        absent = [task for task in tasks if not present[identity(task)]]
        refused: dict[str, str] = {}
        for task in absent:
            # Each by itself: another run may add some of them and others.
            refused |= self.upload_chunk([task], pool_id, f"added {identity(task)}")
        missing = Counter(map(identity, tasks)) - self.task_identities(pool_id)
        if missing:
            raise (ServiceError if refused else TransientServiceError)(
                f"Pool {pool_id} lacks {missing.total()} of {len(tasks)} tasks that were added. "
                f"{describe_refused(refused)}Put the fields of the project right in Toloka, then rerun."
            )

    def upload_chunk(
        self, chunk: "Sequence[Task]", pool_id: str, place: str = "from 0", skip_invalid: bool = False
    ) -> dict[str, str]:
        """Upload one chunk asynchronously under the operation id of its place in the pool; why Toloka refused which (by
        item key)."""
        from hitl_assets.services.toloka.kit import CreateTasksParameters, FailedOperation, ValidationApiError

        lead = f"upload {plural(len(chunk), 'task')} into pool {pool_id}"
        for attempt in range(MOST_ATTEMPTS):
            parameters = CreateTasksParameters(
                operation_id=uuid.uuid5(NAMESPACE, f"pool {pool_id} {place} attempt {attempt}"),
                allow_defaults=True,
                open_pool=False,
                skip_invalid_items=skip_invalid,
            )
            with self.changing(lead):
                try:
                    result = self.reader.create_tasks(list(chunk), parameters)
                except FailedOperation:
                    # An earlier run's, and failed for good. It may be put right by now, for instance in the project.
                    if self.task_identities(pool_id) & Counter(map(identity, chunk)):
                        raise
                    continue
                except ValidationApiError as error:
                    # Not one task of the chunk was made: one is bad, or with `skip_invalid` all are.
                    refused = refusals(chunk, error.payload or {})
                    if not refused:
                        raise
                    return refused
            problems = result.validation_errors or {}
            if problems or result.items or self.task_identities(pool_id) & Counter(map(identity, chunk)):
                return refusals(chunk, problems)
            # The operation failed without a word: the kit says nothing, and nothing was made.
        raise ServiceError(f"Toloka at {self.url} could not {lead}, {MOST_ATTEMPTS} times. See the pool in Toloka.")

    def answers_left(self, pool_id: str) -> dict[str, int]:
        """How many answers each real task of a pool (by item key) still waits for."""
        return {task.item_key: task.left for task in self.real_tasks(pool_id)}

    def real_tasks(self, pool_id: str) -> list[TaskState]:
        """The tasks of a pool whose answer is not known."""
        with self.translated(f"list the tasks of pool {pool_id}"):
            return [
                TaskState(str(task.id), identity(task)[0], int(task.overlap or 0), int(task.remaining_overlap or 0))
                for task in self.reader.get_tasks(pool_id=pool_id, batch_size=PAGE)
                if not task.known_solutions
            ]

    def raise_overlaps(self, pool_id: str, wanted: Mapping[str, int]) -> int:
        """See that tasks (by id) are answered by so many workers, at least; how many were raised."""
        from hitl_assets.services.toloka.kit import TaskPatch

        with self.translated(f"ask for more answers in pool {pool_id}"):
            tasks = list(self.reader.get_tasks(pool_id=pool_id, batch_size=PAGE)) if wanted else []
            low = [task for task in tasks if int(task.overlap or 0) < wanted.get(str(task.id), 0)]
        for task in low:
            with self.changing(f"ask for more answers to task {task.id}"):
                # An absolute number: asking twice is asking once.
                self.reader.patch_task(str(task.id), TaskPatch(overlap=wanted[str(task.id)]))
        return len(low)

    def task_identities(self, pool_id: str) -> Counter[tuple[str, bool]]:
        """The item key of each task in a pool, and whether its answer is known; with how often it is there."""
        with self.translated(f"list the tasks of pool {pool_id}"):
            return Counter(identity(task) for task in self.reader.get_tasks(pool_id=pool_id, batch_size=PAGE))


def refusals(chunk: "Sequence[Task]", problems: Mapping[str, Any]) -> dict[str, str]:
    """Why Toloka refused tasks of a chunk, by item key. `problems` are the kit's, by position in the chunk."""
    return {
        identity(chunk[int(index)])[0]: canonical_json(plain_problems(problem))
        for index, problem in problems.items()
        if index.isdigit()
    }


def describe_refused(refused: Mapping[str, str]) -> str:
    """The first refused tasks, in a sentence each."""
    return "".join(f"Task {key}: {reason}. " for key, reason in list(refused.items())[:10])


def plain_problems(problems: Mapping[str, Any]) -> dict[str, Any]:
    """The kit's validation errors of one task, by field, as Toloka sent them."""
    return {field: error.unstructure() if hasattr(error, "unstructure") else error for field, error in problems.items()}


def identity(task: "Task") -> tuple[str, bool]:
    """What makes a task of a pool the one that we planned: item key, and whether its answer is known."""
    return str((task.input_values or {}).get(KEY_FIELD, "")), bool(task.known_solutions)


def crowd_task(task: CrowdTask, pool_id: str) -> "Task":
    """A task for people, with its item's key as a hidden input."""
    from hitl_assets.services.toloka.kit import Task

    return Task(pool_id=pool_id, input_values={**task.values, KEY_FIELD: task.item_key})


def golden_task(task: KnownTask, pool_id: str) -> "Task":
    """A control task: it never runs out, or the pool would stall."""
    from hitl_assets.services.toloka.kit import Task

    return Task(
        pool_id=pool_id,
        input_values={**task.values, KEY_FIELD: task.item_key},
        known_solutions=[Task.KnownSolution(output_values=dict(task.answer), correctness_weight=1)],
        infinite_overlap=True,
    )


def training_task(task: KnownTask, training_id: str) -> "Task":
    """A training task: a control task with a hint."""
    made = golden_task(task, training_id)
    made.message_on_unknown_solution = task.hint or "Read the instructions again, then choose another answer."
    return made


def in_chunks(tasks: "Sequence[Task]") -> "Iterator[tuple[int, list[Task]]]":
    """The tasks as they fit into requests, each chunk with the position of its first task."""
    chunk: list[Task] = []
    start = size = 0
    for position, task in enumerate(tasks):
        known = [solution.output_values for solution in task.known_solutions or ()]
        own = len(json.dumps([task.input_values, known], ensure_ascii=False, default=str).encode())
        if chunk and (len(chunk) == CHUNK or size + own > MOST_BYTES):
            yield start, chunk
            start, chunk, size = position, [], 0
        chunk.append(task)
        size += own
    if chunk:
        yield start, chunk
