"""How a pool can end, and what a person does about it."""

from collections.abc import Mapping

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState

# What `hitl resume` can go on with after the step named here; a pool at Toloka's limit stays closed.
STEPS: Mapping[str, str] = {
    "MANUAL": "Somebody closed it, or it came to its cap. Find out why; raise the cap if that was it.",
    "EXPIRED": "Its time ran out (pool_days). Look whether the price, the filter or the training keeps people away.",
    "NOT_ENOUGH_BALANCE": "The account ran out of money. Top it up.",
    "BLOCKED": "Toloka blocked it. See the pool's page in Toloka, and ask its support.",
    "ASSIGNMENTS_LIMIT_EXCEEDED": "It has as many assignments as Toloka allows in one pool.",
}
FINAL = frozenset({"ASSIGNMENTS_LIMIT_EXCEEDED"})
# The way on where a pool can't be opened any more: intake takes these items in again, and only these.
COMMIT_AGAIN = (
    "Commit the items that have no label once more, in a file of another name: they are listed in unlabeled.csv beside "
    "the labels, and become another batch."
)


def is_whole(reason: str, project: Project) -> bool:
    """Whether a batch whose pool closed for this reason counts as complete."""
    return reason in project.configuration.accept_close_reasons


def cannot_open(pool: PoolState) -> bool:
    """Whether nobody will ever be asked in a pool again."""
    return pool.is_archived or (pool.has_ended and pool.close_reason in FINAL)


def advise(reason: str, project: Project, batch: str, is_archived: bool = False) -> str:
    """What to do about a batch whose pool ended like this. One that is archived can't go on."""
    if is_whole(reason, project):
        return "nothing"
    step = STEPS.get(reason, f"Toloka says {reason}. See the pool's page in Toloka.")
    if reason in FINAL or is_archived:
        return f"{step} The answers that were paid are kept. {COMMIT_AGAIN}"
    return (
        f"{step} The answers that were paid are kept; to ask for the rest, run `hitl resume {project.name} {batch}`, "
        "or materialize pools of this batch with the config resume: true."
    )
