"""What must hold before anybody trusts the data: verdicts that name what is wrong and what to do."""

import dagster as dg

from hitl_assets.checks.answers import crowd_checks, ending_checks
from hitl_assets.checks.audit import audit_checks
from hitl_assets.checks.intake import estimate_check, form_check, golden_tasks_check, rejected_checks
from hitl_assets.checks.labels import dataset_checks, label_checks
from hitl_assets.checks.model import model_checks
from hitl_assets.checks.waiting import waiting_checks
from hitl_assets.labeling.project.declaration import Project


def labeling_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The checks of one labeling project."""
    return [
        form_check(project),
        *rejected_checks(project),
        *([golden_tasks_check(project)] if project.configuration.golden_tasks else []),
        *([estimate_check(project)] if project.traits.is_paid else []),
        waiting_checks(project),
        crowd_checks(project),
        *ending_checks(project),
        label_checks(project),
        dataset_checks(project),
        *audit_checks(project),
        *model_checks(project),
    ]
