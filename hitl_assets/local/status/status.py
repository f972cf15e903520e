"""`hitl status`: every project, where its newest batches stand, what they cost, and what waits for a person."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus

from hitl_assets.labeling.answers.simulated import sentence, worst
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.batch_names import name_batch, names_of, title
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.elections import find_doubled
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import Commit, PoolState
from hitl_assets.local.status.history import Event, History, read_history, read_newest
from hitl_assets.local.status.services import Services
from hitl_assets.local.status.standing import Standing, count_others, judge, supersede
from hitl_assets.partitions import batches
from hitl_assets.sensors.watching import Watch

# A daemon says every 30 s that it is alive.
DAEMON_IS_AWAY_AFTER = 120.0


@dataclass(frozen=True)
class Money:
    """A project's money, with the fee. `spent` is what all batches have cost so far, of those that are shown only if
    `is_whole` is false; `open` is what open pools may still cost by their plans; the rest are the caps."""

    spent: float
    open: float
    per_batch: float
    per_project: float
    price_of_a_label: float | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class ProjectStatus:
    """A project: its newest batches, the oldest of them first, of `batches_total` that there are; what `problem` it
    has if it cannot be read; and `notes` about what keeps it from going on."""

    name: str
    description: str = ""
    batches: tuple[Standing, ...] = ()
    batches_total: int = 0
    dataset: Mapping[str, Any] | None = None
    money: Money | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Status:
    """Everything at one moment. `daemon_seen` is when a Dagster daemon last said that it runs sensors."""

    now: float
    instance: str
    folders: tuple[Path, ...]
    services: Services
    balance: float | None
    daemon_seen: float | None
    projects: tuple[ProjectStatus, ...]

    @property
    def daemon_runs(self) -> bool:
        """Whether sensors are evaluated."""
        return self.daemon_seen is not None and self.now - self.daemon_seen < DAEMON_IS_AWAY_AFTER


def read_status(
    instance: dg.DagsterInstance, files: Sequence[Path], services: Services, names: Sequence[str], last: int
) -> Status:
    """Where projects stand, by their defs.yaml (those with these names, or all)."""
    paths = [path for path in files if not names or path.parent.name in names]
    heartbeat = instance.get_daemon_heartbeats().get("SENSOR")
    states = instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    sensors = {state.name: state for state in states}
    return Status(
        now=time.time(),
        instance=str(instance.root_directory),
        folders=tuple(dict.fromkeys(path.parent.parent for path in files)),
        services=services,
        balance=to_float(services.balance()),
        daemon_seen=heartbeat.timestamp if heartbeat else None,
        projects=tuple(read_project(instance, path, services, sensors, last) for path in paths),
    )


def read_project(
    instance: dg.DagsterInstance, path: Path, services: Services, sensors: Mapping[str, InstigatorState], last: int
) -> ProjectStatus:
    """Where a project stands."""
    try:
        project = load_project(path)
    except ConfigurationError as error:
        return ProjectStatus(path.parent.name, problem=str(error).splitlines()[0])
    names = instance.get_dynamic_partitions(str(batches(project).name))
    watched = watched_batches(sensors.get(f"{project.name}_pools"))
    older = [name for name in names[:-last] if name in watched][-last:]
    histories = [read_history(instance, project, name) for name in [*older, *names[-last:]]]
    pools = live_pools(services, histories)
    twice = {batch.split("/", 1)[1] for batch in find_doubled(pools)} - {each.batch for each in histories}
    histories = [*(read_history(instance, project, name) for name in names if name in twice), *histories]
    dataset = read_newest(instance, project, "concatenated_dataset")
    live = {pool.id: pool.status for pool in pools}
    judged = [judge(project, each, dataset, live.get(own_pool(each))) for each in histories]
    standings = [with_others(services, project, each, pools) for each in judged]
    standings = supersede(standings, partial(services.is_corrected, project))
    is_elsewhere = bool(names) and services.lacks(project, names[-1])
    since = [] if is_elsewhere else services.commits(project, names[-1] if names else None) or []
    new = [commit for commit in since if not set(names_of(commit)) & set(names)]
    accounts = None if is_elsewhere else services.accounts(project)
    standings += map(committed, new[:last])
    return ProjectStatus(
        name=project.name,
        description=project.configuration.description,
        batches=tuple(standings),
        batches_total=len(names) + len(new),
        dataset=describe_dataset(dataset),
        money=count_money(
            project, standings, count_spent(services, project, accounts, pools, histories), dataset, len(names)
        )
        if project.traits.is_paid
        else None,
        notes=(
            *stopped_sensors(project, sensors),
            *([other_cluster(services, names[-1])] if is_elsewhere else []),
            *lacking_permissions(services, project),
            *filter(None, [sentence(worst(each.simulated for each in (accounts or {}).values()))]),
        ),
    )


def watched_batches(sensor: InstigatorState | None) -> set[str]:
    """The batches that the `pools` sensor still watches: open, partial, or waiting for a review."""
    cursor = getattr(sensor.instigator_data, "cursor", None) if sensor else None
    return set(Watch.from_json(json.loads(cursor)).batches) if cursor else set()


def stopped_sensors(project: Project, sensors: Mapping[str, InstigatorState]) -> list[str]:
    """The sensors that somebody stopped."""
    names = (f"{project.name}_commits", f"{project.name}_pools")
    stopped = [name for name in names if name in sensors and sensors[name].status == InstigatorStatus.STOPPED]
    return [f"The sensor {name} is stopped: start it in Dagster's UI, or nothing goes on." for name in stopped]


def other_cluster(services: Services, batch: str) -> str:
    """What to say of a Pachyderm that does not have the newest batch."""
    return (
        f"Pachyderm at {services.pachyderm.address} does not have batch {batch}: see whether PACHD_ADDRESS is the "
        "cluster that this Dagster instance works with. New commits are not shown."
    )


def lacking_permissions(services: Services, project: Project) -> list[str]:
    """That the token lacks a role: the first one; `hitl check` lists them all."""
    missing = services.missing_permissions(project) or []
    more = f" {len(missing) - 1} more are missing: hitl check {project.name} lists them." if missing[1:] else ""
    return [f"{missing[0]}{more}"] if missing else []


def own_pool(history: History) -> str:
    """The id of the pool that a batch was published in; empty if it wasn't."""
    plan = history.events.get("pools")
    return str(plan.metadata.get("pool_id") or "") if plan else ""


def live_pools(services: Services, histories: Sequence[History]) -> list[PoolState]:
    """What Toloka says now of all pools of the Toloka projects that these batches were published in.

    That a pool is gone is for the sensor to say: this may be another account than the one that it works with.
    """
    ids = {str(each.events["pools"].metadata["toloka_project_id"]) for each in histories if own_pool(each)}
    ids.discard("")
    return [pool for id_ in sorted(ids) for pool in services.pools(id_) or []]


def count_spent(
    services: Services,
    project: Project,
    accounts: Mapping[str, Account] | None,
    pools: Sequence[PoolState],
    histories: Sequence[History],
) -> Mapping[str, Decimal] | None:
    """What each batch has cost whose pool has ended; with other pools of a batch that isn't shown."""
    if accounts is None:
        return None
    spent = {batch: account.spent for batch, account in accounts.items()}
    shown = {each.batch for each in histories}
    for pool in pools:
        batch = pool.batch.split("/", 1)[-1]
        if batch in spent and batch not in shown and pool.was_started and pool.id != accounts[batch].pool_id:
            spent[batch] += services.spent_in([pool], project)
    return spent


def with_others(services: Services, project: Project, standing: Standing, pools: Sequence[PoolState]) -> Standing:
    """A batch with what other pools of it have cost in which people were asked; there should be none."""
    ours = [pool for pool in pools if pool.batch == f"{project.name}/{standing.batch}" and pool.was_started]
    others = [pool for pool in ours if pool.id != standing.pool_id]
    if not others:
        return standing
    doubled = find_doubled(ours).get(others[0].batch, ())
    return count_others(standing, doubled, float(services.spent_in(others, project)))


def committed(commit: Commit) -> Standing:
    """A commit that no sensor has taken up."""
    since, name = commit.started.timestamp(), name_batch(commit)
    found = Standing(
        name, "committed", "the commits sensor has not seen it yet", "", since, title=title(name), commit=str(commit)
    )
    if not commit.error:
        return found
    return replace(found, state="failed", text=f"Pachyderm says: {commit.error}", what_to_do="Commit the files again.")


def count_money(
    project: Project,
    standings: Sequence[Standing],
    accounts: Mapping[str, Decimal] | None,
    dataset: Event | None,
    batches_total: int,
) -> Money:
    """What was spent, and may still be."""
    shown = {each.batch: each.spent or 0.0 for each in standings}
    spent = {batch: float(amount) for batch, amount in (accounts or {}).items()}
    every = {**spent, **{batch: max(amount, spent.get(batch, 0.0)) for batch, amount in shown.items()}}
    at_work = [each for each in standings if each.state == "open"]
    labels = int(dataset.metadata.get("rows_from_batches") or 0) if dataset else 0
    total, budget = sum(every.values()), project.configuration.budget
    is_whole = accounts is not None or len(shown) >= batches_total
    paid_for_labels = total - sum(every[each.batch] for each in standings if each.labels is None)
    return Money(
        spent=total,
        open=sum(max(0.0, (each.planned or 0.0) - (each.spent or 0.0)) for each in at_work),
        per_batch=float(budget.per_batch),
        per_project=float(budget.per_project),
        price_of_a_label=paid_for_labels / labels if labels and is_whole else None,
        is_whole=is_whole,
    )


def describe_dataset(dataset: Event | None) -> Mapping[str, Any] | None:
    """How large the dataset is, and where."""
    if dataset is None:
        return None
    found = dataset.metadata
    return {
        "rows": found.get("dagster/row_count"),
        "rows_labeled_before": found.get("rows_labeled_before"),
        "rows_from_batches": found.get("rows_from_batches"),
        "rows_partial": found.get("rows_partial"),
        "batches": found.get("batches"),
        "repo": found.get("pachyderm/repo"),
        "commit": found.get("pachyderm/commit"),
        "path": found.get("pachyderm/path"),
        "updated": dataset.timestamp,
    }


def to_float(amount: Decimal | None) -> float | None:
    """Money for the screen and for JSON."""
    return None if amount is None else float(amount)
