"""What the token of PACHD_TOKEN may not do on the cluster of PACHD_ADDRESS; without an address nobody is asked."""

import os
from collections.abc import Iterator

from hitl_assets.labeling.project import Project
from hitl_assets.local.check_problems import Problem
from hitl_assets.local.permissions import missing_permissions
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm


def of_permissions(project: Project) -> Iterator[Problem]:
    """Each role that is missing; a warning if the cluster does not answer: everything else needs none."""
    address = os.environ.get("PACHD_ADDRESS")
    if not address:
        return
    try:
        for sentence in missing_permissions(Pachyderm(address, os.environ.get("PACHD_TOKEN")), project):
            yield Problem("error", "permissions", sentence)
    except (ServiceError, TransientServiceError) as error:
        yield Problem("warning", "permissions", f"Whether the token has the roles it needs was not tried: {error}")
