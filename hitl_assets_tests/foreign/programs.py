"""What these programs have in common, as such programs have it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import toloka.client as toloka
import toloka.client.project.template_builder as tb
from toloka.client.project.field_spec import FieldSpec

PATIENCE = 30.0


def project(
    client: toloka.TolokaClient, name: str, asks: Mapping[str, FieldSpec], gets: Mapping[str, FieldSpec], *view: Any
) -> toloka.Project:
    """A new project: what is given, what is asked for, and the components of its interface."""
    return client.create_project(
        toloka.Project(
            public_name=name,
            public_description=f"{name}: a few clicks",
            public_instructions="<b>Look</b> closely.",
            task_spec=toloka.project.task_spec.TaskSpec(
                input_spec=dict(asks),
                output_spec=dict(gets),
                view_spec=toloka.project.TemplateBuilderViewSpec(view=tb.ListViewV1(items=list(view))),
            ),
        )
    )


def pool(client: toloka.TolokaClient, project: toloka.Project, overlap: int = 3, **more: Any) -> toloka.Pool:
    """A pool that is not created yet, for whoever reads English."""
    return toloka.Pool(
        project_id=project.id,
        private_name=more.pop("private_name", "A pool"),
        may_contain_adult_content=False,
        will_expire=datetime.utcnow() + timedelta(days=30),
        reward_per_assignment=more.pop("reward", 0.02),
        assignment_max_duration_seconds=600,
        auto_accept_solutions=more.pop("auto_accept", True),
        defaults=toloka.Pool.Defaults(
            default_overlap_for_new_tasks=overlap, default_overlap_for_new_task_suites=overlap
        ),
        filter=more.pop("filter", toloka.filter.Languages.in_("EN")),
        **more,
    )


def training(client: toloka.TolokaClient, project: toloka.Project, tasks: int, suites: int) -> toloka.Training:
    """A new training of so many tasks on a page, and so many pages to pass."""
    return client.create_training(
        toloka.Training(
            project_id=project.id,
            private_name="Training",
            may_contain_adult_content=False,
            assignment_max_duration_seconds=600,
            mix_tasks_in_creation_order=True,
            shuffle_tasks_in_task_suite=True,
            training_tasks_in_task_suite_count=tasks,
            task_suites_required_to_pass=suites,
            retry_training_after_days=5,
            inherited_instructions=True,
        )
    )


def control_task(pool_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any], hint: str = "") -> toloka.Task:
    """A task whose answer is known; with a hint, one to learn from."""
    return toloka.Task(
        pool_id=pool_id,
        input_values=dict(inputs),
        known_solutions=[toloka.task.BaseTask.KnownSolution(output_values=dict(outputs))],
        message_on_unknown_solution=hint or None,
        infinite_overlap=True,
    )


def wait(client: toloka.TolokaClient, *pool_ids: str) -> None:
    """Look from time to time until all of these pools are closed."""
    deadline = time.monotonic() + PATIENCE
    while not all(client.get_pool(pool_id).is_closed() for pool_id in pool_ids):
        assert time.monotonic() < deadline, f"still open: {pool_ids}"
        time.sleep(0.05)


def answers(client: toloka.TolokaClient, pool_id: str, name: str) -> Any:
    """The table of a pool's answers in one field, as crowd-kit wants it, without those to control tasks."""
    table = client.get_assignments_df(pool_id, status=["APPROVED"])
    if f"GOLDEN:{name}" in table:
        table = table[table[f"GOLDEN:{name}"].isna()]
    return table.rename(columns={f"OUTPUT:{name}": "label", "ASSIGNMENT:worker_id": "worker"})
