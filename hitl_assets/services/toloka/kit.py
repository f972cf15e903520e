"""toloka-kit as all of us import it: what we use of it, without its warning and without what it only may need.

Import it in the functions that use it: it takes longer than Dagster.
"""

import sys
import warnings

# `toloka` imports this part if it can: scikit-learn and crowd-kit, twice as long as all else that is in the kit.
UNUSED = "toloka.autoquality"

with warnings.catch_warnings():
    # It imports pkg_resources; setuptools would tell everybody who starts `hitl` that this will end.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    is_wanted = UNUSED in sys.modules
    if not is_wanted:
        sys.modules[UNUSED] = None  # type: ignore[assignment]  # Python's way to say that there is no such module
    import toloka.client  # noqa: F401

    if not is_wanted:
        del sys.modules[UNUSED]

from toloka.client import Pool, Project, Skill, Task, TolokaClient, Training, analytics_request
from toloka.client.assignment import Assignment, AssignmentPatch
from toloka.client.exceptions import (
    AccessDeniedApiError,
    ApiError,
    AuthenticationApiError,
    FailedOperation,
    IncorrectActionsApiError,
    ValidationApiError,
)
from toloka.client.primitives.retry import TolokaRetry
from toloka.client.search_requests import (
    AssignmentSearchRequest,
    PoolSearchRequest,
    ProjectSearchRequest,
    TrainingSearchRequest,
)
from toloka.client.task import CreateTasksParameters, TaskPatch

__all__ = [
    "AccessDeniedApiError",
    "ApiError",
    "Assignment",
    "AssignmentPatch",
    "AssignmentSearchRequest",
    "AuthenticationApiError",
    "CreateTasksParameters",
    "FailedOperation",
    "IncorrectActionsApiError",
    "Pool",
    "PoolSearchRequest",
    "Project",
    "ProjectSearchRequest",
    "Skill",
    "Task",
    "TaskPatch",
    "TolokaClient",
    "TolokaRetry",
    "Training",
    "TrainingSearchRequest",
    "ValidationApiError",
    "analytics_request",
]
