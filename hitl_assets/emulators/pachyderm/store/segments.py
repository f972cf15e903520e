"""Levelled deltas: how a commit's tree is stored so that writes cost the change and reads a few lookups.

Every commit has a segment of level 0: what it changed against its base. When 16 segments of one level follow each
other, the newest commit also gets their merge, one level up. A read walks at most 15 segments per level, however long
the history is; a write copies a change once per level. Bases are explicit, so that squashing only moves them.
"""

import sqlite3
from dataclasses import dataclass

FAN_OUT = 16
# Of each commit on the way only the segment of the highest level, since it reaches furthest back.
CHAIN = """
WITH RECURSIVE chain (key, commit_key, level, base, rank) AS (
    SELECT key, commit_key, level, base, 0 FROM segments
    WHERE commit_key = :commit AND level = (SELECT max(level) FROM segments WHERE commit_key = :commit)
    UNION ALL
    SELECT s.key, s.commit_key, s.level, s.base, chain.rank + 1 FROM chain JOIN segments s
    ON s.commit_key = chain.base
    WHERE s.level = (SELECT max(t.level) FROM segments t WHERE t.commit_key = chain.base)
)
SELECT key, commit_key, level, base FROM chain ORDER BY rank
"""


@dataclass(frozen=True)
class Segment:
    """What changed after the commit `base` up to and with the commit `commit_key`."""

    key: int
    commit_key: int
    level: int
    base: int | None


def chain(db: sqlite3.Connection, commit: int | None) -> list[Segment]:
    """The segments that make up a commit's tree, newest first. No commit: none."""
    return [Segment(*row) for row in db.execute(CHAIN, {"commit": commit})]


def own_segment(db: sqlite3.Connection, commit: int) -> Segment:
    """The commit's own changes."""
    row = db.execute(
        "SELECT key, commit_key, level, base FROM segments WHERE commit_key = ? AND level = 0", (commit,)
    ).fetchone()
    return Segment(*row)


def create_segment(db: sqlite3.Connection, commit: int, level: int, base: int | None) -> int:
    """The key of a new, empty segment."""
    query = "INSERT INTO segments (commit_key, level, base) VALUES (?, ?, ?) RETURNING key"
    (key,) = db.execute(query, (commit, level, base)).fetchone()
    return int(key)


def merge_levels(db: sqlite3.Connection, commit: int) -> None:
    """Give a finished commit the merged segments that are due. Its whole chain must be finished."""
    links = chain(db, commit)
    level = 0
    while links:
        run = links[: run_length(links)]
        if links[0].level != level or len(run) < FAN_OUT:
            return
        level += 1
        merged = Segment(create_segment(db, commit, level, run[-1].base), commit, level, run[-1].base)
        for link in reversed(run):
            db.execute(
                "INSERT OR REPLACE INTO entries SELECT ?, path, datum, live, size, hash, chunks FROM entries"
                " WHERE segment = ?",
                (merged.key, link.key),
            )
        if merged.base is None:
            # Nothing lies below: there is nothing left to hide.
            db.execute("DELETE FROM entries WHERE segment = ? AND NOT live", (merged.key,))
        links = [merged, *links[len(run) :]]


def run_length(links: list[Segment]) -> int:
    """How many segments at the start have the same level."""
    return next((index for index, link in enumerate(links) if link.level != links[0].level), len(links))


def skip_commit(db: sqlite3.Connection, commit: int) -> None:
    """Let whoever builds on this commit build on its base instead: its changes are lost to them."""
    base = own_segment(db, commit).base
    db.execute("UPDATE segments SET base = ? WHERE base = ?", (base, commit))


def push_down(db: sqlite3.Connection, commit: int) -> None:
    """Move a commit's changes into whatever builds on it, so that the commit can go."""
    own = own_segment(db, commit)
    for (above,) in db.execute("SELECT key FROM segments WHERE base = ?", (commit,)).fetchall():
        # IGNORE: what the descendant says about a path is newer.
        db.execute(
            "INSERT OR IGNORE INTO entries SELECT ?, path, datum, live, size, hash, chunks FROM entries WHERE"
            " segment = ?",
            (above, own.key),
        )
    skip_commit(db, commit)


def delete_segments(db: sqlite3.Connection, commit: int) -> None:
    """Delete a commit's segments with their entries. Nothing may build on them."""
    db.execute("DELETE FROM entries WHERE segment IN (SELECT key FROM segments WHERE commit_key = ?)", (commit,))
    db.execute("DELETE FROM segments WHERE commit_key = ?", (commit,))
