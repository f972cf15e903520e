"""A project published to a throw-away emulator to which nobody comes: what Toloka would refuse, as far as it knows."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.tasks import compose_tasks
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.rehearsal.forms import PLENTY, with_skills, without_caps
from hitl_assets.local.rehearsal.plan import FILE, Plan
from hitl_assets.local.rehearsal.run_findings import LET_ANSWER, LOOK, describe_notes, describe_refused
from hitl_assets.local.rehearsal.runs import Attempt
from hitl_assets.local.rehearsal.waiting import try_tasks
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.toloka.service import TolokaService as Toloka


def of_toloka(plan: Plan) -> Iterator[Problem]:
    """Whether Toloka takes project, training, tasks and pool, and whether the tasks can be answered."""
    with tempfile.TemporaryDirectory(prefix="hitl-check-") as folder:
        key = Path(folder) / "answer_key.csv"
        key.write_bytes(plan.answer_key())
        with TolokaEmulator(
            Path(folder) / "state", answer_key=key if plan.truth else None, speed="manual", crowd="none", balance=PLENTY
        ) as emulator:
            toloka = Toloka(emulator.url, "check")
            try:
                attempt = try_tasks(toloka, publish_once(toloka, plan))
            except (ServiceError, TransientServiceError) as error:
                yield Problem("error", "toloka_refuses", str(error).replace(f" at {emulator.url}", "", 1))
            else:
                yield from of_pages(plan, attempt)


def of_pages(plan: Plan, attempt: Attempt) -> Iterator[Problem]:
    """What nobody can hand in, by the page's own form, and what may be wrong with pages."""
    file = str(plan.project.folder / (plan.project.configuration.interface or FILE))
    if attempt.refused:
        yield Problem("error", "unanswerable", describe_refused(attempt), LET_ANSWER, file)
    if attempt.notes:
        yield Problem("warning", "interface", describe_notes(attempt), LOOK, file)


def publish_once(toloka: Toloka, plan: Plan) -> str:
    """The plan's items in an open pool, whose id it is.

    Raises:
        ServiceError, TransientServiceError: what was refused.
    """
    from hitl_assets.services.toloka.kit import Skill

    project = with_skills(
        without_caps(plan.project), lambda name: str(toloka.writer.create_skill(Skill(name=f"skill {name}")).id)
    )
    for part in project.parts:
        toloka.prepare(project, part.name, plan.training)
    batch = Batch("check", compose_tasks(plan.items), plan.golden)
    return toloka.publish(project, batch, datetime.now(timezone.utc)).pool.id
