"""Pools for contract tests, and what is in them."""

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.pools.pools import compose_pool, pool_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, PoolState, Task, item_key
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.tasks import crowd_task, golden_task

GOLDEN = [KnownTask({"headline": f"golden {number}"}, {"category": "clickbait"}, "a hint") for number in range(12)]
# Whoever is both: such a pool can be opened on a real account, and costs nothing.
NOBODY = {"and": [{"category": "profile", "key": "gender", "operator": "EQ", "value": v} for v in ("MALE", "FEMALE")]}


@dataclass(frozen=True)
class Maker:
    """Makes pools in a project of the test's own. Everybody may work in them, unless the changes say otherwise."""

    toloka: Toloka
    project: Project
    project_id: str

    def make(self, **changes: Any) -> PoolState:
        """A pool without tasks."""
        form = {name: part for name, part in self.project.pool.items() if name not in ("quality_control", "filter")}
        mark = pool_mark(self.project, "batch", Decimal("1.5"))
        now = datetime.now(timezone.utc)
        composed = compose_pool(replace(self.project, pool=form), mark, self.project_id, None, now)
        return self.toloka.create_pool({**composed, **changes})

    def filled(self, **changes: Any) -> PoolState:
        """A pool with four real tasks and the golden ones, closed."""
        pool = self.make(**changes)
        fill(self.toloka, pool)
        return pool


def tasks(pool: PoolState, count: int, **values: Any) -> list[Any]:
    """So many real tasks."""
    each = [{"headline": f"headline {number}", **values} for number in range(count)]
    return [crowd_task(Task(item_key(one), one), pool.id) for one in each]


def keys(count: int) -> list[str]:
    """The item keys of so many real tasks."""
    return [item_key({"headline": f"headline {number}"}) for number in range(count)]


def fill(toloka: Toloka, pool: PoolState) -> None:
    """Upload four real tasks and the golden ones."""
    toloka.upload([*tasks(pool, 4), *(golden_task(task, pool.id) for task in GOLDEN)], pool.id)
