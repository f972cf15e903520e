"""Changes: a commit is opened, filled in one go, and finished or undone. With `repoWriter` on the repo, and no more."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm.commits import BRANCH, LOCK, CommitCalls
from hitl_assets.services.pachyderm.errors import (
    ENDED,
    DeniedError,
    EndedError,
    ExistsError,
    MissingError,
    UnfinishedError,
    is_worth_repeating,
    translate,
)

# How long a writer waits for another one's open commit on the same branch.
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
STALE = "left behind by a run that is over"
Stale = Callable[[str], bool]
# What is written: content, or a file of this machine, which is never held as a whole.
Content = bytes | Path


class ChangeCalls(CommitCalls):
    """What writes."""

    def ensure_repo(self, repo: str, description: str = "") -> bool:
        """Make a repo unless it is there; whether it was made.

        Raises:
            DeniedError: it isn't there, and this token may not make it.
        """
        try:
            self.ask(f"create the repo {repo}", lambda: self.client.create_repo(repo, description))
        except ExistsError:
            return False
        except DeniedError as error:
            # pachd asks for the permission first, and only then whether there is anything to make.
            if self.has_repo(repo):
                return False
            raise DeniedError(
                f"{error} Or somebody who may creates it (pachctl create repo {repo}) and gives this token the role "
                "repoWriter on it."
            ) from error
        return True

    def write(
        self,
        repo: str,
        files: Mapping[str, Content],
        description: str,
        replace: str | None = None,
        is_stale: Stale = lambda _: False,
        branch: str = BRANCH,
    ) -> str:
        """Write files (content by path) as one commit of a branch; its id.

        Either everything is in the commit or it is no commit that anybody reads: on any failure it is dropped, or,
        where this token may not drop (that needs a role on the whole cluster), finished with an error. Nothing that is
        in a commit with an error is in the next one.

        Args:
            repo: is made if it isn't there.
            files: content, or a file of this machine, by absolute path; one that exists is overwritten.
            description: one line for `pachctl list commit`.
            replace: a directory that shall hold these files and no others.
            is_stale: whether an open commit of another writer, told by its description, was left by a dead one.
            branch: is made if it isn't there.
        """
        self.ensure_repo(repo)
        commit = self.start_commit((repo, branch), description, is_stale)
        try:
            self.fill(repo, commit, files, replace)
            done, _ = self.inspect_commit(repo, commit)
        except MissingError as error:
            raise TransientServiceError(f"Somebody dropped {repo}@{commit} while it was written: {error}") from error
        if done.error:
            left = "is dropped" if self.drop(repo, commit) else "stays, and nobody reads it"
            raise ServiceError(f"Pachyderm could not finish {done}: {done.error}. The commit {left}.")
        return commit

    def fill(self, repo: str, commit: str, files: Mapping[str, Content], replace: str | None) -> None:
        """Put files into an open commit and finish it, or undo it."""
        try:
            self.put(repo, commit, files, replace)
            self.finish(repo, commit)
        except BaseException as error:
            # What went wrong matters more than that this goes wrong, too: it stays open and is ended as stale. Only
            # a missing role is worth saying, because nobody could end it then.
            try:
                self.undo((repo, BRANCH), commit, f"not written: {type(error).__name__}")
            except DeniedError:
                raise
            except (ServiceError, TransientServiceError):
                pass
            raise

    def start_commit(self, branch: tuple[str, str], description: str, is_stale: Stale) -> str:
        """Open a commit on a branch (repo, name), once another writer's open commit there is done or dropped."""
        import grpc

        def is_ours(text: str) -> bool:
            return is_stale(text) or text == description

        is_left_behind = is_stale
        for wait in (*WAITS, None):
            try:
                return str(self.client.start_commit(*branch, description=description).id)
            except grpc.RpcError as error:
                if "has not been finished" in (error.details() or ""):
                    self.handle_open_head(branch, is_left_behind, wait)
                elif wait is None or not is_worth_repeating(error):
                    raise translate(error, f"start a commit in {branch[0]}", self.address) from error
                else:
                    # It may have worked all the same: then what is open there and says the same is ours.
                    is_left_behind = is_ours
                    self.sleep(wait)
        raise TransientServiceError(f"{branch[0]}@{branch[1]} is never free: somebody opens commit after commit.")

    def handle_open_head(self, branch: tuple[str, str], is_stale: Stale, wait: float | None) -> None:
        """End the open commit at the head of a branch if nobody will finish it; otherwise wait for its writer."""
        repo = branch[0]
        info = next(iter(self.history(*branch, number=1)), None)
        if info is None or info.HasField("finishing") or info.HasField("finished"):
            return
        if is_stale(info.description):
            with contextlib.suppress(EndedError, MissingError):  # somebody else was faster
                self.undo(branch, info.commit.id, STALE)
        elif wait is None:
            raise TransientServiceError(
                f"Somebody holds {repo}@{info.commit.id} open: {info.description or 'no description'}. "
                "Finish or drop that commit (pachctl finish commit, pachctl drop commit)."
            )
        else:
            self.sleep(wait)

    def put(self, repo: str, commit: str, files: Mapping[str, Content], replace: str | None) -> None:
        """Send all changes of a commit in one ModifyFile: all of them are done, or none.

        Content goes in messages of 19 MiB at most. To replace a directory, pachd needs the commit before this one
        FINISHED.
        """
        try:
            self.modify(repo, commit, files, replace)
        except UnfinishedError:
            self.wait_for_parent(repo, commit)
            self.modify(repo, commit, files, replace)

    def modify(self, repo: str, commit: str, files: Mapping[str, Content], replace: str | None) -> None:
        """One ModifyFile. It may be sent again: each file is deleted, then written."""

        def send() -> None:
            with self.client.modify_file_client((repo, commit)) as modify:
                if replace:
                    modify.delete_file(f"{replace.rstrip('/')}/")
                for path, content in files.items():
                    if isinstance(content, Path):
                        modify.put_file_from_filepath(path, str(content))
                    else:
                        modify.put_file_from_bytes(path, content)

        self.ask(f"write into {repo}@{commit}", send)

    def wait_for_parent(self, repo: str, commit: str) -> None:
        """Wait until pachd has finished the commit on which this one builds. It builds on none that has an error."""
        parent = self.look_at(repo, commit).parent_commit.id
        while parent:
            info = self.wait_for(repo, parent)
            parent = info.parent_commit.id if info.error else None

    def finish(self, repo: str, commit: str, error: str | None = None) -> None:
        """Finish a commit. With an error, nobody reads it, and the next commit doesn't build on it."""
        import grpc

        failed: list[grpc.RpcError] = []

        def send() -> None:
            try:
                self.client.finish_commit((repo, commit), error=error)
            except grpc.RpcError as refusal:
                if failed and ENDED in (refusal.details() or ""):
                    return  # What failed before had worked.
                failed.append(refusal)
                raise

        self.ask(f"finish {repo}@{commit}", send)

    def undo(self, branch: tuple[str, str], commit: str, reason: str) -> None:
        """End an open commit whose content shall not count."""
        repo, name = branch
        if name == LOCK or not self.drop(repo, commit):
            self.finish(repo, commit, error=reason)

    def drop(self, repo: str, commit: str) -> bool:
        """Take a commit of ours away; whether it is gone. Since 2.8 that needs a role on the whole cluster."""
        if not commit:
            raise ValueError("pachd takes no id for all commits that there are.")
        try:
            self.ask(f"drop {repo}@{commit}", lambda: self.client.drop_commit(commit))
        except MissingError:
            return True
        except (DeniedError, ServiceError):
            return False
        return True
