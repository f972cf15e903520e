"""A batch that cannot be published, and the next commit that brings its rows again."""

import pytest

from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, commit, failures, headlines

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(8)]


def test_what_could_not_be_published_is_taken_in_by_the_next_batch_and_asked_once(
    loop: Loop, pachyderm: Pachyderm
) -> None:
    """Too dear for the cap at first; and the old batch is not published beside it when somebody tries."""
    cheap = loop.project.configuration.budget.model_copy(update={"per_batch": loop.project.suite_price})
    old = commit(pachyderm, loop.project, headlines(*NAMES))
    poor = loop.with_configuration(budget=cheap)
    (failed,) = poor.publish()
    assert not failed.success
    loop.cursors = poor.cursors
    new = commit(pachyderm, loop.project, headlines(*NAMES, "One more"))
    (published,) = loop.publish()
    assert published.success, failures(published)
    assert loop.materialized("raw_data", new)["new_items"] == 9
    refused = loop.materialize("pools", old)
    assert not refused.success
    assert f"8 items of batch {old} are in batch {new} now" in failures(refused)
    for name in ("raw_data", "tasks", "pools"):
        assert loop.materialize(name, old).success
    assert loop.materialized("raw_data", old)["new_items"] == 0
    assert loop.pool_id(old) == ""
