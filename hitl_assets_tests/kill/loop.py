"""A whole loop, several batches long, in which things are killed; and what it ended with."""

import contextlib
import random
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import yaml

from hitl_assets.attempts import PARTITION_TAG
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.local.processes import open_instance
from hitl_assets.local.state import State
from hitl_assets.local.status.progress import FINISHED, failure_of, read_batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .machine import PROCESSES, Machine, prepare
from .moments import RUN, VICTIMS, Plan, Watcher, plan_kills
from .outcome import Outcome, look

BATCHES, ITEMS = 2, 12
SPEED = 100.0
PATIENCE = 600.0
NAME = "clickbait"


@dataclass(frozen=True)
class Kill:
    """A kill that was made: at which moment, what died, how many runs were at work then."""

    moment: str
    victim: str


@dataclass(frozen=True)
class Loop:
    """A loop that is over: its kills, what it ended with, and how long it took."""

    seed: int
    kills: tuple[Kill, ...]
    outcome: Outcome
    seconds: float


def items_of(batch: int) -> list[tuple[str, str]]:
    """The items of a batch, with their labels."""
    labels = ("clickbait", "notclickbait")
    return [(f"Headline {number} of batch {batch}", labels[(number + batch) % 2]) for number in range(ITEMS)]


def run_loop(folder: Path, seed: int, kills: int, overlap: Mapping[str, float] | None = None) -> Loop:
    """Commit batches, kill at the moments of the seed, start again what died, wait for the end.

    With `overlap` the project asks in rounds.
    """
    started = time.monotonic()
    state = State(folder / ".hitl")
    prepare(state)
    if overlap is not None:
        write_project(state, overlap)
    project = load_project(state.file_of(NAME))
    truth = dict(pair for batch in range(BATCHES) for pair in items_of(batch))
    state.answer_key.write_bytes(write_rows([*project.inputs, project.label], sorted(truth.items())))
    instance = open_instance(state)
    with contextlib.ExitStack() as stack:
        machine = Machine(state, stack, seed, SPEED)
        machine.start(*PROCESSES)
        pachyderm, toloka = Pachyderm(machine.addresses.pachd), Toloka(machine.addresses.toloka, "emulator")
        plans = plan_kills(seed, kills, in_rounds=overlap is not None)
        watcher = Watcher(plans, NAME, machine.addresses.toloka, pachyderm)
        commits = [commit(pachyderm, project, batch) for batch in range(BATCHES)]
        made = follow(machine, watcher, instance, project, commits, random.Random(f"rests {seed}"))  # noqa: S311 - not a secret
        outcome = look(instance, project, pachyderm, toloka, commits, truth)
    return Loop(seed, tuple(made), outcome, time.monotonic() - started)


def write_project(state: State, overlap: Mapping[str, float]) -> None:
    """A copy of the shipped project that asks in rounds."""
    folder = state.root / "projects" / NAME
    shutil.copytree(state.file_of(NAME).parent, folder)
    document = yaml.safe_load((folder / "defs.yaml").read_text())
    document["attributes"]["overlap"] = dict(overlap)
    del document["attributes"]["aggregation"]
    (folder / "defs.yaml").write_text(yaml.safe_dump(document))


def commit(pachyderm: Pachyderm, project: Project, batch: int) -> str:
    """Commit a batch's items; the batch's name."""
    rows = write_rows(list(project.inputs), [[text] for text, _ in items_of(batch)])
    repo = project.configuration.source.repo
    made = pachyderm.write(repo, {f"/{batch}.csv": rows}, f"batch {batch}")
    return name_batch(pachyderm.inspect_commit(repo, made)[0])


def follow(
    machine: Machine,
    watcher: Watcher,
    instance: dg.DagsterInstance,
    project: Project,
    commits: list[str],
    chance: random.Random,
) -> list[Kill]:
    """Kill until all batches are in the dataset; the kills that were made."""
    made: list[Kill] = []
    deadline = time.monotonic() + PATIENCE
    looked = 0.0
    while time.monotonic() < deadline:
        machine.check(*PROCESSES)
        plan = watcher.due()
        if plan is not None and strike(machine, plan, chance):
            made.append(Kill(plan.moment, plan.victim))
            watcher.rest()
        elif plan is not None:
            watcher.postpone(plan)
        if time.monotonic() > looked + 1:
            looked = time.monotonic()
            if is_over(instance, project, commits):
                return made
        time.sleep(0.005)
    return made


def strike(machine: Machine, plan: Plan, chance: random.Random) -> bool:
    """Kill, rest, start again what doesn't come back by itself. False: there was no run to kill."""
    names = [name for name in VICTIMS[plan.victim] if name != RUN]
    if plan.victim == RUN and not machine.run_workers():
        return False
    machine.kill(*names)
    if RUN in VICTIMS[plan.victim]:
        machine.kill_runs()
    if names:
        time.sleep(chance.uniform(0.1, 1.5))
        machine.start(*names)
    return True


def is_over(instance: dg.DagsterInstance, project: Project, commits: list[str]) -> bool:
    """Whether no run is left, and every batch is in the dataset or will not go on by itself."""
    unfinished = [status for status in dg.DagsterRunStatus if status not in FINISHED]
    if instance.get_runs_count(dg.RunsFilter(statuses=unfinished)):
        return False
    return all(is_settled(instance, project, each) for each in commits)


def is_settled(instance: dg.DagsterInstance, project: Project, commit: str) -> bool:
    """Whether no run of a batch comes any more: a run that failed at its very end is repeated, too."""
    newest = instance.get_runs(dg.RunsFilter(tags={PARTITION_TAG: commit}), limit=1)
    is_good = bool(newest) and newest[0].status == dg.DagsterRunStatus.SUCCESS
    return (is_good and read_batch(instance, project, commit).is_done) or failure_of(instance, commit) is not None
