"""How a pool can end, and what a person does about it."""

from collections.abc import Mapping

from hitl_assets.labeling.project import Project

# What `hitl resume` can go on with after the step named here; a pool at Toloka's limit stays closed.
STEPS: Mapping[str, str] = {
    "MANUAL": "Somebody closed it, or it came to its cap. Find out why; raise the cap if that was it.",
    "EXPIRED": "Its time ran out (pool_days). Look whether the price, the filter or the training keeps people away.",
    "NOT_ENOUGH_BALANCE": "The account ran out of money. Top it up.",
    "BLOCKED": "Toloka blocked it. See the pool's page in Toloka, and ask its support.",
    "ASSIGNMENTS_LIMIT_EXCEEDED": "It has as many assignments as Toloka allows in one pool. Commit the rest of the "
    "items as another batch.",
}
FINAL = frozenset({"ASSIGNMENTS_LIMIT_EXCEEDED"})


def is_whole(reason: str, project: Project) -> bool:
    """Whether a batch whose pool closed for this reason counts as complete."""
    return reason in project.configuration.accept_close_reasons


def advise(reason: str, project: Project, batch: str) -> str:
    """What to do about a batch whose pool ended like this."""
    if is_whole(reason, project):
        return "nothing"
    step = STEPS.get(reason, f"Toloka says {reason}. See the pool's page in Toloka.")
    if reason in FINAL:
        return f"{step} The answers that were paid are kept."
    return (
        f"{step} The answers that were paid are kept; to ask for the rest, run `hitl resume {project.name} {batch}`, "
        "or materialize pools of this batch with the config resume: true."
    )
