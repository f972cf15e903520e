"""A pool that people have answered, and what is asked about again in it: for tests of rounds and of reviews."""

import time
from collections import Counter
from dataclasses import replace
from typing import Any

import httpx

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.answers.answers import COUNTED, count_statuses
from hitl_assets.labeling.pools.round_plans import Need
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import with_start
from hitl_assets.labeling.records import PoolState
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.toloka.publications import put, tasks

KEYS = [task.item_key for task in tasks(6)]
NEEDS = {KEYS[0]: Need(2, 0.5), KEYS[1]: Need(1, 0.8)}
SECONDS = 30


def without_rules(project: Project, **changes: Any) -> Project:
    """The project without what keeps workers out, changed."""
    pool = {name: form for name, form in project.pool.items() if name not in ("quality_control", "filter")}
    configuration = project.configuration.model_copy(update=changes)
    return replace(project, pool=with_start(pool, configuration), configuration=configuration)


def let_people_answer(emulator: TolokaEmulator, toloka: Toloka, pool_id: str) -> PoolState:
    """The pool when nobody is left to answer; then time stands still again."""
    httpx.put(f"{emulator.url}/emulator/clock", json={"speed": "max"}).raise_for_status()
    deadline = time.monotonic() + SECONDS
    while (pool := toloka.get_pool(pool_id)).is_open:
        assert time.monotonic() < deadline, f"pool {pool_id} is open yet"
    httpx.put(f"{emulator.url}/emulator/clock", json={"speed": "manual"}).raise_for_status()
    return pool


def overlaps(toloka: Toloka, pool_id: str) -> dict[str, int]:
    """By how many workers each item is to be answered."""
    return {task.item_key: task.overlap for task in toloka.real_tasks(pool_id)}


def paid(toloka: Toloka, pool_id: str) -> Counter[str]:
    """How many paid answers each item has."""
    accepted = [each for each in toloka.assignments(pool_id) if each["status"] == "ACCEPTED"]
    every = Counter(task["input_values"]["item_key"] for each in accepted for task in each["tasks"])
    return Counter({key: number for key, number in every.items() if key in KEYS})


def unsure(toloka: Toloka, pool_id: str) -> Unsure:
    """Two items of which the labels are not sure, as a run finds them that has collected everything: one of them needs
    two more answers."""
    statuses = count_statuses(list(toloka.assignments(pool_id)))
    return Unsure(NEEDS.keys(), {}, sum(statuses.get(each, 0) for each in COUNTED), NEEDS)


def answered(emulator: TolokaEmulator, toloka: Toloka, project: Project) -> str:
    """The id of a pool that is over."""
    pool_id = put(toloka, project, count=len(KEYS)).pool.id
    let_people_answer(emulator, toloka, pool_id)
    return pool_id
