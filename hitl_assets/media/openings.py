"""Which batches are open, as Pachyderm has it: from when their tasks are written until their labels are.

The pool's own status is the labeling service's, and its token is not for a server that the world can reach. What is
stored says the same but for the minutes between a pool's end and its labels: reviewers look at pictures then.
"""

import json

from hitl_assets.labeling.storage.files import RESUMED, directory_of
from hitl_assets.services.pachyderm import Pachyderm


def is_open(pachyderm: Pachyderm, project: str, batch: str) -> bool:
    """Whether people may be asked about a batch now. At most five requests, however many batches there are.

    One that went on after it had labels (`hitl resume`) is open until its links expire.
    """
    if not has_part(pachyderm, f"{project}_tasks", batch):
        return False
    return not has_part(pachyderm, f"{project}_aggregated_labels", batch) or goes_on(pachyderm, project, batch)


def has_part(pachyderm: Pachyderm, repo: str, batch: str) -> bool:
    """Whether the partition of a batch is in a repo."""
    head = pachyderm.head(repo)
    return head is not None and pachyderm.directory_hash(repo, head, directory_of(batch)) is not None


def goes_on(pachyderm: Pachyderm, project: str, batch: str) -> bool:
    """Whether the batch's pool was opened again after it had ended."""
    repo, path = f"{project}_pools", f"{directory_of(batch)}/pool.json"
    head = pachyderm.head(repo)
    if head is None or pachyderm.directory_hash(repo, head, path) is None:
        return False
    return bool(json.loads(pachyderm.read(repo, head, path)).get(RESUMED))
