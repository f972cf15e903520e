"""The lock: one at a time, and whoever lost it is told before money is spent."""

from typing import Any

import pytest

from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm


def nobody_else(_: str) -> bool:
    """Nothing that is open was left by a dead run."""
    return False


def test_who_holds_the_lock_may_go_on(pachyderm: Pachyderm, repo: str) -> None:
    """As often as it asks."""
    with pachyderm.held(repo, "ours", nobody_else) as lock:
        lock.check()
        lock.check()


def test_a_lock_that_somebody_finished_is_lost(pachyderm: Pachyderm, repo: str, pachctl: Any) -> None:
    """This run was taken for dead: another one publishes now."""
    with pachyderm.held(repo, "ours", nobody_else) as lock:
        pachctl.finish_commit((repo, lock.commit))
        with pytest.raises(TransientServiceError, match=f"{repo}@{lock.commit} was ended by somebody"):
            lock.check()


def test_a_lock_that_somebody_dropped_is_lost(pachyderm: Pachyderm, repo: str, pachctl: Any) -> None:
    """An older version of this program, or a person with pachctl."""
    with pachyderm.held(repo, "ours", nobody_else) as lock:
        pachctl.drop_commit(lock.commit)
        with pytest.raises(TransientServiceError, match=f"The lock {repo}@{lock.commit} is gone"):
            lock.check()


def test_a_lock_is_lost_to_who_takes_the_run_for_dead(pachyderm: Pachyderm, repo: str) -> None:
    """The younger one holds it, the older one doesn't any more."""
    taking = pachyderm.held(repo, "the repetition", lambda description: description == "ours")
    with pachyderm.held(repo, "ours", nobody_else) as lost, taking as lock:
        lock.check()
        with pytest.raises(TransientServiceError):
            lost.check()
