"""May the newest classifier be used? A batch is never predicted by one that these checks stop."""

from collections.abc import Iterator

import dagster as dg

from hitl_assets.checks.batches import Context
from hitl_assets.events import key_of
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.model.approval import BEFORE, ENOUGH, PEOPLE
from hitl_assets.labeling.model.files import StoredEvaluation
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.resources import PachydermResource

QUESTIONS = {
    ENOUGH: "There are enough rows that the classifier has not learned from to judge it by.",
    BEFORE: "The classifier is no worse than the one before it, on the same rows.",
    PEOPLE: "Where it is surest, the classifier is right as often as one worker on golden tasks.",
}


def model_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """What stops the use of a classifier, for projects that train one: the evaluation has decided it."""
    asset = key_of(project, "evaluation")
    specs = [dg.AssetCheckSpec(name, asset=asset, description=description) for name, description in QUESTIONS.items()]

    @dg.multi_asset_check(name=f"{project.name}__evaluation__checks", specs=specs, retry_policy=RETRY_POLICY)
    def check(context: Context, pachyderm: PachydermResource) -> Iterator[dg.AssetCheckResult]:
        with explained(context.run.run_id, context.instance):
            found = read_directory(pachyderm.client(), asset, asset.path[-1], StoredEvaluation)
        for judgment in found.judgments:
            # Too little to judge by is how every project begins.
            severity = dg.AssetCheckSeverity.WARN if judgment.name == ENOUGH else dg.AssetCheckSeverity.ERROR
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name=judgment.name,
                passed=judgment.passed,
                severity=severity,
                metadata={"classifier": str(found.classifier), "approved": str(found.approved or "none")},
                description=judgment.description,
            )

    return [check] if project.has_classifier else []
