"""May the newest classifier be used? A batch is never predicted by one that these checks stop."""

import dagster as dg

from hitl_assets.checks.batches import Context
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.approval import BEFORE, ENOUGH, PEOPLE
from hitl_assets.labeling.model_files import StoredEvaluation
from hitl_assets.labeling.project import Project
from hitl_assets.materializations import key_of
from hitl_assets.resources import PachydermResource

QUESTIONS = {
    ENOUGH: "There are enough rows that the classifier has not learned from to judge it by.",
    BEFORE: "The classifier is no worse than the one before it, on the same rows.",
    PEOPLE: "Where it is surest, the classifier is right as often as one worker on golden tasks.",
}


def model_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """What stops the use of a classifier, for projects that train one."""
    return [model_check(project, name) for name in QUESTIONS] if project.has_classifier else []


def model_check(project: Project, name: str) -> dg.AssetChecksDefinition:
    """One of the questions that the evaluation has answered."""
    asset = key_of(project, "evaluation")

    @dg.asset_check(asset=asset, name=name, description=QUESTIONS[name], retry_policy=RETRY_POLICY)
    def check(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        with explained(context.run.run_id, context.instance):
            found = read_directory(pachyderm.client(), asset, asset.path[-1], StoredEvaluation)
        (judgment,) = (each for each in found.judgments if each.name == name)
        # Too little to judge by is how every project begins.
        severity = dg.AssetCheckSeverity.WARN if name == ENOUGH else dg.AssetCheckSeverity.ERROR
        return dg.AssetCheckResult(
            passed=judgment.passed,
            severity=severity,
            metadata={"classifier": str(found.classifier), "approved": str(found.approved or "none")},
            description=judgment.description,
        )

    return check
