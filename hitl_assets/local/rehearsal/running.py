"""A rehearsal with one crowd: the product's own code, from project to labels, on a Toloka that is thrown away."""

import tempfile
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.aggregation.aggregation import agreement
from hitl_assets.labeling.answers.answers import counted, golden_accuracy, read_answers
from hitl_assets.labeling.labels.decisions import decide_labels
from hitl_assets.labeling.money.budget_curve import Curve, Truth, draw_curve
from hitl_assets.labeling.pools.pools import project_mark, training_mark
from hitl_assets.labeling.pools.tasks import compose_tasks
from hitl_assets.labeling.pools.unsure import find_unsure
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.rehearsal.forms import PLENTY, with_numbered_bans, with_skills, without_caps
from hitl_assets.local.rehearsal.people import Crowd
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.runs import People, Quality, Run
from hitl_assets.local.rehearsal.waiting import (
    follow_to_the_end,
    last_decision,
    simulated_time,
    training_results,
    try_tasks,
    unanswered_suites,
)
from hitl_assets.services.labeling import Batch, Collected
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.service import TolokaService as Toloka

HANDED_IN = ("SUBMITTED", "ACCEPTED", "REJECTED")


def run_rehearsal(plan: Plan, crowd: str, seed: int) -> Run:
    """Publish the sample to this crowd (a preset, or a YAML file), wait until it is done, collect and aggregate.

    Raises:
        CrowdError: there is no such crowd.
        ServiceError, TransientServiceError: what Toloka refuses, as far as the emulator knows; or it takes too long.
    """
    people = Crowd(crowd, seed)
    with tempfile.TemporaryDirectory(prefix="hitl-rehearsal-") as folder:
        key = Path(folder) / "answer_key.csv"
        key.write_bytes(plan.answer_key())
        with TolokaEmulator(
            Path(folder) / "state", answer_key=key if plan.truth else None, seed=seed, speed="max", crowd=crowd,
            balance=PLENTY, fee=plan.project.configuration.budget.fee,
        ) as emulator:  # fmt: skip
            return rehearse_on(Toloka(emulator.url, "rehearsal"), plan, people)


def rehearse_on(toloka: Toloka, plan: Plan, crowd: Crowd) -> Run:
    """The same on a Toloka that is there."""
    from hitl_assets.services.toloka.kit import Skill

    project, rules = with_numbered_bans(without_caps(plan.project))
    project = with_skills(project, lambda name: str(toloka.writer.create_skill(Skill(name=f"skill {name}")).id))
    for part in project.parts:
        toloka.prepare(project, part.name, plan.training)
    start = simulated_time(toloka)
    batch = Batch("rehearsal", compose_tasks(plan.items), plan.golden)
    pool = toloka.publish(project, batch, datetime.now(timezone.utc)).pool
    ending = follow_to_the_end(toloka, project, pool)
    while asks_again(toloka, project, plan, pool.id):
        ending = follow_to_the_end(toloka, project, pool)
    seconds = last_decision(toloka, pool.id) - start
    collected = toloka.collect(project, pool.id)
    milliseconds = toloka.measure(Metric.MILLISECONDS, [pool.id]).get(pool.id)
    return Run(
        crowd=crowd.name,
        ending=ending,
        suites=collected.account.suites,
        expired=sum(each["status"] == "EXPIRED" for each in collected.assignments),
        spent=collected.account.spent,
        reward=project.terms.reward_per_assignment,
        seconds=seconds,
        seconds_a_suite=float(milliseconds or 0) / 1000,
        people=count_people(plan, collected, trained(toloka, project), bans(toloka, rules), crowd),
        quality=judge(plan, collected),
        curve=draw(plan, collected),
        unanswered=find_unanswered(toloka, project, pool.id),
        attempt=try_tasks(toloka, pool.id),
    )


def asks_again(toloka: Toloka, project: Project, plan: Plan, pool_id: str) -> bool:
    """Whether another round was begun, as `rounds` begins it. Each item comes to its maximum at last."""
    if not project.has_rounds:
        return False
    tasks = compose_tasks(plan.items)
    assignments = toloka.collect(project, pool_id).assignments
    labels = decide_labels(project, tasks, read_answers(assignments), {}).labels.labels
    unsure = find_unsure(project, tasks, labels, assignments)
    return toloka.ask(project, pool_id, unsure, {}).items > 0


def bans(toloka: Toloka, rules: dict[str, str]) -> dict[str, str]:
    """Who is banned, by which rule."""
    every = toloka.reader.get_user_restrictions()
    return {str(ban.user_id): rules.get(str(ban.private_comment), "another rule") for ban in every}


def find_unanswered(toloka: Toloka, project: Project, pool_id: str) -> str:
    """What people could not hand in, in the pool or before it in the training."""
    training_id = find_training(toloka, project)
    return unanswered_suites(toloka, pool_id) or (unanswered_suites(toloka, training_id) if training_id else "")


def find_training(toloka: Toloka, project: Project) -> str | None:
    """The id of the project's training, if it has one."""
    if project.training is None:
        return None
    training = toloka.find_training(toloka.find_project(project_mark(project)), training_mark(project))
    return None if training is None else str(training.id)


def trained(toloka: Toloka, project: Project) -> dict[str, bool]:
    """Who did all of the training, and whether they passed it."""
    training_id = find_training(toloka, project)
    results = training_results(toloka, training_id) if training_id else {}
    requirement = (project.pool.get("quality_control") or {}).get("training_requirement") or {}
    needed = float(requirement.get("training_passing_skill_value") or 0)
    return {user: value >= needed for user, value in results.items()}


def count_people(
    plan: Plan, collected: Collected, trainees: dict[str, bool], banned: dict[str, str], crowd: Crowd
) -> People:
    """Who came, who was let in, who was banned."""
    suites = Counter(each["user_id"] for each in collected.assignments if each["status"] in HANDED_IN)
    came = set(suites) | set(trainees) | set(banned)
    careful_came = crowd.careful(came)
    careful = careful_came & (set(suites) | set(banned))
    return People(
        admitted=crowd.admitted(plan.project.pool.get("filter")),
        came=len(came),
        careful_came=len(careful_came),
        trainees=len(trainees),
        untrained=sum(not passed for passed in trainees.values()),
        workers=len(suites),
        exhausted=sum(count >= (plan.suites_a_worker or count + 1) for count in suites.values()),
        banned=len(banned),
        careful=len(careful),
        banned_careful=len(careful & set(banned)),
        bans=dict(Counter(banned.values())),
    )


def draw(plan: Plan, collected: Collected) -> Curve:
    """What share of labels is right on how many of these answers: by golden tasks, and by the answer key."""
    truths = {key: Truth(plan.truth_of(key), confidence=1.0, weight=1.0) for key in plan.truth}
    return draw_curve(read_answers(collected.assignments), truths, plan.project)


def judge(plan: Plan, collected: Collected) -> Quality:
    """How right answers and labels are. Labels are made as `aggregated_labels` makes them."""
    project = plan.project
    given = list(read_answers(collected.assignments))
    found = decide_labels(project, compose_tasks(plan.items), given, {}).labels
    known = [label for label in found.labels if label.item_key in plan.truth]
    right, total = golden_accuracy(collected.assignments, project.kind)
    return Quality(
        golden_right=right,
        golden_answers=total,
        answers=len(counted(given, project.kind)),
        labels=len(found.labels),
        unlabeled=len(found.unlabeled),
        right=sum(project.kind.is_same(label.label, plan.truth_of(label.item_key)) for label in known),
        known=len(known),
        agreement=agreement(found.labels, project.kind),
    )
