"""Toloka as we use it: look up by mark, create once, upload in chunks, open as a step of its own, read back.

Methods raise `ServiceError` or `TransientServiceError`, nothing of toloka-kit. The marks that say what is ours are
read and written by labeling/pools.py.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import httpx
from toloka.client import Pool, Project, Task, TolokaClient, Training
from toloka.client.analytics_request import AnalyticsRequest, ApprovedAssignmentsCountPoolAnalytics
from toloka.client.exceptions import (
    AccessDeniedApiError,
    ApiError,
    AuthenticationApiError,
    FailedOperation,
)
from toloka.client.primitives.retry import TolokaRetry
from toloka.client.search_requests import AssignmentSearchRequest, PoolSearchRequest, ProjectSearchRequest
from toloka.client.task import CreateTasksParameters

from hitl_assets.labeling.pools import Mark, read_mark
from hitl_assets.labeling.records import KEY_FIELD, KnownTask, PoolState, canonical_json
from hitl_assets.labeling.records import Task as CrowdTask
from hitl_assets.services.errors import ServiceError, TransientServiceError

# The namespace of our operation ids: an operation with the same content has the same id, whoever asks and when.
NAMESPACE = uuid.UUID("5f0b3c52-6a0e-4b0a-9d53-0c1b1b6ad1de")
CHUNK = 500
# Toloka's API and its web interface have different hosts.
INTERFACES = {
    each.value: each.platform_url  # type: ignore[attr-defined]  # the kit has it, its stub does not
    for each in TolokaClient.Environment
}
PAGE = 300
# How often the upload of the same tasks may fail; each of these operations keeps its id.
MOST_ATTEMPTS = 20
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
# The kit sends at most ten metrics in one analytics request.
MOST_METRICS = 10
ANALYTICS_TIME = timedelta(seconds=15)

Found = TypeVar("Found")


class Toloka:
    """A client for one Toloka account. Cheap to make; it connects at the first call."""

    def __init__(self, url: str, token: str, timeout: float = 30.0) -> None:
        self.url = url.rstrip("/")
        # Reading may be repeated; what creates may not: after a lost response the kit would create twice.
        self.reader = TolokaClient(token, url=self.url, timeout=timeout, retryer_factory=partial(make_retry, 2))
        self.writer = TolokaClient(token, url=self.url, timeout=timeout, retryer_factory=partial(make_retry, 0))

    def __repr__(self) -> str:
        return f"Toloka({self.url})"

    def balance(self) -> Decimal:
        """What is left on the account, in its currency."""
        with self.translated("read the balance"):
            return Decimal(str(self.reader.get_requester().balance))

    def link(self, project_id: str, *rest: str) -> str:
        """Where a person sees a project, a pool or a training: the interface that belongs to the API's address."""
        return "/".join([INTERFACES.get(self.url, self.url), "requester/project", project_id, *rest])

    # Created once

    def ensure_project(self, form: Mapping[str, Any], mark: Mark) -> tuple[str, str]:
        """The project with this mark: its id, and what was done (`found`, `created`, `updated`)."""
        existing = self.look_up_project(mark)
        structure = Project.structure({**form, "private_comment": str(mark)})
        with self.translated(f"create or update the project {mark.name}"):
            if existing is None:
                return str(self.writer.create_project(structure).id), "created"
            if read_mark(existing.private_comment) == mark:
                return str(existing.id), "found"
            return str(self.writer.update_project(str(existing.id), structure).id), "updated"

    def find_project(self, mark: Mark) -> str:
        """The id of the project with this mark, whatever its form.

        Raises:
            ServiceError: there is none; `toloka_project` must be materialized first.
        """
        existing = self.look_up_project(mark)
        if existing is None:
            raise ServiceError(f"{self.url} has no project {mark.name}. Materialize toloka_project first.")
        return str(existing.id)

    def look_up_project(self, mark: Mark) -> Project | None:
        """The active project that is marked for the same thing, or None."""
        with self.translated(f"look up the project {mark.name}"):
            active = self.reader.get_projects(ProjectSearchRequest(status=Project.ProjectStatus.ACTIVE))
            ours = [project for project in active if is_of(read_mark(project.private_comment), mark)]
        return only(ours, f"project {mark.name}")

    def find_training(self, project_id: str, mark: Mark) -> Training | None:
        """The training with exactly this mark. A training has no private comment: the mark is in its metadata."""
        with self.translated(f"look up the training {mark.name}"):
            trainings = self.reader.get_trainings(project_id=project_id)
            ours = [t for t in trainings if (t.metadata or {}).get("hitl") == [str(mark)] and not t.is_archived()]
        return only(ours, f"training {mark.name}")

    def ensure_training(
        self, form: Mapping[str, Any], mark: Mark, project_id: str, tasks: Callable[[str], Sequence[Task]]
    ) -> tuple[str, str]:
        """The open training with this mark and the tasks that `tasks` makes for its id: its id, and what was done
        (`found`, `created`)."""
        training = self.find_training(project_id, mark)
        done = "found"
        if training is None:
            marked = {**form, "project_id": project_id, "metadata": {**form.get("metadata", {}), "hitl": [str(mark)]}}
            with self.translated(f"create the training {mark.name}"):
                training = self.writer.create_training(Training.structure(marked))
            done = "created"
        self.upload(tasks(str(training.id)), str(training.id))
        if not training.is_open():
            with self.translated(f"open the training {training.id}"):
                self.writer.open_training(str(training.id))
        return str(training.id), done

    # Pools

    def find_pools(self, project_id: str, since: datetime | None = None) -> list[PoolState]:
        """The project's pools that bear our mark, oldest first; with `since`, those created at that time or later."""
        request = PoolSearchRequest(project_id=project_id, created_gte=since)
        with self.translated(f"list the pools of project {project_id}"):
            pools = list(self.reader.get_pools(request, batch_size=PAGE))
        return [self.read_pool(pool) for pool in pools if read_mark(pool.private_comment)]

    def get_pool(self, pool_id: str) -> PoolState:
        """One pool."""
        with self.translated(f"read the pool {pool_id}"):
            return self.read_pool(self.reader.get_pool(pool_id))

    def create_pool(self, form: Mapping[str, Any]) -> PoolState:
        """A new pool, closed and empty. The caller has looked for it and found none."""
        with self.translated(f"create the pool {form['private_name']}"):
            return self.read_pool(self.writer.create_pool(Pool.structure(dict(form))))

    def open_pool(self, pool_id: str) -> PoolState:
        """Open a pool, and see that it was opened; a quick crowd may have finished it by then."""
        with self.translated(f"open the pool {pool_id}"):
            self.writer.open_pool(pool_id)
        pool = self.get_pool(pool_id)
        if not pool.was_started:
            raise ServiceError(f"Pool {pool_id} did not open. See {pool.link}, then rerun.")
        return pool

    def read_pool(self, pool: Pool) -> PoolState:
        """Our record of a pool."""
        mark = read_mark(pool.private_comment)
        if mark is None:
            raise ServiceError(f"Pool {pool.id} is not one of ours: its private comment is {pool.private_comment!r}.")
        reason = pool.last_close_reason
        return PoolState(
            id=str(pool.id),
            project_id=str(pool.project_id),
            batch=mark.name,
            key=mark.key,
            maximum=mark.maximum or Decimal(0),
            is_open=pool.status == Pool.Status.OPEN,
            was_started=pool.last_started is not None,
            close_reason=str(getattr(reason, "value", reason) or ""),
            created=pool.created.isoformat() if pool.created else "",
            link=self.link(str(pool.project_id), "pool", str(pool.id)),
        )

    # Tasks

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

    # Answers

    def assignments(self, pool_id: str) -> Iterator[dict[str, Any]]:
        """Every assignment of a pool as Toloka's JSON, in the order of ids."""
        with self.translated(f"read the assignments of pool {pool_id}"):
            for assignment in self.reader.get_assignments(pool_id=pool_id, batch_size=PAGE):
                yield assignment.unstructure() or {}

    def has_unfinished(self, pool_id: str) -> bool:
        """Whether somebody still works on the pool, or an answer waits for acceptance."""
        request = AssignmentSearchRequest(pool_id=pool_id, status=["ACTIVE", "SUBMITTED"])
        with self.translated(f"look for unfinished assignments of pool {pool_id}"):
            return bool(self.reader.find_assignments(request, limit=1).items)

    def accepted_counts(self, pool_ids: Sequence[str]) -> dict[str, int]:
        """How many assignments each pool has accepted: one question about all of them (ten pools at most).

        Toloka computes it in its own time. What isn't ready within `ANALYTICS_TIME` is left out: the next tick asks
        again, and what is done doesn't depend on it.
        """
        if not pool_ids:
            return {}
        asked: list[AnalyticsRequest] = [
            ApprovedAssignmentsCountPoolAnalytics(subject_id=pool_id) for pool_id in pool_ids[:MOST_METRICS]
        ]
        with self.translated("ask for the progress of open pools"):
            operation = self.reader.get_analytics(asked)
            try:
                done = self.reader.wait_operation(operation, timeout=ANALYTICS_TIME, disable_progress=True)
            except TimeoutError:
                return {}
        return {
            value["request"]["subject_id"]: int(value["result"])
            for value in (done.details or {}).get("value", [])
            if value["finished"]
        }

    @contextmanager
    def translated(self, attempt: str) -> Iterator[None]:
        """Errors of toloka-kit and HTTP as ours. `attempt` completes "could not ..."."""
        lead = f"Toloka at {self.url} could not {attempt}"
        try:
            yield
        except (AuthenticationApiError, AccessDeniedApiError) as error:
            # A person puts a token right; what waits for it should then go on.
            raise TransientServiceError(f"{lead}: {error.code}: {error.message}. Check TOLOKA_TOKEN.") from error
        except ApiError as error:
            raise translate(error, lead) from error
        except FailedOperation as error:
            raise ServiceError(f"{lead}: {error}.") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise TransientServiceError(f"{lead}: {type(error).__name__}: {error}.") from error
        except json.JSONDecodeError as error:  # a proxy's error page
            raise TransientServiceError(f"{lead}: the answer is not JSON. Check TOLOKA_URL.") from error


def make_retry(total: int) -> TolokaRetry:
    """The kit's retries without those that fail in version 1.2.3 (quotas and Retry-After raise a TypeError)."""
    return TolokaRetry(
        retry_quotas=None,
        total=total,
        status_forcelist=sorted(TRANSIENT_STATUSES) if total else [],
        allowed_methods=["GET", "POST", "PUT", "PATCH", "HEAD"],
        backoff_factor=0.5,
        respect_retry_after_header=False,
        raise_on_status=False,
    )


def translate(error: ApiError, lead: str) -> ServiceError | TransientServiceError:
    """The error that tells whether a rerun helps."""
    message = f"{lead}: {error.status_code} {error.code}: {error.message}"
    if error.payload:
        message += f" {canonical_json(error.payload)[:1000]}"
    return (TransientServiceError if error.status_code in TRANSIENT_STATUSES else ServiceError)(message)


def plain_problems(problems: Mapping[str, Any]) -> dict[str, Any]:
    """The kit's validation errors of one task, by field, as Toloka sent them."""
    return {field: error.unstructure() if hasattr(error, "unstructure") else error for field, error in problems.items()}


def only(found: Sequence[Found], what: str) -> Found | None:
    """The one that was found, or None; two of them are for a person to decide."""
    if len(found) > 1:
        ids = ", ".join(str(getattr(each, "id", each)) for each in found)
        raise ServiceError(f"There are {len(found)} of {what}: {ids}. Archive all but the right one, then rerun.")
    return found[0] if found else None


def is_of(found: Mark | None, mark: Mark) -> bool:
    """Whether a mark is for the same thing, whatever its key."""
    return found is not None and (found.kind, found.name) == (mark.kind, mark.name)


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
