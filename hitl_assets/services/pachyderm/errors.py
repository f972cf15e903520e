"""What pachd answers when it doesn't do something, and whether asking again helps."""

import re
from typing import Any

from hitl_assets.services.errors import ServiceError, TimedOutError, TransientServiceError

# The names of gRPC's status codes.
TRANSIENT = {
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "ABORTED",
    "CANCELLED",
    # A wrong token is put right by a person; what waits for it should then go on.
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    # No code: there was no connection.
    "connection",
}
# pachd's transactions are SERIALIZABLE: PostgreSQL cancels one of two that meet, and pachd doesn't always repeat it.
CONFLICTS = ("resulted in rollback", "could not serialize", "sqlstate 40", "deadlock detected")
# RESOURCE_EXHAUSTED that stays so, and what to do.
TOO_LARGE = {
    "message larger than max": "Something on the way takes smaller messages than pachd's 20 MiB: look at its limits.",
    "metadata size exceeds": "pachd has failed and its report is too large to be sent: look at its log.",
}
# What pachd refuses with code UNKNOWN because of a rule. It will refuse it again.
REFUSALS = (
    ") invalid: ",
    "already finished",
    "has not been finished",
    "finished with an error",
    "was deleted",
    "is forgotten",
    "cannot ",
    "must be specified",
    "must have a repo",
    "must be a commit",
    "must belong to the same repo",
    "need to be from repo",
    "invalid ancestry format",
    "invalid offset",
    "invalid trigger",
    "invalid input value",
    "invalid resource name",
    "duplicate path output",
    "path collision",
    "matched multiple files",
    "unexpected end of input",
    "inconsistent dependencies",
    "unrecognized object store",
    "unrecognized message type",
)
ENDED, UNFINISHED, NO_BINDING = "already finished", "unfinished", "no role binding exists"
LONGEST_TEXT = 1000
# `robot:hitl is not authorized to perform this operation - needs permissions [REPO_WRITE] on REPO default/pools.`
DENIED = re.compile(r"(\S+) is not authorized .*needs permissions \[([A-Z_ ]+)\] on ([A-Z_]+) ([^\s.]*)")


class MissingError(ServiceError):
    """What was asked for is not there. A branch whose head is dropped meanwhile isn't there for a moment, either."""


class ExistsError(ServiceError):
    """What was to be made is there."""


class DeniedError(TransientServiceError):
    """The token lacks a role. Once a person gives it, a rerun helps."""


class EndedError(TransientServiceError):
    """Somebody else finished a commit of ours, because they took this run for dead."""


class UnfinishedError(TransientServiceError):
    """pachd is still finishing the commit before ours."""


def translate(error: Any, attempt: str, address: str, text: str = "") -> ServiceError | TransientServiceError:
    """The error that tells whether a rerun helps. `text` is what there is to say when gRPC has no `error`."""
    code, said = (error.code().name, error.details()) if error is not None else ("connection", None)
    message = f"Pachyderm at {address} could not {attempt}: {code}: "
    message += one_line(said or text)
    lower = message.lower()
    if code == "NOT_FOUND" or NO_BINDING in message:
        return MissingError(message)
    if code == "ALREADY_EXISTS":
        return ExistsError(message)
    if code == "PERMISSION_DENIED":
        return DeniedError(f"{message} {remedy(said or '')}")
    if code == "UNAUTHENTICATED":
        return TransientServiceError(f"{message} Check PACHD_TOKEN.")
    if code == "DEADLINE_EXCEEDED":
        return TimedOutError(f"{message}. Look at pachd (its pods and log), its database and the network.")
    if code == "RESOURCE_EXHAUSTED":
        advice = next((advice for part, advice in TOO_LARGE.items() if part in lower), None)
        return TransientServiceError(message) if advice is None else ServiceError(f"{message}. {advice}")
    if code == "UNKNOWN" and ENDED in lower:
        return EndedError(f"{message}. Somebody ended it, who took this run for dead.")
    if code == "UNKNOWN" and UNFINISHED in lower:
        return UnfinishedError(message)
    is_transient = code in TRANSIENT or is_conflict(said or "")
    return TransientServiceError(message) if is_transient else ServiceError(message)


def is_conflict(text: str) -> bool:
    """Whether pachd gave way to another transaction: the same call succeeds a moment later."""
    return any(part in text.lower() for part in CONFLICTS)


def is_worth_repeating(error: Any) -> bool:
    """Whether the same call, made at once, may succeed: a conflict, or a text that is no refusal we know of."""
    text = (error.details() or "").lower()
    if error.code().name != "UNKNOWN":
        return is_conflict(text)
    return is_conflict(text) or not any(part in text for part in (*REFUSALS, UNFINISHED, NO_BINDING))


def remedy(text: str) -> str:
    """What to do about a refused permission: which role, where, and the command that gives it."""
    match = DENIED.search(text)
    if match is None:
        return "This token has no role for it. Check PACHD_TOKEN, and the roles that it has."
    subject, permissions, kind, name = match.groups()
    if kind == "REPO":
        role = "repoReader" if permissions.split() and not is_for_writers(permissions) else "repoWriter"
        return give_role(role, "repo", name.rpartition("/")[2], subject)
    if kind == "PROJECT":
        return give_role("projectWriter", "project", name, subject)
    return f"{subject} needs a role on the whole {kind.lower()} for that."


def is_for_writers(permissions: str) -> bool:
    """Whether `repoReader` is not enough for these permissions (separated by blanks)."""
    return any(each in permissions for each in ("WRITE", "DELETE", "CREATE", "MODIFY"))


def give_role(role: str, kind: str, name: str, subject: str) -> str:
    """Who needs which role, and the command of somebody who may give it."""
    return f"{subject} needs the role {role} on the {kind} {name}: pachctl auth set {kind} {name} {role} {subject}"


def one_line(text: str) -> str:
    """A text of pachd's (joined errors, a stack) as one line that a person reads."""
    lines = (line.strip() for line in text.splitlines())
    return "; ".join(line for line in lines if line)[:LONGEST_TEXT]
