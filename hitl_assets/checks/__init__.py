"""What must hold before anybody trusts the data: verdicts that name what is wrong and what to do."""

import dagster as dg

from hitl_assets.checks.answers import ending_checks, golden_accuracy_check
from hitl_assets.checks.intake import rejected_checks
from hitl_assets.checks.labels import dataset_check, labels_check
from hitl_assets.checks.model import model_checks
from hitl_assets.labeling.project import Project


def labeling_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The checks of one labeling project."""
    return [
        *rejected_checks(project),
        golden_accuracy_check(project),
        *ending_checks(project),
        labels_check(project),
        dataset_check(project),
        *model_checks(project),
    ]
