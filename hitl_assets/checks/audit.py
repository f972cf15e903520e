"""May what a model said of a batch go into the dataset?"""

import dagster as dg

from hitl_assets.checks.batches import Context, batch_check, batch_of
from hitl_assets.events import key_of
from hitl_assets.failures import explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.labels.decisions import judge_audited
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.labels.quality import describe_audit
from hitl_assets.labeling.model.audits import AuditResult
from hitl_assets.labeling.model.routing import MODEL
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.resources import PachydermResource


def audit_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """The check of the audit, for projects with a model."""
    return [audit_check(project)] if project.configuration.model else []


def audit_check(project: Project) -> dg.AssetChecksDefinition:
    """Is the model right as often as the project asks, by the people who looked?"""
    asset = key_of(project, "aggregated_labels")

    @batch_check(project, "aggregated_labels", blocking=True)
    def auto_labels_are_right(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """People find no more errors in the model's labels than model.target_accuracy allows."""
        batch = batch_of(context, asset)
        with explained(context.run.run_id, context.instance):
            stored = read_directory(pachyderm.client(), asset, batch, StoredLabels)
        audit = stored.audit or judge_audited(project, stored.audited)
        held_back = sum(label.held_back for label in stored.labels)
        return dg.AssetCheckResult(
            passed=held_back == 0,
            metadata={
                "batch": batch,
                "audited_items": audit.items,
                "model_error": round(audit.error, 4),
                "audited_before": audit.earlier,
                "odds_against_model": round(audit.against, 4),
                "on_trial": audit.must_prove,
                "labels_by_model": sum(label.source == MODEL for label in stored.labels),
                "labels_held_back": held_back,
            },
            description=describe_audit(audit) + what_follows(audit, held_back, batch),
        )

    return auto_labels_are_right


def what_follows(audit: AuditResult, held_back: int, batch: str) -> str:
    """What becomes of a batch's labels by the model, and what to do."""
    if not audit.has_failed:
        return ""
    if not held_back:
        return " People were asked about all of the batch instead."
    return (
        f" {plural(held_back, 'label by the model is', 'labels by the model are')} held back from the dataset. The "
        "metadata of rounds say why people are "
        f"not asked instead; put that right, then materialize rounds of batch {batch} and what follows."
    )
