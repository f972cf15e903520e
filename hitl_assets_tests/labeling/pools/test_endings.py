"""What is said about each way that a pool can end."""

from dataclasses import replace
from typing import get_args

import pytest

from hitl_assets.labeling.pools.endings import COMMIT_AGAIN, FINAL, advise, is_whole
from hitl_assets.labeling.project.declaration import CloseReason, Project


def test_a_whole_batch_needs_nothing(shipped_project: Project) -> None:
    """Everybody answered."""
    assert is_whole("COMPLETED", shipped_project)
    assert advise("COMPLETED", shipped_project, "b1") == "nothing"


@pytest.mark.parametrize("reason", [*sorted(set(get_args(CloseReason)) - {"COMPLETED"}), "SOMETHING_NEW"])
def test_every_other_ending_says_what_to_do(shipped_project: Project, reason: str) -> None:
    """With the command that goes on, where Toloka lets a pool go on."""
    advice = advise(reason, shipped_project, "b1")
    assert not is_whole(reason, shipped_project)
    assert ("hitl resume clickbait b1" in advice) is (reason not in FINAL)
    assert "answers that were paid are kept" in advice


def test_a_project_may_take_another_ending_as_whole(shipped_project: Project) -> None:
    """Whoever closes pools by hand means it."""
    own = shipped_project.configuration.model_copy(update={"accept_close_reasons": ["COMPLETED", "MANUAL"]})
    assert advise("MANUAL", replace(shipped_project, configuration=own), "b1") == "nothing"


@pytest.mark.parametrize("archived, reason", [(True, "MANUAL"), (False, "ASSIGNMENTS_LIMIT_EXCEEDED")])
def test_where_a_pool_cannot_open_again_its_items_are_committed_again(
    shipped_project: Project, archived: bool, reason: str
) -> None:
    """`hitl resume` would be refused; that the other way goes on is tried in loop/test_dead_ends.py."""
    advice = advise(reason, shipped_project, "b1", archived)
    assert COMMIT_AGAIN in advice
    assert "resume" not in advice
