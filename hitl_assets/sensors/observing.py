"""What people see of open pools: progress as observations, and as checks what waits for them. One event per change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dagster as dg

from hitl_assets.events import ANSWERS, CAP, ROUND, STOPPED, key_of
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.pools.endings import advise
from hitl_assets.labeling.pools.pools import money
from hitl_assets.labeling.pools.watched import GONE, OPEN, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import NOT_OPENED, digest
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.notifiers import Notifier
from hitl_assets.reports.tables import ROWS, table
from hitl_assets.sensors.watching import Watch

NOTHING = "nothing"
COMPLETED = "CLOSED: COMPLETED"
TWICE = "ASKED TWICE"
# The checks of `pools` that the sensor answers.
DECISIONS, IN_TIME, ONCE = "no_pool_waits_for_you", "people_answer_in_time", "people_are_asked_once"
AS_WRITTEN = "open_pools_are_as_the_yaml_says"
# What is wrong with the pools that a check names.
COMPLAINTS = {
    DECISIONS: "wait for a decision of yours",
    IN_TIME: "wait for people for too long",
    ONCE: "belong to batches that were asked about twice",
    AS_WRITTEN: "are not as the YAML says",
}
HOUR, DAY = 3600, 86400


@dataclass(frozen=True)
class Waiting:
    """A batch that waits, and what is to be done about it."""

    batch: str
    pool_id: str
    status: str
    what_to_do: str


def observe(project: Project, watched: Watched, now: float) -> dg.AssetObservation:
    """The progress of a batch as an observation of its pool, with numbers that the UI draws over time."""
    planned = watched.planned or watched.published.answers
    per_suite = watched.per_suite or (project.price.per_suite if project.traits.is_paid else 1)
    answers = count_answers(watched, planned, per_suite)
    return dg.AssetObservation(
        asset_key=key_of(project, "pools"),
        partition=watched.published.batch,
        metadata={
            "status": watched.status,
            **({ROUND: watched.round} if project.has_rounds else {}),
            "suites_accepted": max(0, watched.accepted),
            "suites_rejected": watched.rejected,
            "answers": answers,
            ANSWERS: planned,
            "completed": round(answers / planned, 4) if planned else 1.0,
            **(cost_seen(project, watched) if project.traits.is_paid else {}),
            **({STOPPED: watched.stopped} if watched.stopped else {}),
            **({"changed": "; ".join(watched.changes)} if watched.changes else {}),
            "what_to_do": advice(project, watched),
            **estimate_end(watched, now),
        },
    )


def count_answers(watched: Watched, planned: int, per_suite: int) -> int:
    """About how many answers there are: those of accepted suites. Not every suite is full: of a pool that ended before
    it was completed, `planned` answers are not all there though so many would fit."""
    accepted = max(0, watched.accepted)
    lacks = watched.status != COMPLETED and accepted < watched.expected
    return min(planned * accepted // watched.expected if lacks else planned, accepted * per_suite)


def cost_seen(project: Project, watched: Watched) -> Mapping[str, float]:
    """What a batch has cost, costs if all that is at work gets paid, and may cost at most."""
    cost = watched.cost
    spent = Decimal(cost.spent) if cost.spent else max(0, watched.accepted) * project.suite_price
    exposure = money(max(spent, Decimal(cost.exposure)))
    return {"spent": float(money(spent)), "exposure": float(exposure), CAP: float(cap_seen(project, watched))}


def cap_seen(project: Project, watched: Watched) -> Decimal:
    """The most that a batch may cost, as it was last seen."""
    return Decimal(watched.cost.cap) if watched.cost.cap else watched.published.cap_under(project.configuration.budget)


def price_seen(project: Project, watched: Watched) -> Decimal:
    """The most that a suite of a batch costs, with the fee, as it was last seen."""
    return Decimal(watched.cost.price) if watched.cost.price else project.suite_price


def estimate_end(watched: Watched, now: float) -> Mapping[str, Any]:
    """When an open pool is done if people go on as they did while we looked; nothing as long as nobody knows."""
    done, passed = watched.accepted - watched.accepted_then, now - watched.opened
    if watched.status != OPEN or not watched.opened or done <= 0 or passed <= 0:
        return {}
    left = max(0, watched.expected - watched.accepted) * passed / done
    return {"hours_left": round(left / HOUR, 4), "expected_end": dg.MetadataValue.timestamp(now + left)}


def advice(project: Project, watched: Watched) -> str:
    """What a person should do about a pool in this state."""
    reason = watched.status.removeprefix("CLOSED: ")
    if watched.is_deleted:
        return (
            f"The partition {watched.published.batch} was deleted in Dagster. Its pool is watched, and what people "
            f"answered is paid, but nothing is collected. Add the partition again (in the UI: an asset of "
            f"{project.name}, Materialize, Add a partition), and it goes on by itself."
        )
    if watched.status == GONE and not project.traits.is_paid:
        return (
            f"{project.service.title} does not have what people were asked in this batch ({watched.published.pool_id}) "
            "any more. What was collected is kept. To ask anew, materialize pools of this batch."
        )
    if watched.status == GONE:
        mark = f'"hitl pool {project.name}/{watched.published.batch} KEY"'
        return (
            f"Toloka does not list this pool ({watched.published.pool_id}) any more: our mark was taken out of its "
            "private comment, or TOLOKA_URL and TOLOKA_TOKEN belong to another account. Nobody guards its cap now. Put "
            f"the comment back: {mark}, with the key that is in pool.json of {project.name}_pools. Materializing "
            "pools would ask, and pay, anew."
        )
    if watched.status in ("", OPEN):
        return NOTHING
    if watched.status == NOT_OPENED:
        return "Look at its preview, then materialize pools of this batch: that opens it."
    if reason == "FOR_UPDATE":
        return f"{NOTHING}: somebody edits the pool, it opens again by itself"
    if watched.stopped:
        what = ". ".join(watched.changes) or "See what was changed in the pool"
        return (
            f"It was closed at its cap of {cents(cap_seen(project, watched))}: {plural(watched.expected, 'suite')} at "
            f"{cents(price_seen(project, watched), 3)} would have passed it. {what}. Who had begun may finish, and "
            "is paid. "
            "To go on, raise budget.per_batch or budget.per_project, then materialize pools of this batch."
        )
    return advise(reason, project, watched.published.batch)


def find_waiting(project: Project, watch: Watch, under_way: Sequence[str]) -> list[Waiting]:
    """The pools that wait for a person's decision, but for those about which a run is under way."""
    found = []
    for batch, watched in watch.batches.items():
        what = advice(project, watched)
        if watched.reviewed and not watched.collected:
            what = f"Answers wait for a review: `hitl review {project.name} {batch}`, or materialize reviewed_answers."
        if not what.startswith(NOTHING) and batch not in under_way:
            found.append(Waiting(batch, watched.published.pool_id, watched.status, what))
    return found


def find_late(project: Project, watch: Watch, now: float) -> list[Waiting]:
    """The open pools that people have not finished for longer than the project expects."""
    days = project.configuration.checks.answered_within_days
    late = (
        "See in Toloka whether the price, the filter or the training keeps people away."
        if project.traits.is_paid
        else f"See in {project.service.title} who is asked, and remind them."
    )
    return [
        Waiting(batch, watched.published.pool_id, watched.status, late)
        for batch, watched in watch.batches.items()
        if watched.status == OPEN and watched.opened and now - watched.opened > days * DAY
    ]


def find_twice(watch: Watch) -> list[Waiting]:
    """The batches for which people were asked in two pools, until somebody has put all but one away."""
    return [Waiting(each.batch, each.pool_id, TWICE, each.what_to_do) for each in watch.doubled]


def find_changed(watch: Watch) -> list[Waiting]:
    """The open pools that are not as the YAML says: changed in Toloka, or the YAML was changed since. They keep what
    they have, and are reckoned with it."""
    advice = (
        "The pool goes on as it is in Toloka; its cap is kept. To have it otherwise, change it in Toloka; or put the "
        "YAML back, for a pool keeps what the YAML said when it was made."
    )
    around = (
        "Workers see the project as it is in Toloka. To have it as the YAML says, materialize toloka_project; to keep "
        "it, write it into the YAML. A training that was closed is opened again in Toloka."
    )
    every = [Waiting("every open one", "", OPEN, f"{'. '.join(watch.around)}. {around}")] if watch.around else []
    return every + [
        Waiting(batch, watched.published.pool_id, watched.status, f"{'. '.join(watched.changes)}. {advice}")
        for batch, watched in watch.batches.items()
        if watched.status == OPEN and watched.changes
    ]


def tell_twice(notifier: Notifier, project: Project, watch: Watch, told: Collection[str]) -> list[str]:
    """Tell a person of batches that were asked about twice; which ones they have been told of by now.

    Raises:
        NotificationError: it did not get through.
    """
    for each in watch.doubled:
        if each.batch not in told:
            link = notifier.link(f"/assets/{project.name}/pools?partition={each.batch}")
            notifier.notify(f"{project.name}, batch {each.batch}: people were asked twice", each.what_to_do, link)
    return [each.batch for each in watch.doubled]


def evaluations(
    project: Project, found: Mapping[str, Sequence[Waiting]], told: Mapping[str, str]
) -> tuple[list[dg.AssetCheckEvaluation], dict[str, str]]:
    """A verdict for each check (by name) whose list is not what was told last, and what is told now."""
    now = {name: digest([(each.batch, each.what_to_do) for each in waiting]) for name, waiting in found.items()}
    changed = [name for name in found if now[name] != told.get(name)]
    return [evaluate(project, name, found[name]) for name in changed], now


def evaluate(project: Project, name: str, waiting: Sequence[Waiting]) -> dg.AssetCheckEvaluation:
    """The verdict of one check."""
    what = COMPLAINTS[name]
    first = (
        f"{plural(len(waiting), 'pool')} {what}. Batch {waiting[0].batch}: {waiting[0].what_to_do}" if waiting else ""
    )
    columns = [("batch", "string"), ("pool", "string"), ("status", "string"), ("what_to_do", "string")]
    rows = [(each.batch, each.pool_id, each.status, each.what_to_do) for each in waiting[:ROWS]]
    return dg.AssetCheckEvaluation(
        asset_key=key_of(project, "pools"),
        check_name=name,
        passed=not waiting,
        severity=dg.AssetCheckSeverity.ERROR if name == ONCE else dg.AssetCheckSeverity.WARN,
        description=first or f"No pools {what}.",
        metadata={"pools_waiting": len(waiting), "waiting": table(columns, rows)},
    )
