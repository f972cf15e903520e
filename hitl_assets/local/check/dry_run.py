"""A project published to a throw-away emulator to which nobody comes: what Toloka would refuse, as far as it knows."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.tasks import compose_tasks
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.rehearsal.forms import PLENTY, with_skills, without_caps
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.toloka.service import TolokaService as Toloka


def of_toloka(plan: Plan) -> Iterator[Problem]:
    """Whether Toloka takes project, training, tasks and pool."""
    with (
        tempfile.TemporaryDirectory(prefix="hitl-check-") as folder,
        TolokaEmulator(Path(folder) / "state", speed="manual", crowd="none", balance=PLENTY) as emulator,
    ):
        try:
            publish_once(Toloka(emulator.url, "check"), plan)
        except (ServiceError, TransientServiceError) as error:
            yield Problem("error", "toloka_refuses", str(error).replace(f" at {emulator.url}", "", 1))


def publish_once(toloka: Toloka, plan: Plan) -> None:
    """The plan's items in an open pool.

    Raises:
        ServiceError, TransientServiceError: what was refused.
    """
    from hitl_assets.services.toloka.kit import Skill

    project = with_skills(
        without_caps(plan.project), lambda name: str(toloka.writer.create_skill(Skill(name=f"skill {name}")).id)
    )
    for part in project.parts:
        toloka.prepare(project, part.name, plan.training)
    toloka.publish(project, Batch("check", compose_tasks(plan.items), plan.golden), datetime.now(timezone.utc))
