"""How verdicts become checks: one step for all questions about an asset, so that its data is read once."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import dagster as dg

from hitl_assets.checks.batches import Context, batch_of, check_spec
from hitl_assets.events import key_of
from hitl_assets.failures import FAILURE_TAG, FINAL, RETRY_POLICY, explained
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.verdicts import Verdict
from hitl_assets.resources import PachydermResource
from hitl_assets.services.pachyderm import Pachyderm

# From a client and the name of a batch to a verdict for each question.
Judge = Callable[[Pachyderm, str], Mapping[str, Verdict]]


def ask(
    project: Project,
    asset: str,
    questions: Mapping[str, str],
    judge: Judge,
    blocking: Sequence[str] = (),
    about: str = "",
) -> dg.AssetChecksDefinition:
    """Checks of an asset by name, each with what holds when it passes.

    Args:
        project: the project.
        asset: what is checked.
        questions: what holds when a check passes, by its name.
        judge: finds the verdicts.
        blocking: which of the checks may stop what comes next in the same run.
        about: the asset whose last batch is meant when a run has none; the checked one, if that has batches.
    """
    key, batched = key_of(project, asset), key_of(project, about or asset)
    specs = [
        check_spec(project, asset, name, description=description, blocking=name in blocking)
        for name, description in questions.items()
    ]

    @dg.multi_asset_check(name=f"{project.name}__{asset}__checks", specs=specs, retry_policy=RETRY_POLICY)
    def check(context: Context, pachyderm: PachydermResource) -> Iterator[dg.AssetCheckResult]:
        batch = batch_of(context, batched)
        with explained(context.run.run_id, context.instance):
            verdicts = judge(pachyderm.client(), batch)
        if any(verdicts[name].stops for name in blocking):
            # Asking again finds the same: the sensors leave it to a person.
            context.instance.add_run_tags(context.run.run_id, {FAILURE_TAG: FINAL})
        for name, verdict in verdicts.items():
            severity = dg.AssetCheckSeverity.ERROR if verdict.stops else dg.AssetCheckSeverity.WARN
            metadata = {"batch": batch, **verdict.numbers}
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=name,
                passed=verdict.passed,
                severity=severity,
                metadata=metadata,
                description=verdict.description,
            )

    return check
