"""The tasks of a worker's next suite."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace

from hitl_assets.emulators.toloka.overlap.demand import REAL, asking
from hitl_assets.emulators.toloka.pools.configuration import Configuration, Mixer, pool_configuration
from hitl_assets.emulators.toloka.quality.experience import count_done_tasks
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.distribution import Checkpoint
from hitl_assets.emulators.toloka.tasks.mixer import Counts, suite_counts

# A worker never gets a task again, unless the time ran out on it: those answers are not `seen`.
UNSEEN = "NOT EXISTS (SELECT 1 FROM answers WHERE task_id = tasks.id AND user_id = ? AND seen = 1)"
ALLOWED = (
    "(restricted = 0 OR ((json_extract(form, '$.reserved_for') IS NULL OR "
    "EXISTS (SELECT 1 FROM json_each(form, '$.reserved_for') WHERE value = ?)) AND "
    "NOT EXISTS (SELECT 1 FROM json_each(form, '$.unavailable_for') WHERE value = ?)))"
)
TO_ISSUE = "(remaining IS NULL OR remaining > 0)"
LAST_PLACE = 2**63 - 1


def has_tasks_left(state: State, pool: sqlite3.Row) -> bool:
    """Whether any task that asks for answers still has to be given to somebody."""
    return _count_left(state, pool["id"], 1, asking(pool_configuration(pool["form"]).mixer)) > 0


def has_tasks_for(state: State, pool: sqlite3.Row, user_id: str) -> bool:
    """Whether any of these tasks is one that this worker may get and has not answered."""
    mixer = pool_configuration(pool["form"]).mixer
    if mixer is None:
        return next_suite(state, pool["id"], user_id)[0] is not None
    found = state.store.maybe(
        f"SELECT 1 FROM tasks WHERE pool_id = ? AND {asking(mixer)} AND {TO_ISSUE} AND {UNSEEN} AND {ALLOWED} LIMIT 1",  # noqa: S608 - constants
        pool["id"], user_id, user_id, user_id,
    )  # fmt: skip
    return found is not None


def next_suite(state: State, pool_id: str, user_id: str) -> tuple[str | None, list[sqlite3.Row]]:
    """The next suite that was grouped by hand, and its tasks: by its issuing order, then by its place."""
    suite = state.store.maybe(
        f"SELECT id FROM suites WHERE pool_id = ? AND {TO_ISSUE} AND {ALLOWED} AND NOT EXISTS (SELECT 1 FROM "  # noqa: S608 - constants
        "assignments WHERE task_suite_id = suites.id AND user_id = ? AND status != 'EXPIRED') "
        "ORDER BY issuing_order DESC, place LIMIT 1",
        pool_id, user_id, user_id, user_id,
    )  # fmt: skip
    if suite is None:
        return None, []
    return suite["id"], state.store.all("SELECT id, kind, place FROM tasks WHERE suite_id = ? ORDER BY id", suite["id"])


def mix_suite(state: State, pool: sqlite3.Row, configuration: Configuration, user_id: str) -> list[sqlite3.Row]:
    """The tasks of a new suite, or none. Tasks that are checked by more answers get their overlap here."""
    if configuration.mixer is None:
        return []
    mixer = _mixer_for(state, pool, configuration.mixer, user_id)
    checks = configuration.checkpoints
    real = _candidates(state, pool["id"], "REAL", user_id, max(mixer.real, 1), 0 if "REAL" in checks else None)
    checked = _candidates(state, pool["id"], "REAL", user_id, mixer.real, 1) if "REAL" in checks else []
    golden = _control(state, pool["id"], "GOLDEN", user_id, mixer.golden, mixer.in_creation_order)
    training = _control(state, pool["id"], "TRAINING", user_id, mixer.training, mixer.in_creation_order)
    if configuration.mixer.real and not real and not checked:
        return []
    available = Counts(len(real) + len(checked), len(golden), len(training))
    waited = state.clock.now() - (pool["tasks_added"] or 0)
    if not mixer.real and mixer.force_last and waited >= mixer.force_last_delay:
        mixer = _mixer_for_last(state, pool["id"], mixer)
    counts = suite_counts(mixer, available, _count_left(state, pool["id"], mixer.min_real), waited)
    if counts is None:
        return []
    if "REAL" in checks:
        special = _count_special(state, pool, user_id, checks["REAL"], "REAL", counts.real)
        real = _mix_checked(state, checks["REAL"], real, checked, special, counts.real)
    for kind, chosen in (("GOLDEN", golden[: counts.golden]), ("TRAINING", training[: counts.training])):
        if kind in checks:
            special = _count_special(state, pool, user_id, checks[kind], kind, len(chosen))
            _check_by_more(state, checks[kind], chosen[:special])
    chosen = [*golden[: counts.golden], *training[: counts.training], *real[: counts.real]]
    return _shuffled(chosen, user_id) if mixer.shuffle else chosen


def _mixer_for(state: State, pool: sqlite3.Row, mixer: Mixer, user_id: str) -> Mixer:
    """With distribution functions, places among the `real` ones of a page go to golden and training tasks."""
    golden, training = mixer.golden_places, mixer.training_places
    if golden is not None:
        count = golden.count(count_done_tasks(state, pool, user_id, golden), mixer.real)
        mixer = replace(mixer, golden=count, min_golden=count, real=mixer.real - count)
    if training is not None:
        wanted = training.count(count_done_tasks(state, pool, user_id, training), mixer.real)
        mixer = replace(mixer, training=wanted, min_training=wanted, real=mixer.real - wanted)
    return replace(mixer, min_real=min(mixer.min_real, mixer.real))


def _mixer_for_last(state: State, pool_id: str, mixer: Mixer) -> Mixer:
    """Where control tasks are all that is asked, the last suite has what is left of them."""
    golden = _count_left(state, pool_id, mixer.min_golden, "kind = 'GOLDEN'")
    training = _count_left(state, pool_id, mixer.min_training, "kind = 'TRAINING'")
    return replace(mixer, min_golden=min(mixer.min_golden, golden), min_training=min(mixer.min_training, training))


def _mix_checked(
    state: State, check: Checkpoint, fresh: list[sqlite3.Row], checked: list[sqlite3.Row], special: int, size: int
) -> list[sqlite3.Row]:
    """Special places get tasks that are checked already; if there are too few, a fresh task becomes one of them."""
    known = checked[:special]
    new = fresh[: special - len(known)]
    _check_by_more(state, check, new)
    # When nothing else is left, tasks that are checked go to anybody: otherwise the pool would never end.
    others = [*fresh[len(new) :], *checked[len(known) :]]
    return [*known, *new, *others[: size - len(known) - len(new)]]


def _check_by_more(state: State, check: Checkpoint, tasks: list[sqlite3.Row]) -> None:
    left = "MAX(?1 - overlap + remaining, 1)"
    state.store.run_many(
        f"UPDATE tasks SET checkpoint = 1, overlap = overlap - remaining + {left}, remaining = {left} "  # noqa: S608 - constants
        "WHERE id = ?2 AND checkpoint = 0 AND remaining IS NOT NULL",
        [(check.overlap, task["id"]) for task in tasks],
    )


def _count_special(state: State, pool: sqlite3.Row, user_id: str, check: Checkpoint, kind: str, size: int) -> int:
    return check.distribution.count(count_done_tasks(state, pool, user_id, check.distribution, kind), size)


def _candidates(
    state: State,
    pool_id: str,
    kind: str,
    user_id: str,
    limit: int,
    checkpoint: int | None = None,
    start: int = 0,
    end: int = LAST_PLACE,
) -> list[sqlite3.Row]:
    # Everybody takes tasks from the front of one order, so a task gets all its answers before the next begins,
    # and suites stay full up to the last one.
    if limit == 0:
        return []
    is_checked = "" if checkpoint is None else f"AND checkpoint = {int(checkpoint)} "
    return state.store.all(
        f"SELECT id, kind, place FROM tasks WHERE pool_id = ? AND kind = ? AND {TO_ISSUE} AND {UNSEEN} {is_checked}"  # noqa: S608 - constants
        f"AND {ALLOWED} AND place >= ? AND place < ? ORDER BY place LIMIT ?",
        pool_id, kind, user_id, user_id, user_id, start, end, limit,
    )  # fmt: skip


def _control(state: State, pool_id: str, kind: str, user_id: str, limit: int, in_order: bool) -> list[sqlite3.Row]:
    if in_order or limit == 0:
        return _candidates(state, pool_id, kind, user_id, limit)
    # Each worker begins at another place of the order; otherwise the first control tasks would judge everybody.
    start = _start_of(state, pool_id, kind, user_id)
    found = _candidates(state, pool_id, kind, user_id, limit, start=start)
    return (
        found
        if len(found) == limit
        else found + _candidates(state, pool_id, kind, user_id, limit - len(found), end=start)
    )


def _start_of(state: State, pool_id: str, kind: str, user_id: str) -> int:
    """The place at which a worker begins with the control tasks of a pool."""
    from_pool = f"FROM tasks WHERE pool_id = ? AND kind = ? AND {TO_ISSUE}"
    count = state.store.one(f"SELECT COUNT(*) AS count {from_pool}", pool_id, kind)["count"]
    if not count:
        return 0
    number = int.from_bytes(hashlib.blake2b(f"{user_id}/{pool_id}".encode(), digest_size=8).digest(), "big") % count
    row = state.store.one(
        f"SELECT place {from_pool} ORDER BY place LIMIT 1 OFFSET ?",
        pool_id, kind, number,
    )  # fmt: skip
    return int(row["place"])


def _count_left(state: State, pool_id: str, at_most: int, asked: str = REAL) -> int:
    row = state.store.one(
        f"SELECT COUNT(*) AS count FROM (SELECT 1 FROM tasks WHERE pool_id = ? AND {asked} AND {TO_ISSUE} LIMIT ?)",  # noqa: S608 - constants
        pool_id, max(at_most, 1),
    )  # fmt: skip
    return int(row["count"])


def _shuffled(tasks: list[sqlite3.Row], user_id: str) -> list[sqlite3.Row]:
    return sorted(tasks, key=lambda task: hashlib.blake2b(f"{user_id}/{task['id']}".encode(), digest_size=8).digest())
