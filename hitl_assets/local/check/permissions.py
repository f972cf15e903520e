"""What the token of PACHD_TOKEN may not do on the cluster of PACHD_ADDRESS; without an address nobody is asked."""

import os
import re
from collections.abc import Iterator, Sequence

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.permissions import missing_permissions
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm

COMMAND = re.compile(r": (pachctl .+?)\.(?= |$)")


def of_permissions(project: Project) -> Iterator[Problem]:
    """Each role that is missing; a warning if the cluster does not answer: everything else needs none."""
    address = os.environ.get("PACHD_ADDRESS")
    if not address:
        return
    try:
        yield from fold(missing_permissions(Pachyderm(address, os.environ.get("PACHD_TOKEN")), project))
    except (ServiceError, TransientServiceError) as error:
        yield Problem("warning", "permissions", f"Whether the token has the roles it needs was not tried: {error}")


def fold(sentences: Sequence[str]) -> Iterator[Problem]:
    """A problem for each command that gives a role: one role on the project makes all repos that are not there."""
    by_command: dict[str, list[str]] = {}
    for sentence in sentences:
        found = COMMAND.search(sentence)
        by_command.setdefault(found[1] if found else "", []).append(COMMAND.sub(".", sentence, count=1))
    for command, (first, *others) in by_command.items():
        more = f" {len(others)} other repos are not there, either." if others and command else " ".join(["", *others])
        yield Problem("error", "permissions", f"{first}{more}", command)
