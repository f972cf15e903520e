"""What a sensor keeps between ticks, as a person may have edited it in the UI: what can't be read is begun anew.

Beginning anew costs looks, no money: runs that were asked for have the same keys, and whatever a run does again finds
what is there.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import dagster as dg

from hitl_assets.attempts import Attempt, read_attempts
from hitl_assets.sensors.watching import Watch

COMMIT = re.compile(r"[0-9a-f]{32}")
# What an entry must be; one that is something else is left out.
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "before": str,
    "asked": str,
    "told": dict,
    "warned": list,
}


def read_cursor(context: dg.SensorEvaluationContext) -> dict[str, Any]:
    """The cursor's entries that can be read."""
    try:
        cursor = json.loads(context.cursor or "{}")
    except ValueError:
        cursor = None
    if not isinstance(cursor, dict):
        context.log.warning(f"The cursor can't be read, and is begun anew: {context.cursor!r:.80}")
        return {}
    wrong = [
        name for name, kind in KINDS.items() if cursor.get(name) is not None and not isinstance(cursor[name], kind)
    ]
    if cursor.get("commit") is not None and not COMMIT.fullmatch(str(cursor["commit"])):
        wrong.append("commit")
    for reader, names in ((read_attempts, ("attempts",)), (Watch.from_json, WATCHED)):
        try:
            reader(cursor)
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError):
            wrong += names
    if wrong:
        context.log.warning(f"These entries of the cursor can't be read, and are begun anew: {', '.join(wrong)}")
    return {name: value for name, value in cursor.items() if name not in wrong}


# The entries that are a `Watch`.
WATCHED = ("storage_id", "rounds_id", "batches", "turn", "doubled", "looked", "around")


def without_partition(
    waiting: Mapping[str, Attempt], due: Mapping[str, Attempt], partitions: Collection[str]
) -> tuple[dict[str, Attempt], dict[str, Attempt]]:
    """The attempts that are under way, and those that are due, without those of batches whose partition somebody
    deleted: that is a decision, and Dagster would refuse the whole tick for a run of one."""
    return (
        {batch: attempt for batch, attempt in waiting.items() if batch in partitions},
        {batch: attempt for batch, attempt in due.items() if batch in partitions},
    )
