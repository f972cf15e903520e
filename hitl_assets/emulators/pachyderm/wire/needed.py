"""What a request must name, in pachd's words when it is missing."""

from typing import Any

from hitl_assets.emulators.pachyderm.errors import BadRequestError, RefusedError

# By call: the fields without which pachd does nothing, and the ones that its validation names as the protocol does.
FILES = {"GetFile", "GetFileTAR", "InspectFile", "ListFile", "WalkFile"}
COMMITS = {"InspectCommit", "GlobFile", "ClearCommit", "DropCommit", "SquashCommit"}
BRANCHES = {"CreateBranch", "InspectBranch"}
REPOS = {"CreateRepo", "InspectRepo", "ListCommit", "SubscribeCommit"}
SETS = {"InspectCommitSet", "SquashCommitSet"}
VALIDATED = {
    "DropCommitSet": "commit_set",
    "DeleteBranch": "branch",
    "InspectTransaction": "transaction",
    "FinishTransaction": "transaction",
    "DeleteTransaction": "transaction",
    "InspectProject": "project",
    "InspectProjectV2": "project",
    "FindCommits": "start",
}


def check_request(call: str, request: Any) -> None:
    """Nothing, for a request that names what it is about.

    Raises:
        BadRequestError: pachd's validation finds it.
        RefusedError: pachd finds it later.
    """
    if call in VALIDATED and not request.HasField(VALIDATED[call]):
        field = "".join(word.capitalize() for word in VALIDATED[call].split("_"))
        raise BadRequestError(f"validate request: invalid {call}Request.{field}: value is required")
    if call in FILES or call == "DiffFile":
        check_file(request, "new_file" if call == "DiffFile" else "file")
    if call == "DeleteRepo" and not request.HasField("repo"):
        raise BadRequestError("no repo specified")
    for calls, field in ((COMMITS, "commit"), (BRANCHES, "branch"), (REPOS, "repo"), (SETS, "commit_set")):
        if call in calls and not request.HasField(field):
            raise RefusedError(f"{field.replace('_', '')} cannot be nil")
    if call in BRANCHES and not request.branch.HasField("repo"):
        raise RefusedError("branch repo cannot be nil")


def check_file(request: Any, field: str) -> None:
    """Nothing, for a request with a file in a commit.

    Raises:
        RefusedError: one of them is missing.
    """
    if not request.HasField(field):
        raise RefusedError("file cannot be nil")
    if not getattr(request, field).HasField("commit"):
        prefix = "check new file commit: " if field == "new_file" else ""
        raise RefusedError(f"{prefix}commit cannot be nil")
