"""What the assets of the story are made from, and which resources they ask for."""

from datetime import datetime

import dagster as dg

from hitl_assets.events import key_of
from hitl_assets.io_managers import read_earlier
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import RESUMED, StoredAnswers, StoredKnownTasks, StoredPool, StoredReview
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.addressing import Served


def answered_inputs(project: Project) -> dict[str, dg.AssetIn]:
    """The tasks of a batch, and the `answers` to them: after a review, if the project has one."""
    answered = "reviewed_answers" if project.configuration.review else "raw_answers"
    stored = StoredReview if project.configuration.review else StoredAnswers
    answers = dg.AssetIn(key=[project.name, answered], dagster_type=stored)
    return {**inputs(project, "tasks"), "answers": answers}


def predicted(project: Project) -> list[dg.AssetKey]:
    """What the model says of a batch, if the project has one."""
    return [key_of(project, "predictions")] if project.configuration.model else []


def inputs(project: Project, *names: str) -> dict[str, dg.AssetIn]:
    """The project's own assets as inputs."""
    return {name: dg.AssetIn(key=[project.name, name]) for name in names}


def golden_input(project: Project) -> dict[str, dg.AssetIn]:
    """The golden tasks, if the project has such."""
    golden = dg.AssetIn(key=[project.name, "golden_tasks"], dagster_type=StoredKnownTasks)
    return {"golden_tasks": golden} if project.configuration.golden_tasks else {}


def with_people(project: Project) -> set[str]:
    """The resources of an asset for which people are asked."""
    return {project.service.name, "pachyderm", *(("media",) if project.configuration.pictures == "serve" else ())}


def served_by(context: dg.AssetExecutionContext, project: Project, now: datetime) -> Served | None:
    """The server that shows people the project's files, if the project has it."""
    return Served(context.resources.media.links(), now) if project.configuration.pictures == "serve" else None


def reopened(pachyderm: Pachyderm, project: Project, key: dg.AssetKey, batch: str, goes_on: bool) -> dict[str, bool]:
    """What is kept of a pool that goes on after it ended, so that its files are shown again, though it has labels."""
    if project.configuration.pictures != "serve":
        return {}
    before = read_earlier(pachyderm, key, StoredPool, batch)
    return {RESUMED: True} if goes_on or (before is not None and before.pool.get(RESUMED)) else {}
