"""From FINISHING to FINISHED: pachd's worker takes the commits of a repo one at a time, in the order of their closing.

One whose base isn't FINISHED holds all that come after it back, until it is dropped.
"""

from hitl_assets.emulators.pachyderm.store.commits.readiness import is_finished, nearest_base
from hitl_assets.emulators.pachyderm.store.commits.rows import commits_by_query
from hitl_assets.emulators.pachyderm.store.database import Write

HELD_UP = "SELECT DISTINCT repo FROM commits WHERE finishing > 0 AND finished IS NULL"
QUEUE = "SELECT * FROM commits WHERE repo = ? AND finishing > 0 AND finished IS NULL ORDER BY finishing, key"


def take_in_turn(write: Write, repo: int, delay: int) -> None:
    """Say when the closed commits of a repo will be FINISHED: `delay` nanoseconds each."""
    (busy_until,) = write.db.execute("SELECT max(finished) FROM commits WHERE repo = ?", (repo,)).fetchone()
    free = max(write.now, busy_until or 0)
    for commit in commits_by_query(write.db, QUEUE, (repo,)):
        free += delay
        base = nearest_base(write.db, commit, free)
        if base is not None and not is_finished(base, free):
            return
        write.db.execute("UPDATE commits SET finished = ? WHERE key = ?", (free, commit.key))


def go_on(write: Write, delay: int) -> None:
    """The same for every repo where commits are held up: what did it may be gone."""
    for (repo,) in write.db.execute(HELD_UP).fetchall():
        take_in_turn(write, repo, delay)
