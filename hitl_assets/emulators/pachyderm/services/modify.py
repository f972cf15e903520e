"""ModifyFile: into an open commit, or as a commit of its own."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import Permissions, repo_resource
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.errors import CutOffError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.files.uploads import Upload, first_commit
from hitl_assets.emulators.pachyderm.store.commits import branches, commits, readiness
from hitl_assets.emulators.pachyderm.store.commits.resolution import resolve
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef
from hitl_assets.emulators.pachyderm.store.repos import get_repo
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.trees.edits import Editor
from hitl_assets.emulators.pachyderm.wire.messages import read_commit
from hitl_assets.emulators.pachyderm.wire.protocol import Empty

# Seconds. Measured: the news that a call was cut comes up to one millisecond after the end of its messages.
NEWS_OF_CUT = 0.005


class ModifyService:
    """ModifyFile, ClearCommit."""

    def __init__(self, store: Store, urls: bool, permissions: Permissions) -> None:
        self._store = store
        self._urls = urls
        self._permissions = permissions

    def modify_file(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Empty:
        """ModifyFile: content is stored while it comes in, then all edits happen in one transaction, or none."""
        ref = first_commit(requests)
        with self._store.read() as db:
            picked = self._pick(db, ref)
        was_finished = picked is not None and readiness.is_finished(picked, time.time_ns())

        def check_parent() -> None:
            if picked is not None and not (was_finished and not picked.error):
                with self._store.read() as db:
                    # Of a head that was FINISHING when the call came, pachd asks for the parent only.
                    readiness.check_base(db, replace(picked, finished=None), time.time_ns())

        upload = Upload(self._store, self._urls, check_parent)
        upload.receive(requests)
        # gRPC ends the messages of a call that was cut like those of one that is complete, and says which it was later.
        is_cut = threading.Event()
        if not context.add_callback(is_cut.set) or is_cut.wait(NEWS_OF_CUT):
            raise CutOffError("the call ended before its last message; nothing of it is kept")
        with self._store.write() as write:
            self._apply(write, ref, upload, context)
            if is_cut.is_set():
                raise CutOffError("the caller went away; nothing of the call is kept")
        return Empty()

    def clear_commit(self, request: Any, _: grpc.ServicerContext) -> Empty:
        """ClearCommit."""
        with self._store.write() as write:
            commits.clear_commit(write, resolve(write.db, read_commit(request.commit)))
        return Empty()

    def _pick(self, db: sqlite3.Connection, ref: CommitRef) -> Commit | None:
        """The commit that is written to, or whose child will be; none on a branch that isn't there yet.

        Raises:
            NotFoundError: the repo or the commit is not there.
            RefusedError: the commit is named by its id, and closed.
        """
        repo = get_repo(db, ref.repo, ref.type)
        if ref.id:
            found = resolve(db, ref)
            commits.check_open(found)
            return found
        branch = branches.find_branch(db, repo, ref.branch)
        return get_commit(db, branch.head) if branch is not None and branch.head is not None else None

    def _apply(self, write: Write, ref: CommitRef, upload: Upload, context: grpc.ServicerContext) -> None:
        db = write.db
        repo = get_repo(db, ref.repo, ref.type)
        is_branch = not ref.id or (paths.NAME.fullmatch(ref.id) and not paths.is_commit_id(ref.id))
        branch = branches.find_branch(db, repo, ref.id or ref.branch) if is_branch else None
        # One-shot: the head is finished or absent, so this call makes a commit of its own.
        is_one_shot = is_branch and (branch is None or branch.head is None or get_commit(db, branch.head).finishing)
        if is_one_shot:
            # As in pachd, nobody asks when the commit is open already.
            subject = self._permissions.subject(read_token(context.invocation_metadata()))
            self._permissions.check(db, subject, repo_resource(ref.repo), ("REPO_WRITE",))
        name = ref.id or ref.branch
        commit = commits.start_commit(write, repo, name, None, "") if is_one_shot else resolve(db, ref)
        Editor(write, self._store.files, commit).apply(upload.edits)
        if is_one_shot:
            commits.finish_commit(write, commit, self._store.finish_delay)
