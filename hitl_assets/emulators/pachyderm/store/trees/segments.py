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
SELECT key, commit_key, level, base, key NOT IN unsummed FROM chain ORDER BY rank
"""
ENTRIES = "path, datum, live, size, hash, chunks"
DIRECTORIES = "path, files, children, size, hash"


@dataclass(frozen=True)
class Segment:
    """What changed after the commit `base` up to and with the commit `commit_key`."""

    key: int
    commit_key: int
    level: int
    base: int | None
    # Whether it has its rows of directories.
    is_summed: bool = True


def chain(db: sqlite3.Connection, commit: int | None) -> list[Segment]:
    """The segments that make up a commit's tree, newest first. No commit: none."""
    return [Segment(*row) for row in db.execute(CHAIN, {"commit": commit})]


def own_segment(db: sqlite3.Connection, commit: int) -> Segment:
    """The commit's own changes."""
    row = db.execute(
        "SELECT key, commit_key, level, base, key NOT IN unsummed FROM segments WHERE commit_key = ? AND level = 0",
        (commit,),
    ).fetchone()
    return Segment(*row)


def changes_path(db: sqlite3.Connection, commit: int, path: str) -> bool:
    """Whether the commit itself wrote or deleted the file."""
    query = "SELECT 1 FROM entries WHERE segment = ? AND path = ? LIMIT 1"
    return db.execute(query, (own_segment(db, commit).key, path)).fetchone() is not None


def create_segment(db: sqlite3.Connection, commit: int, level: int, base: int | None) -> int:
    """The key of a new, empty segment."""
    query = "INSERT INTO segments (commit_key, level, base) VALUES (?, ?, ?) RETURNING key"
    (key,) = db.execute(query, (commit, level, base)).fetchone()
    if base is not None and level == 0:
        # A base that can still change, or that builds on one that can.
        db.execute(
            "INSERT INTO unsummed SELECT ? FROM commits c JOIN segments s ON s.commit_key = c.key AND s.level = 0"
            " WHERE c.key = ? AND (c.finishing IS NULL OR s.key IN unsummed)",
            (key, base),
        )
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
            copy_rows(db, link.key, merged.key, newer=True)
        if merged.base is None:
            # Nothing lies below: there is nothing left to hide.
            db.execute("DELETE FROM entries WHERE segment = ? AND NOT live", (merged.key,))
            db.execute("DELETE FROM directories WHERE segment = ? AND NOT files", (merged.key,))
        links = [merged, *links[len(run) :]]


def copy_rows(db: sqlite3.Connection, source: int, target: int, newer: bool) -> None:
    """Copy what a segment says into another. `newer`: the source has the last word, else the target."""
    verb = "REPLACE" if newer else "IGNORE"
    for table, columns in (("entries", ENTRIES), ("directories", DIRECTORIES)):
        db.execute(
            f"INSERT OR {verb} INTO {table} SELECT ?, {columns} FROM {table} WHERE segment = ?",  # noqa: S608 - ours
            (target, source),
        )


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
        # What the descendant says is newer.
        copy_rows(db, own.key, above, newer=False)
    skip_commit(db, commit)


def delete_segments(db: sqlite3.Connection, commit: int) -> None:
    """Delete a commit's segments with their entries. Nothing may build on them."""
    keys = db.execute("SELECT key FROM segments WHERE commit_key = ?", (commit,)).fetchall()
    for table in ("entries", "directories", "unsummed"):
        db.executemany(f"DELETE FROM {table} WHERE segment = ?", keys)  # noqa: S608 - our table names
    db.execute("DELETE FROM segments WHERE commit_key = ?", (commit,))
