"""The table of `make test-kill`: what was killed when, and what it cost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .loop import Loop

PROPERTY = "killed loop"


def row_of(loop: Loop) -> dict[str, Any]:
    """A loop as plain data: it travels between processes of pytest."""
    outcome = loop.outcome
    return {
        "seed": loop.seed,
        "kills": [[kill.moment, kill.victim] for kill in loop.kills],
        "batches": outcome.batches,
        "pools": outcome.pools,
        "planned": outcome.planned,
        "paid": outcome.paid,
        "lost": outcome.labels_lost,
        "seconds": round(loop.seconds),
        "problems": len(outcome.problems),
    }


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The loops, their sums, and the kills by victim and by moment."""
    names = ("batches", "pools", "planned", "paid", "lost", "problems", "seconds")
    yield f"{'seed':>5} {'kills':>6} " + " ".join(f"{name:>8}" for name in names)
    for row in sorted(rows, key=lambda row: row["seed"]):
        yield f"{row['seed']:>5} {len(row['kills']):>6} " + " ".join(f"{row[name]:>8}" for name in names)
    kills = [kill for row in rows for kill in row["kills"]]
    yield f"{'all':>5} {len(kills):>6} " + " ".join(f"{sum(row[name] for row in rows):>8}" for name in names)
    for title, position in (("moment", 0), ("victim", 1)):
        yield ""
        for name, count in Counter(kill[position] for kill in kills).most_common():
            yield f"{count:>5} {title}: {name}"
