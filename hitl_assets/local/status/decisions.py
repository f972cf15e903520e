"""What waits for a person: what is to be decided, and the command that does it."""

from collections.abc import Iterator
from dataclasses import dataclass

from hitl_assets.labeling.pools.endings import FINAL
from hitl_assets.local.status.standing import Standing
from hitl_assets.local.status.status import ProjectStatus


@dataclass(frozen=True)
class Decision:
    """A batch that waits, why, what to look at first, and how to go on (empty: no command does it)."""

    project: str
    batch: str
    state: str
    what: str
    command: str


def find_decisions(project: ProjectStatus, option: str = "") -> Iterator[Decision]:
    """All of a project. `option` is appended to each command, as ` --state other`."""
    for each in project.batches:
        if each.waits_for_a_person:
            command = command_for(project.name, each)
            yield Decision(
                project.name, each.batch, each.state, describe(each), f"{command}{option}" if command else ""
            )


def describe(standing: Standing) -> str:
    """Why a batch waits, and what a person does."""
    text = f"The pool closed: {standing.text}" if standing.state == "partial" else standing.text
    text = text if not text or text[-1] in ".!?" else f"{text}."
    return " ".join(filter(None, [text, standing.what_to_do, rerun(standing), leave_out(standing)]))


def rerun(standing: Standing) -> str:
    """What to do about a failed run that no command repeats."""
    is_late = standing.state == "failed" and standing.run_id and standing.failed_step not in ("raw_data", "pools")
    return f"Then rerun run {standing.run_id} in Dagster's UI." if is_late else ""


def leave_out(standing: Standing) -> str:
    """How to be done with a commit that cannot be taken in."""
    return "Correct its files and commit them, or leave it out with hitl dismiss." if is_bad_commit(standing) else ""


def is_bad_commit(standing: Standing) -> bool:
    """Whether nothing of a batch's commit could be taken in."""
    return standing.state == "failed" and (not standing.run_id or standing.failed_step == "raw_data")


def command_for(project: str, standing: Standing) -> str:
    """The command that goes on with a batch."""
    batch = standing.batch
    if standing.state == "review":
        return f"hitl review {project} {batch}"
    is_final = standing.state == "partial" and any(reason in standing.text for reason in FINAL)
    if is_final or is_bad_commit(standing):
        return f"hitl commit FILE.csv --project {project}"
    can_resume = standing.state in ("partial", "not_opened") or standing.failed_step == "pools"
    return f"hitl resume {project} {batch}" if can_resume else ""
