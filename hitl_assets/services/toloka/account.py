"""Toloka as we use it: look up by mark, create once, upload in chunks, open as a step of its own, read back.

Methods raise `ServiceError` or `TransientServiceError`, nothing of toloka-kit. The marks that say what is ours are
read and written by labeling/pools/pools.py.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from hitl_assets.labeling.pools.changes import find_project_changes
from hitl_assets.labeling.pools.pools import Mark, project_mark, read_mark, read_terms
from hitl_assets.labeling.project.declaration import Project as LabelingProject
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.answers import AnswerCalls
from hitl_assets.services.toloka.connection import PAGE
from hitl_assets.services.toloka.tasks import TaskCalls

if TYPE_CHECKING:
    from hitl_assets.services.toloka.kit import Pool, Project, Task, Training

Found = TypeVar("Found")


@dataclass(frozen=True)
class Projects:
    """The Toloka projects of one of ours, by id: the active one (empty: there is none), and archived ones, the oldest
    first. What people were asked in those was paid, too."""

    active: str
    archived: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.archived, self.active) if self.active else self.archived


class Toloka(TaskCalls, AnswerCalls):
    """A client for one Toloka account: what is created once, and pools."""

    # Created once

    def ensure_project(self, form: Mapping[str, Any], mark: Mark) -> tuple[str, str]:
        """The project with this mark: its id, and what was done (`found`, `created`, `updated`).

        Whoever creates one looks again: another run may have created one meanwhile, and the younger one gives way.
        """
        from hitl_assets.services.toloka.kit import Project

        existing, done = self.settle_project(mark), "found"
        with self.translated(f"read the form of the project {mark.name}"):
            structure = Project.structure({**form, "private_comment": str(mark)})
        if existing is None:
            with self.changing(f"create the project {mark.name}"):
                created = self.writer.create_project(structure)
            existing, done = self.settle_project(mark) or created, "created"
        changed = find_project_changes(form, existing.unstructure() or {})
        if read_mark(existing.private_comment) != mark or changed:
            with self.changing(f"update the project {mark.name}"):
                existing, done = self.writer.update_project(str(existing.id), structure), "updated"
        return str(existing.id), done

    def project_form(self, project_id: str) -> Mapping[str, Any]:
        """Toloka's JSON of a project."""
        with self.translated(f"read the project {project_id}"):
            return self.reader.get_project(project_id).unstructure() or {}

    def settle_project(self, mark: Mark) -> "Project | None":
        """The project that is marked for the same thing, or None; others, in which nothing is, are put away."""
        chosen, others = self.look_up_projects(mark)
        for other in others:
            with self.changing(f"archive the project {other.id}, which is there twice"):
                self.writer.archive_project(str(other.id))
        return chosen

    def find_project(self, mark: Mark) -> str:
        """The id of the project with this mark, whatever its form.

        Raises:
            ServiceError: there is none, or it is archived; `toloka_project` must be materialized first.
        """
        return self.active_of(self.find_projects(mark), mark)

    def active_of(self, found: "Projects", mark: Mark) -> str:
        """The project in which something can be made.

        Raises:
            ServiceError: there is none; `toloka_project` must be materialized first.
        """
        if found.active:
            return found.active
        if found.archived:
            raise ServiceError(
                f"The project {mark.name} is archived in Toloka ({self.link(found.archived[-1])}): nothing can be "
                "asked in it any more. Materialize toloka_project (and toloka_training, if there is one): that makes a "
                "new one for new batches. Batches of the archived one keep their pools and their "
                "answers, and what those have cost goes on counting against the caps."
            )
        raise ServiceError(f"{self.url} has no project {mark.name}. Materialize toloka_project first.")

    def find_projects(self, mark: Mark) -> "Projects":
        """The projects that are marked for the same thing, also those that somebody archived."""
        marked = self.marked_projects(mark)
        existing, _ = self.elect_project([each for each in marked if not is_put_away(each)], mark)
        archived = tuple(str(each.id) for each in marked if is_put_away(each))
        return Projects(str(existing.id) if existing else "", archived)

    def pools_of(self, found: "Projects") -> list[PoolState]:
        """All pools of these projects that bear our mark, oldest first, also archived ones."""
        pools = (pool for project_id in found.every for pool in self.find_pools(project_id))
        return by_age(pools)

    def project_pools(self, project: LabelingProject) -> list[PoolState]:
        """All pools of a project of ours, oldest first, also those in a project of Toloka that somebody archived."""
        return self.pools_of(self.find_projects(project_mark(project)))

    def look_up_projects(self, mark: Mark) -> "tuple[Project | None, list[Project]]":
        """The active project that is marked for the same thing, and others that are: the one in which something is,
        otherwise the oldest. Whoever looks decides alike.

        Raises:
            ServiceError: something is in two of them.
        """
        return self.elect_project([each for each in self.marked_projects(mark) if not is_put_away(each)], mark)

    def marked_projects(self, mark: Mark) -> "list[Project]":
        """The projects that are marked for the same thing, archived or not, oldest first."""
        from hitl_assets.services.toloka.kit import ProjectSearchRequest

        with self.translated(f"look up the project {mark.name}"):
            every = self.reader.get_projects(ProjectSearchRequest(), batch_size=PAGE)
            return by_age(project for project in every if is_of(read_mark(project.private_comment), mark))

    def elect_project(self, ours: "Sequence[Project]", mark: Mark) -> "tuple[Project | None, list[Project]]":
        """Which of these active projects is the one, and the others."""
        with self.translated(f"look up the project {mark.name}"):
            used = [project for project in ours if self.is_used(str(project.id))] if len(ours) > 1 else []
        chosen = only(used, f"project {mark.name}") or next(iter(ours), None)
        return chosen, [project for project in ours if project is not chosen]

    def is_used(self, project_id: str) -> bool:
        """Whether a project has a training or a pool."""
        from hitl_assets.services.toloka.kit import PoolSearchRequest, TrainingSearchRequest

        trainings = self.reader.find_trainings(TrainingSearchRequest(project_id=project_id), limit=1)
        return bool(trainings.items or self.reader.find_pools(PoolSearchRequest(project_id=project_id), limit=1).items)

    def find_training(self, project_id: str, mark: Mark) -> "Training | None":
        """The training with exactly this mark, the oldest if there are more."""
        return next(iter(self.find_trainings(project_id, mark)), None)

    def open_trainings(self, project_id: str) -> list[str]:
        """The ids of the trainings of a project that are open, whoever made them."""
        with self.translated(f"list the trainings of project {project_id}"):
            return [str(each.id) for each in self.reader.get_trainings(project_id=project_id) if each.is_open()]

    def find_trainings(self, project_id: str, mark: Mark) -> "list[Training]":
        """The trainings with exactly this mark, oldest first. A training has no private comment: the mark is in its
        metadata."""
        with self.translated(f"look up the training {mark.name}"):
            trainings = self.reader.get_trainings(project_id=project_id)
            return by_age(t for t in trainings if (t.metadata or {}).get("hitl") == [str(mark)] and not t.is_archived())

    def ensure_training(
        self, form: Mapping[str, Any], mark: Mark, project_id: str, tasks: "Callable[[str], Sequence[Task]]"
    ) -> tuple[str, str]:
        """The open training with this mark and the tasks that `tasks` makes for its id: its id, and what was done
        (`found`, `created`). Of two the younger gives way before it is filled, as with projects."""
        from hitl_assets.services.toloka.kit import Training

        training, done = self.settle_training(project_id, mark), "found"
        if training is None:
            marked = {**form, "project_id": project_id, "metadata": {**form.get("metadata", {}), "hitl": [str(mark)]}}
            with self.changing(f"create the training {mark.name}"):
                created = self.writer.create_training(Training.structure(marked))
            training, done = self.settle_training(project_id, mark) or created, "created"
        self.upload(tasks(str(training.id)), str(training.id))
        self.open_training(str(training.id))
        return str(training.id), done

    def settle_training(self, project_id: str, mark: Mark) -> "Training | None":
        """The training with exactly this mark, or None; younger ones are put away."""
        trainings = self.find_trainings(project_id, mark)
        for other in trainings[1:]:
            with self.changing(f"archive the training {other.id}, which is there twice"):
                self.writer.close_training(str(other.id))
                self.writer.archive_training(str(other.id))
        return next(iter(trainings), None)

    def open_training(self, training_id: str) -> None:
        """Open a training; nothing happens if it is open."""
        with self.changing(f"open the training {training_id}"):
            self.writer.open_training(training_id)

    # Pools

    def find_pools(self, project_id: str, since: datetime | None = None) -> list[PoolState]:
        """The project's pools that bear our mark, oldest first; with `since`, those created at that time or later."""
        from hitl_assets.services.toloka.kit import PoolSearchRequest

        request = PoolSearchRequest(project_id=project_id, created_gte=since)
        with self.translated(f"list the pools of project {project_id}"):
            pools = list(self.reader.get_pools(request, batch_size=PAGE))
        return [self.read_pool(pool) for pool in pools if read_mark(pool.private_comment)]

    def get_pool(self, pool_id: str) -> PoolState:
        """One pool."""
        with self.translated(f"read the pool {pool_id}"):
            return self.read_pool(self.reader.get_pool(pool_id))

    def has_pool(self, pool_id: str) -> bool:
        """Whether the account has a pool of this id, with our mark or without."""
        return bool(self.pools_of_id(pool_id))

    def find_pool(self, pool_id: str) -> PoolState | None:
        """The pool of this id; None if the account has none that bears our mark."""
        found = [pool for pool in self.pools_of_id(pool_id) if read_mark(pool.private_comment)]
        return self.read_pool(found[0]) if found else None

    def pools_of_id(self, pool_id: str) -> "list[Pool]":
        """The pool of this id, if the account has it."""
        from hitl_assets.services.toloka.kit import PoolSearchRequest

        request = PoolSearchRequest(id_gte=pool_id, id_lte=pool_id)
        with self.translated(f"look for the pool {pool_id}"):
            return list(self.reader.find_pools(request, limit=1).items or ())

    def create_pool(self, form: Mapping[str, Any]) -> PoolState:
        """A new pool, closed and empty. The caller has looked for it and found none."""
        from hitl_assets.services.toloka.kit import Pool

        with self.changing(f"create the pool {form['private_name']}"):
            return self.read_pool(self.writer.create_pool(Pool.structure(dict(form))))

    def reserving_pools(self) -> list[PoolState]:
        """All open pools of the account that bear our mark, whatever project they are of."""
        from hitl_assets.services.toloka.kit import Pool, PoolSearchRequest

        with self.translated("list the open pools"):
            pools = list(self.reader.get_pools(PoolSearchRequest(status=Pool.Status.OPEN), batch_size=PAGE))
        return [self.read_pool(pool) for pool in pools if read_mark(pool.private_comment)]

    def open_pool(self, before: PoolState) -> PoolState:
        """Open a pool that was in this state, and see that it was opened; a quick crowd may have finished it by
        then."""
        with self.changing(f"open the pool {before.id}"):
            self.writer.open_pool(before.id)
        pool = self.get_pool(before.id)
        if not pool.is_open and pool.started == before.started:
            raise ServiceError(f"Pool {pool.id} did not open. See {pool.link}, then rerun.")
        return pool

    def close_pool(self, pool_id: str) -> None:
        """Close a pool: nobody new begins; who has begun may finish."""
        with self.translated(f"close the pool {pool_id}"):
            self.writer.close_pool(pool_id)

    def archive_pool(self, pool_id: str) -> None:
        """Put away a closed pool. It can't be opened again."""
        with self.translated(f"archive the pool {pool_id}"):
            self.writer.archive_pool(pool_id)

    def extend_pool(self, pool_id: str, expires: str) -> None:
        """Give a closed pool another expiry (an ISO time, UTC)."""
        with self.translated(f"read the pool {pool_id}"):
            pool = self.reader.get_pool(pool_id)
        pool.will_expire = datetime.fromisoformat(expires)
        with self.changing(f"extend the pool {pool_id}"):
            self.writer.update_pool(pool_id, pool)

    def allow(self, pool: PoolState, maximum: Decimal) -> None:
        """Note on a closed pool that it may cost more than was planned when it was made: others reckon with that."""
        with self.translated(f"read the pool {pool.id}"):
            form = self.reader.get_pool(pool.id)
        form.private_comment = str(Mark("pool", pool.batch, pool.key, maximum))
        with self.changing(f"raise the maximum of pool {pool.id}"):
            self.writer.update_pool(pool.id, form)

    def read_pool(self, pool: "Pool") -> PoolState:
        """Our record of a pool."""
        return self.pool_of(pool.unstructure() or {})

    def pool_of(self, form: Mapping[str, Any]) -> PoolState:
        """Our record of a pool, from Toloka's JSON of it."""
        pool_id, project_id = str(form["id"]), str(form["project_id"])
        mark = read_mark(form.get("private_comment"))
        if mark is None:
            comment = form.get("private_comment")
            raise ServiceError(f"Pool {pool_id} is not one of ours: its private comment is {comment!r}.")
        return PoolState(
            id=pool_id,
            project_id=project_id,
            batch=mark.name,
            key=mark.key,
            maximum=mark.maximum or Decimal(0),
            is_open=form.get("status") == "OPEN",
            is_archived=form.get("status") == "ARCHIVED",
            started=moment(form.get("last_started")),
            close_reason=str(form.get("last_close_reason") or ""),
            created=moment(form.get("created")),
            expires=moment(form.get("will_expire")),
            link=self.link(project_id, "pool", pool_id),
            preview=self.preview(project_id, pool_id),
            terms=read_terms(form),
            form=form,
        )


def moment(text: str | None) -> str:
    """A time of Toloka's (in UTC, if it does not say), as toloka-kit reads it; empty if there is none. What was
    collected is told apart by these texts: they stay as they are."""
    if not text:
        return ""
    whole, point, rest = text.partition(".")
    digits = re.match(r"\d*", rest)[0]  # type: ignore[index]  # it may be of no digits
    # Before Python 3.11 three or six of them are understood.
    at = datetime.fromisoformat(f"{whole}{point}{digits.ljust(6, '0') if point else ''}{rest[len(digits) :]}")
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).isoformat()


def is_put_away(project: "Project") -> bool:
    """Whether a project is archived: nothing can be made in it any more."""
    from hitl_assets.services.toloka.kit import Project

    return project.status == Project.ProjectStatus.ARCHIVED


def by_age(found: Iterable[Found]) -> list[Found]:
    """The oldest first. Ids grow: of two that were created in one millisecond the one with the lower id is older."""
    return sorted(found, key=lambda each: (str(each.created or ""), len(str(each.id)), str(each.id)))  # type: ignore[attr-defined]  # objects of the kit


def only(found: Sequence[Found], what: str) -> Found | None:
    """The one that was found, or None; two of them are for a person to decide."""
    if len(found) > 1:
        ids = ", ".join(str(getattr(each, "id", each)) for each in found)
        raise ServiceError(
            f"There are {len(found)} of {what}: {ids}. Decide which is the right one, take our mark out of the others "
            "(in their private comment, or a training's metadata), then rerun."
        )
    return found[0] if found else None


def is_of(found: Mark | None, mark: Mark) -> bool:
    """Whether a mark is for the same thing, whatever its key."""
    return found is not None and (found.kind, found.name) == (mark.kind, mark.name)
