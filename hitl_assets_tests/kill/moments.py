"""When to kill, and whom: what a seed chooses, and how a moment is noticed while a loop runs."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx

from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm

from .machine import CODE_SERVER, DAEMON_NAME, PACHYDERM, TOLOKA

RUN, AT_RANDOM = "run", "at random"
# What dies together, by the name that the table gives it. `run` stands for the processes of runs.
VICTIMS: dict[str, tuple[str, ...]] = {
    RUN: (RUN,),
    "daemon": (DAEMON_NAME,),
    "code server": (CODE_SERVER,),
    "code server and run": (CODE_SERVER, RUN),
    "Toloka": (TOLOKA,),
    "Pachyderm": (PACHYDERM,),
    "both emulators": (TOLOKA, PACHYDERM),
    "everything": (RUN, CODE_SERVER, DAEMON_NAME, TOLOKA, PACHYDERM),
}
OF_RUNS = (RUN, RUN, RUN, "Toloka", "everything", "code server and run", "code server", "daemon")
OF_WRITES = (RUN, RUN, RUN, "Pachyderm", "Pachyderm", "both emulators", "everything", "code server and run")
OF_TICKS = ("daemon", "daemon", "code server", "Toloka", "everything")
# While a request of this kind is answered late: its work is done, the answer isn't there. The number is how often a
# loop may pass the moment before; each comes more often than that.
IN_FLIGHT: dict[str, tuple[str, str, int, tuple[str, ...]]] = {
    "project created": ("POST", "/api/v1/projects", 0, OF_RUNS),
    "training created": ("POST", "/api/v1/trainings", 0, OF_RUNS),
    "training opened": ("POST", "/api/v1/trainings/*/open", 0, OF_RUNS),
    "pool created": ("POST", "/api/v1/pools", 1, OF_RUNS),
    "tasks uploaded": ("POST", "/api/v1/tasks", 2, OF_RUNS),
    "tasks compared": ("GET", "/api/v1/tasks", 5, OF_RUNS),
    "pool opened": ("POST", "/api/v1/pools/*/open", 1, OF_RUNS),
    "progress asked for": ("POST", "/api/staging/analytics-2", 0, OF_TICKS),
    "answers read": ("GET", "/api/v1/assignments", 2, OF_TICKS + OF_RUNS),
}
WRITTEN = {
    "golden_tasks": 0,
    "raw_data": 1,
    "tasks": 1,
    "pools": 1,
    "raw_answers": 1,
    "aggregated_labels": 1,
    "concatenated_dataset": 1,
}
# The same for a loop that asks in rounds: tasks are raised one by one, then their pool is opened again.
IN_ROUNDS: dict[str, tuple[str, str, int, tuple[str, ...]]] = {
    "task raised": ("PATCH", "/api/v1/tasks/*", 30, OF_RUNS),
    "pool opened again": ("POST", "/api/v1/pools/*/open", 4, OF_RUNS),
    "answers read again": ("GET", "/api/v1/assignments", 10, OF_TICKS + OF_RUNS),
}
MOMENTS = IN_FLIGHT | IN_ROUNDS
SECONDS = 1.0


@dataclass(frozen=True)
class Plan:
    """A kill that is to come: at which moment, and what dies."""

    moment: str
    victim: str
    after: int = 0  # how often the moment passes unharmed before
    seconds: float = 0.0  # for a kill at random: after the one before


def plan_kills(seed: int, count: int, in_rounds: bool = False) -> list[Plan]:
    """So many kills: at moments of requests, of writes and at random, each about as often."""
    chance = random.Random(f"kills {seed}")  # noqa: S311 - not a secret
    moments = sorted(IN_ROUNDS if in_rounds else IN_FLIGHT)
    requests = chance.sample(moments, k=len(moments))
    writes = chance.sample([f"{kind} {name}" for name in WRITTEN for kind in ("writing", "written")], k=count)
    at_random = ("daemon", "code server", "Toloka", "Pachyderm", "both emulators", RUN, RUN)
    plans = []
    for number in range(count):
        if number % 3 == 0:
            moment = requests.pop()
            *_, most, victims = MOMENTS[moment]
            plans.append(Plan(moment, chance.choice(victims), chance.randint(0, most)))
        elif number % 3 == 1:
            moment = writes.pop()
            plans.append(Plan(moment, chance.choice(OF_WRITES), chance.randint(0, WRITTEN[moment.split()[1]])))
        else:
            plans.append(Plan(AT_RANDOM, chance.choice(at_random), seconds=chance.uniform(1, 6)))
    return plans


class Watcher:
    """Knows when the moment of a kill is there."""

    def __init__(self, plans: list[Plan], project: str, toloka: str, pachyderm: Pachyderm) -> None:
        self.plans = list(plans)
        self.control = f"{toloka}/emulator/faults"
        self.project, self.pachyderm = project, pachyderm
        self.last = self.asked = time.monotonic()
        self.fired: set[str] = set()
        self.rules = {plan: self.slow_down(plan) for plan in plans if plan.moment in MOMENTS}
        self.seen: dict[Plan, set[str]] = {plan: set() for plan in plans}

    def slow_down(self, plan: Plan) -> str:
        """Let one answer come late, so that there is time to kill; the rule's id."""
        method, path, *_ = MOMENTS[plan.moment]
        rule = {"kind": "slow", "method": method, "path": path, "seconds": SECONDS, "after": plan.after, "times": 1}
        return str(httpx.post(self.control, json=rule).raise_for_status().json()["id"])

    def due(self) -> Plan | None:
        """The kill whose moment is now, if there is one; it is taken from the plan."""
        if time.monotonic() > self.asked + 0.1:
            items = httpx.get(self.control).raise_for_status().json()["items"]
            self.fired, self.asked = {rule["id"] for rule in items if rule["fired"]}, time.monotonic()
        plan = next(filter(self.is_now, self.plans), None)
        if plan is not None:
            self.plans.remove(plan)
        return plan

    def is_now(self, plan: Plan) -> bool:
        """Whether this is the moment."""
        if plan.moment == AT_RANDOM:
            return time.monotonic() > self.last + plan.seconds
        if plan.moment in MOMENTS:
            return self.rules[plan] in self.fired
        return self.is_writing(plan)

    def is_writing(self, plan: Plan) -> bool:
        """Whether a repo has a commit that is open, or finished, and it is this one's turn."""
        kind, name = plan.moment.split()
        try:
            infos = list(self.newest(f"{self.project}_{name}"))
        except (ServiceError, TransientServiceError):
            return False
        # A commit that was too quick to be seen open is seen finished.
        self.seen[plan] |= {info.commit.id for info in infos if kind == "writing" or info.HasField("finished")}
        return len(self.seen[plan]) > plan.after

    def newest(self, repo: str) -> Iterator[Any]:
        """The newest commit of a repo, finished or not."""
        with self.pachyderm.translated(f"list the commits of {repo}"):
            yield from self.pachyderm.client.list_commit(repo, to_commit=(repo, "master"), number=1, all=True)

    def postpone(self, plan: Plan) -> None:
        """There was nobody to kill: soon, then."""
        self.plans.append(replace(plan, moment=AT_RANDOM, seconds=1.0))
        self.rest()

    def rest(self) -> None:
        """Something was killed, and all is back: the next wait begins now."""
        self.last = time.monotonic()
