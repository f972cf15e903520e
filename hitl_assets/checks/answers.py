"""How did the pool end, does the money add up, were workers careful?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import dagster as dg

from hitl_assets.checks.batches import Context, batch_check, batch_of
from hitl_assets.checks.verdicts import ask
from hitl_assets.events import key_of
from hitl_assets.failures import explained
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.answers.answers import golden_accuracy
from hitl_assets.labeling.answers.simulated import kind_of
from hitl_assets.labeling.answers.workers import describe_workers
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.pools.endings import advise, is_whole
from hitl_assets.labeling.pools.golden_changes import judge_golden_changes
from hitl_assets.labeling.pools.shortfalls import describe_short, find_short
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredAnswers, StoredTasks
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.verdicts import Verdict, judge_golden_answers, judge_shares, judge_truth
from hitl_assets.resources import PachydermResource, labeler
from hitl_assets.services.pachyderm import Pachyderm

GOLDEN, SHARES, REAL = "golden_tasks_answered_well", "no_worker_dominates", "answers_have_a_truth"
FILED = "golden_tasks_are_as_in_the_file"
CENT = Decimal("0.01")


def ending_checks(project: Project) -> list[dg.AssetChecksDefinition]:
    """How did the pool end, and does the money add up?"""
    asset = key_of(project, "raw_answers")

    def answers_of(context: Context, pachyderm: PachydermResource) -> tuple[str, StoredAnswers]:
        batch = batch_of(context, asset)
        with explained(context.run.run_id, context.instance):
            return batch, read_directory(pachyderm.client(), asset, batch, StoredAnswers)

    def short_of(context: Context, pachyderm: PachydermResource, batch: str, answers: StoredAnswers) -> str:
        overlap = answers.account.overlap if answers.account else 0
        with explained(context.run.run_id, context.instance):
            tasks = read_directory(pachyderm.client(), key_of(project, "tasks"), batch, StoredTasks).tasks
        short = find_short(answers.assignments, [task.item_key for task in tasks], overlap)
        return describe_short(short, overlap, project, batch) if short else ""

    @batch_check(project, "raw_answers")
    def pool_ended_well(context: Context, pachyderm: PachydermResource) -> dg.AssetCheckResult:
        """The pool closed because everything was answered, and no answer that was rejected is missing."""
        batch, answers = answers_of(context, pachyderm)
        account = answers.account
        reason = account.ending.split(" ")[0] if account else ""
        is_good = account is None or is_whole(reason, project)
        problem = short_of(context, pachyderm, batch, answers) if is_good else advise(reason, project, batch)
        what = "Nothing was new, nobody was asked." if account is None else f"Pool {account.pool_id} closed: {reason}."
        return dg.AssetCheckResult(
            passed=not problem,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"batch": batch, "close_reason": reason or "no pool"},
            description=f"{what} {problem}".strip(),
        )

    @batch_check(project, "raw_answers", required_resource_keys={project.service.name, "pachyderm"})
    def money_adds_up(context: Context) -> dg.AssetCheckResult:
        """What Toloka was paid is what the accepted assignments cost, and not more than was planned."""
        batch, answers = answers_of(context, context.resources.pachyderm)
        account = answers.account
        if account is None:
            return dg.AssetCheckResult(passed=True, metadata={"batch": batch, "spent": 0.0}, description="No pool.")
        with explained(context.run.run_id, context.instance):
            payer: Any = labeler(context, project).client()
            net = payer.paid(account.pool_id)
        paid = None if net is None else net * (1 + project.configuration.budget.fee)
        cap = project.configuration.budget.per_batch
        problems = [
            *([f"Toloka says it cost {cents(paid)}"] if paid is not None and abs(paid - account.spent) >= CENT else []),
            *([f"it was to cost {cents(account.planned)} at most"] if account.spent > account.planned else []),
            *([f"the cap is {cents(cap)}"] if account.spent > cap else []),
        ]
        return dg.AssetCheckResult(
            passed=not problems,
            severity=dg.AssetCheckSeverity.ERROR if account.spent > cap else dg.AssetCheckSeverity.WARN,
            metadata={
                "batch": batch,
                "planned_maximum": float(account.planned),
                "spent": float(account.spent),
                "suites_accepted": account.suites,
                "suites_rejected": account.rejected,
                "paid": "not computed yet" if paid is None else float(paid),
            },
            description=f"{plural(account.suites, 'accepted suite')} cost {cents(account.spent)} with the fee"
            + ("".join(f", but {problem}" for problem in problems) + ". See the pool in Toloka." if problems else "."),
        )

    return [pool_ended_well, *([money_adds_up] if project.traits.is_paid else [])]


def crowd_checks(project: Project) -> dg.AssetChecksDefinition:
    """Were workers careful, were they many, and were they people?"""
    checks, golden = project.configuration.checks, project.configuration.golden_tasks
    questions = {
        SHARES: f"No worker gave more than {checks.worker_share:.0%} of the answers.",
        REAL: "People answered, or an emulator's who know an answer key: nobody made the truth up.",
    }
    if golden:
        questions |= {
            GOLDEN: f"At least {checks.golden_accuracy:.0%} of the answers to golden tasks are right.",
            FILED: f"Nobody changed golden tasks in {project.service.title}, or their answers in the file since.",
        }

    def judge(pachyderm: Pachyderm, batch: str) -> Mapping[str, Verdict]:
        assignments = read_directory(pachyderm, key_of(project, "raw_answers"), batch, StoredAnswers).assignments
        verdicts = {
            SHARES: judge_shares(describe_workers(assignments, project.kind), checks),
            REAL: judge_truth(kind_of(assignments)),
        }
        if golden:
            right, total = golden_accuracy(assignments, project.kind)
            verdicts[GOLDEN] = judge_golden_answers(right, total, checks)
            verdicts[FILED] = judge_golden_changes(assignments, known_tasks_of(project, golden), project)
        return verdicts

    return ask(project, "raw_answers", questions, judge, blocking=[GOLDEN] if golden else [])
