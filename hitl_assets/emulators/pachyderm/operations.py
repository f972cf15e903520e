"""What the writing calls of PFS do inside a write transaction. A client transaction is a list of these."""

from typing import Any

from hitl_assets.emulators.pachyderm.errors import InvalidRequestError, RefusedError
from hitl_assets.emulators.pachyderm.messages import read_commit, read_repo, read_set_id, read_trigger
from hitl_assets.emulators.pachyderm.store import branches, commit_sets, commits, provenance, repos, triggers
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.records import Commit, CommitRef
from hitl_assets.emulators.pachyderm.store.resolution import resolve

# The fields of a TransactionRequest that the emulator can do; a method below has the same name.
NAMES = (
    *("create_repo", "delete_repo", "create_branch", "delete_branch"),
    *("start_commit", "finish_commit", "squash_commit_set"),
)


class Operations:
    """One method per call. Nothing is kept if any of them raises."""

    def __init__(self, finish_delay: int) -> None:
        """`finish_delay`: nanoseconds from FINISHING to FINISHED."""
        self._finish_delay = finish_delay

    def create_repo(self, write: Write, request: Any) -> None:
        """Create or update a repo."""
        if not request.repo.name:
            raise InvalidRequestError("repo must be set")
        repos.create_repo(write, request.repo.name, request.repo.type, request.description, request.update)

    def delete_repo(self, write: Write, request: Any) -> None:
        """Delete a repo. A missing one is no error."""
        repo = repos.find_repo(write.db, request.repo.name, request.repo.type)
        if repo is not None:
            repos.delete_repo(write, repo, request.force)

    def create_branch(self, write: Write, request: Any) -> None:
        """Create or change a branch. Without a head a new one gets an empty commit."""
        if request.provenance and request.HasField("trigger"):
            raise RefusedError("a branch cannot have both provenance and a trigger")
        repo = read_repo(write.db, request.branch.repo)
        # The head is in the branch's repo unless it says otherwise.
        head = self._optional_commit(write, request.head, repo.name)
        upstream = [(read_repo(write.db, one.repo), one.name) for one in request.provenance]
        branch = provenance.create_branch(write, repo, request.branch.name, head, upstream)
        if request.HasField("trigger"):
            triggers.set_trigger(write, branch, read_trigger(request.trigger))

    def delete_branch(self, write: Write, request: Any) -> None:
        """Delete a branch. Its commits stay."""
        repo = read_repo(write.db, request.branch.repo)
        branch = branches.get_branch(write.db, repo, request.branch.name)
        provenance.delete_branch(write, branch, request.force)

    def start_commit(self, write: Write, request: Any) -> Commit:
        """Start a commit. The parent is the branch's head unless the request names one."""
        repo = read_repo(write.db, request.branch.repo)
        parent = self._optional_commit(write, request.parent, repo.name)
        return commits.start_commit(write, repo, request.branch.name, parent, request.description)

    def finish_commit(self, write: Write, request: Any) -> None:
        """Finish a commit."""
        commit = resolve(write.db, read_commit(request.commit))
        commits.finish_commit(write, commit, self._finish_delay, request.description, request.error)

    def squash_commit_set(self, write: Write, request: Any) -> None:
        """Squash a commit set."""
        commit_sets.squash_set(write, read_set_id(request.commit_set))

    def _optional_commit(self, write: Write, message: Any, repo: str) -> Commit | None:
        ref = read_commit(message)
        if not ref.id and not ref.branch:
            return None
        return resolve(write.db, CommitRef(ref.repo or repo, ref.type, ref.branch, ref.id))
