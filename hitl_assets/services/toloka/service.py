"""Toloka as a labeling service: the verbs of the story, each with its own module."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hitl_assets.labeling.answers.review import Decision
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.pools.watched import Doubled, Stop, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, Task
from hitl_assets.services.labeling import Asked, Batch, Collected, Looked, Prepared, Reviewed
from hitl_assets.services.money.payer import Priced
from hitl_assets.services.toloka import collection, looks, publication, review, rounds
from hitl_assets.services.toloka.account import Toloka


class TolokaService(Toloka):
    """A `LabelingService` that is paid."""

    def prepare(self, project: Project, part: str, tasks: Sequence[KnownTask] = ()) -> Prepared:
        """The Toloka project, or its training with these tasks."""
        if part == "training":
            return publication.ensure_training(self, project, tasks)
        return publication.ensure_project(self, project)

    def knows(self, project: Project) -> bool:
        """Whether this account has the project."""
        return self.look_up_projects(project_mark(project))[0] is not None

    def publish(
        self,
        project: Project,
        batch: Batch,
        now: datetime,
        accounts: Mapping[str, Account] | None = None,
        resume: bool = False,
        stop: Stop | None = None,
        opens: bool = True,
        known: str = "",
    ) -> Priced:
        """The batch's pool, opened inside the caps."""
        return publication.publish(self, project, batch, now, accounts, resume, stop, opens, known)

    def look(
        self, project: Project, watched: Sequence[Watched], doubled: Sequence[Doubled], turn: int, is_wide: bool
    ) -> Looked:
        """How far these batches are; a pool that would pass its cap is closed."""
        return looks.look(self, project, watched, doubled, turn, is_wide)

    def collect(self, project: Project, pool_id: str, before: Account | None = None) -> Collected:
        """Every assignment of a pool that is over."""
        return collection.collect(self, project, pool_id, before)

    def ask(
        self,
        project: Project,
        pool_id: str,
        unsure: Unsure,
        accounts: Mapping[str, Account],
        instead: Sequence[Task] = (),
    ) -> Asked:
        """More answers in the same pool, inside the caps."""
        return rounds.ask(self, project, pool_id, unsure, accounts, instead)

    def decide(
        self,
        project: Project,
        pool_id: str,
        decisions: Mapping[str, Decision],
        rest: Decision,
        accounts: Mapping[str, Account],
    ) -> Reviewed:
        """Pay what is good, reject what is bad."""
        return review.review(self, project, pool_id, decisions, rest, accounts)

    def stop(self, pool_id: str) -> None:
        """Close the pool."""
        self.close_pool(pool_id)
