"""Which pool is a batch's, where there are several: a run that was taken for dead may have made one more.

Nothing is asked here: whoever looks at the same pools decides alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hitl_assets.labeling.records import PoolState
from hitl_assets.labeling.values.plurals import plural


@dataclass(frozen=True)
class Election:
    """The pool of a batch (None: it has none), and others that were never open: they have cost nothing and give way.

    `doubled` are the pools that people were asked in, the oldest first, where there are several of them: then nothing
    is chosen, and a person decides.
    """

    chosen: PoolState | None
    others: tuple[PoolState, ...] = ()
    doubled: tuple[PoolState, ...] = ()


def elect(pools: Iterable[PoolState], batch: str, key: str, known: str = "") -> Election:
    """The pool of a batch (`project/batch`) made with the configuration `key`: the one that was started, whatever its
    configuration; otherwise the oldest with this one. A pool that was started and archived is out if another one was
    started that isn't. If all are archived, it is the one whose id is `known` from when the batch was published."""
    ours = sorted((pool for pool in pools if pool.batch == batch), key=age)
    started = [pool for pool in ours if pool.was_started]
    in_use = [pool for pool in started if not pool.is_archived]
    waiting = [pool for pool in ours if not pool.was_started and not pool.is_archived]
    if len(started) > 1 and not in_use:
        in_use = [pool for pool in started if pool.id == known] or started
    if len(in_use) > 1:
        return Election(None, doubled=tuple(in_use))
    candidates = in_use or started or [pool for pool in waiting if pool.key == key]
    chosen = candidates[0] if candidates else None
    return Election(chosen, tuple(pool for pool in waiting if pool is not chosen))


def age(pool: PoolState) -> tuple[str, int, str]:
    """What sorts the oldest first. Ids grow: of two pools of one millisecond the one with the lower id is older."""
    return pool.created, len(pool.id), pool.id


def find_doubled(pools: Iterable[PoolState]) -> Mapping[str, tuple[PoolState, ...]]:
    """The batches (`project/batch`) for which people were asked in more than one pool that nobody archived, with
    these pools, the oldest first."""
    batches: dict[str, list[PoolState]] = {}
    for pool in sorted(pools, key=age):
        if pool.was_started and not pool.is_archived:
            batches.setdefault(pool.batch, []).append(pool)
    return {batch: tuple(pools) for batch, pools in batches.items() if len(pools) > 1}


def describe_doubled(doubled: Iterable[PoolState]) -> str:
    """What happened, and what a person does."""
    pools = list(doubled)
    named = ", ".join(f"{pool.id} ({pool.link})" for pool in pools)
    return (
        f"Batch {pools[0].batch.split('/')[-1]} has {plural(len(pools), 'pool')} in which people were asked: "
        f"{named}. A run that "
        "Dagster took for dead went on. Keep one of them. Close the others if they are open, and archive them in "
        "Toloka: what they have cost goes on counting against the caps. Then materialize pools of this batch."
    )
