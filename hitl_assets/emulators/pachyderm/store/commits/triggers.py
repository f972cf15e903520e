"""Branches that follow another branch of their repo once enough has happened on it.

As in pachd since 2.6, a trigger moves the head to the commit that is there: no commit is made on the branch itself.
"""

import re
import sqlite3
import uuid
from dataclasses import replace

from hitl_assets.emulators.pachyderm.errors import NotFoundError, RefusedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.commits import branches, provenance
from hitl_assets.emulators.pachyderm.store.commits.rows import find_commit, get_commit
from hitl_assets.emulators.pachyderm.store.commits.schedules import parse_schedule, to_datetime
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Branch, Commit, Trigger

SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,9})?) ?([kmgtp]?)i?b?", re.ASCII | re.IGNORECASE)


def set_trigger(write: Write, branch: Branch, trigger: Trigger) -> None:
    """Let the branch follow another one.

    Raises:
        NotFoundError: there is no branch to follow.
        RefusedError: the trigger is malformed, or follows itself in a circle.
    """
    check_trigger(trigger)
    if branches.find_branch(write.db, branch.repo, trigger.source) is None:
        name = f"{branch.repo}@{trigger.source}"
        raise NotFoundError(
            f"create branch: update head: updating branch trigger: branch (id=0, branch={name}) not found"
        )
    source: str | None = trigger.source
    while source:
        if source == branch.name:
            raise RefusedError("triggers cannot form a loop")
        following = branches.find_branch(write.db, branch.repo, source)
        found = find_trigger(write.db, following) if following else None
        source = found.source if found else None
    write.db.execute(
        "INSERT OR REPLACE INTO triggers VALUES (?, ?, ?, ?, ?, ?)",
        (branch.key, trigger.source, trigger.all_of, trigger.rate_limit, trigger.size, trigger.commits),
    )


def check_deletion(db: sqlite3.Connection, branch: Branch) -> None:
    """Nothing, for a branch that follows none and that none follows.

    Raises:
        RefusedError: it can't be deleted.
    """
    rows = db.execute(
        "SELECT b.name FROM triggers t JOIN branches b ON b.key = t.branch WHERE b.repo = ? AND t.source = ?"
        " ORDER BY b.key",
        (branch.repo.key, branch.name),
    ).fetchall()
    if rows:
        names = " ".join(f"{branch.repo}@{name}" for (name,) in rows)
        raise RefusedError(f'branch "{branch}" cannot be deleted because it is triggered by branches [{names}]')
    own = find_trigger(db, branch)
    if own is not None:
        name = f"{branch.repo}@{own.source}"
        raise RefusedError(f'branch "{branch}" cannot be deleted because it triggers branches [{name}]')


def check_trigger(trigger: Trigger) -> None:
    """Nothing, for a trigger that can be understood.

    Raises:
        RefusedError: it can't.
    """
    if not trigger.source:
        raise RefusedError("triggers must specify a branch to trigger on")
    paths.check_name(trigger.source)
    if trigger.commits < 0:
        raise RefusedError("can't trigger on a negative number of commits")
    if trigger.size and not SIZE.fullmatch(trigger.size):
        raise RefusedError(f"invalid trigger size: invalid size: {trigger.size!r}")
    if trigger.rate_limit:
        try:
            parse_schedule(trigger.rate_limit)
        except (ValueError, OverflowError) as error:
            raise RefusedError(f"invalid trigger rate limit spec: {error}") from error


def find_trigger(db: sqlite3.Connection, branch: Branch) -> Trigger | None:
    """The branch's trigger, if it has one."""
    row = db.execute(
        "SELECT source, all_of, rate_limit, size, commits FROM triggers WHERE branch = ?", (branch.key,)
    ).fetchone()
    return Trigger(row[0], bool(row[1]), *row[2:]) if row else None


def settle(write: Write) -> None:
    """What a transaction leaves to its end: commits downstream, and branches that follow finished commits."""
    provenance.propagate(write)
    for key in sorted(write.finished):
        commit = find_commit(write.db, key)
        if commit is not None and not commit.error:
            # In pachd a transaction of its own, when the commit is FINISHED: commits downstream have another id.
            later = replace(write, set_id=uuid.uuid4().hex, touched=set(), finished=set())
            fire_triggers(later, commit)
            provenance.propagate(later)
    write.finished.clear()


def fire_triggers(write: Write, commit: Commit) -> None:
    """Move the branches that follow the commit's branch, and those that follow them."""
    moved = {commit.branch}
    queue = [commit.branch]
    while queue:
        for branch in followers(write.db, commit, queue.pop()):
            trigger = find_trigger(write.db, branch)
            if branch.name not in moved and trigger and is_due(write.db, trigger, branch, commit):
                branches.move_head(write, branch, commit.key)
                moved.add(branch.name)
                queue.append(branch.name)


def followers(db: sqlite3.Connection, commit: Commit, source: str) -> list[Branch]:
    """The branches of the commit's repo that follow the branch `source`, oldest first."""
    rows = db.execute(
        "SELECT b.key, b.name, b.head FROM triggers t JOIN branches b ON b.key = t.branch"
        " WHERE b.repo = ? AND t.source = ? ORDER BY b.key",
        (commit.repo.key, source),
    ).fetchall()
    return [Branch(key, commit.repo, name, head) for key, name, head in rows]


def is_due(db: sqlite3.Connection, trigger: Trigger, branch: Branch, new: Commit) -> bool:
    """Whether enough has happened since the branch's head: any of the conditions, or all of them."""
    old = get_commit(db, branch.head) if branch.head is not None else None
    conditions = []
    if trigger.size:
        conditions.append(new.size - (old.size if old else 0) >= parse_size(trigger.size))
    if trigger.rate_limit:
        conditions.append(is_time(trigger.rate_limit, old, new))
    if trigger.commits:
        conditions.append(has_commits(db, trigger.commits, old, new))
    return all(conditions) if trigger.all_of else any(conditions)


def parse_size(text: str) -> int:
    """Bytes. Units are decimal, `Ki` is no exception (docker/go-units)."""
    found = SIZE.fullmatch(text)
    if found is None:
        return 0
    return int(float(found[1]) * 1000 ** " kmgtp".index(found[2].lower() or " "))


def is_time(rate_limit: str, old: Commit | None, new: Commit) -> bool:
    """Whether the schedule has a time between the two commits."""
    due = parse_schedule(rate_limit).next_after(to_datetime(old.finishing or 0 if old else 0))
    return due is not None and due < to_datetime(new.finishing or 0)


def has_commits(db: sqlite3.Connection, wanted: int, old: Commit | None, new: Commit) -> bool:
    """Whether there are as many commits from the one to the other."""
    count = 1
    while count < wanted and new.parent is not None and (old is None or new.parent != old.key):
        new = get_commit(db, new.parent)
        count += 1
    return count == wanted
