"""Waiting for a rehearsed pool: until it is closed, or nobody can take what is left, and everything is decided."""

import time
from typing import Any

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState
from hitl_assets.local.rehearsal.runs import STALLED, Attempt
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.money.payer import Metric
from hitl_assets.services.toloka.connection import authorities
from hitl_assets.services.toloka.service import TolokaService as Toloka

# Nobody handed in a suite for so long, in simulated seconds, and nobody is at work: nobody will.
STALLED_AFTER = 1800.0
# Seconds of the wall clock that one crowd may take.
LONGEST = 600.0
# How often a review may ask for answers anew.
MOST_ROUNDS = 5


def ask_emulator(toloka: Toloka, path: str) -> Any:
    """What the emulator says about itself."""
    import httpx

    return httpx.get(f"{toloka.url}/emulator/{path}", timeout=30, verify=authorities()).json()


def simulated_time(toloka: Toloka) -> float:
    """Where the emulator's clock stands, in seconds."""
    return float(ask_emulator(toloka, "clock")["now"])


def last_decision(toloka: Toloka, pool_id: str) -> float:
    """When the last suite of a pool was accepted or rejected, on the emulator's clock; now, if none was.

    The clock itself goes on until nobody is at work anywhere, for instance in the training.
    """
    moment = ask_emulator(toloka, f"pools/{pool_id}/progress")["reviewed"]
    return simulated_time(toloka) if moment is None else float(moment)


def training_results(toloka: Toloka, training_id: str) -> dict[str, float]:
    """What people got in a training, 0 to 100. Toloka itself does not tell."""
    told = ask_emulator(toloka, f"pools/{training_id}/progress")
    return {str(user): float(value) for user, value in told["results"].items()}


def unanswered_suites(toloka: Toloka, pool_id: str) -> str:
    """What simulated people could not hand in, in words; empty if there was no such suite."""
    return str(ask_emulator(toloka, f"pools/{pool_id}/unanswered")["reason"] or "")


def try_tasks(toloka: Toloka, pool_id: str) -> Attempt:
    """What of a pool's tasks nobody can hand in, and what may be wrong with their pages."""
    told = ask_emulator(toloka, f"pools/{pool_id}/attempt")
    return Attempt(int(told["tried"]), told["refused"], told["notes"])


def follow_to_the_end(toloka: Toloka, project: Project, pool: PoolState) -> str:
    """Wait until the pool is done and all in it is decided, with a review as the project's; how it ended."""
    deadline = time.monotonic() + LONGEST
    for _ in range(MOST_ROUNDS):
        ending = follow(toloka, pool.id, deadline)
        while toloka.has_unfinished(pool.id, "ACTIVE"):
            pause(deadline)
        if not toloka.has_unfinished(pool.id, "SUBMITTED"):
            return ending
        if project.configuration.review is None:
            accept_all(toloka, pool.id)
        else:
            toloka.decide(project, pool.id, {}, "accept", {})
    accept_all(toloka, pool.id)
    return follow(toloka, pool.id, deadline)


def follow(toloka: Toloka, pool_id: str, deadline: float) -> str:
    """Wait until the pool is closed; one in which nobody can take anything more is closed. How it ended."""
    done, since = -1, 0.0
    while True:
        pool = toloka.get_pool(pool_id)
        if pool.has_ended:
            return pool.close_reason
        handed_in = toloka.measure(Metric.SUBMITTED, [pool_id]).get(pool_id, 0)
        now = simulated_time(toloka)
        if handed_in != done:
            done, since = handed_in, now
        elif now - since > STALLED_AFTER and not toloka.has_unfinished(pool_id, "ACTIVE"):
            toloka.close_pool(pool_id)
            return STALLED
        pause(deadline)


def pause(deadline: float) -> None:
    """A moment between two looks.

    Raises:
        ServiceError: it takes too long.
    """
    if time.monotonic() > deadline:
        raise ServiceError(f"The crowd was not done after {LONGEST:.0f} seconds. Take a smaller --sample.")
    time.sleep(0.05)


def accept_all(toloka: Toloka, pool_id: str) -> None:
    """Pay all that waits."""
    for each in toloka.assignments(pool_id):
        if each["status"] == "SUBMITTED":
            toloka.accept(each["id"], "rehearsed")
