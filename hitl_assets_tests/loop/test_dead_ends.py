"""Advice about pools that can't be opened any more, followed to its end: it helps, and nobody is paid twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.endings import COMMIT_AGAIN
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, dataset, failures, headlines

pytestmark = pytest.mark.slow


def test_items_of_an_archived_pool_are_labeled_when_they_are_committed_again(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, tmp_path: Path
) -> None:
    """Toloka puts a closed pool away after a month. The items are new in the next batch, and known in the one after."""
    pool = {name: value for name, value in loop.project.pool.items() if name not in ("quality_control", "filter")}
    state = tmp_path / "toloka"
    with TolokaEmulator(state, speed="manual") as emulator:
        own = Loop(replace(loop.project, pool=pool), loop.instance, pachyderm_address, emulator.url)
        first = commit(pachyderm, own.project, headlines("One", "Two"))
        own.publish()
        toloka, port = Toloka(emulator.url, "any token"), int(emulator.url.rsplit(":", 1)[1])
        toloka.close_pool(own.pool_id(first))
        toloka.archive_pool(own.pool_id(first))
        assert [own.run(request).success for request in collect(own)] == [True]
        assert COMMIT_AGAIN in own.materialized("raw_answers", first)["what_to_do"]
        assert COMMIT_AGAIN in failures(own.materialize("pools", first, resume=True))
    with TolokaEmulator(state, port=port, speed=1e6):
        second = commit(pachyderm, own.project, headlines("One", "Two"), "again.csv")
        own.publish()
        assert own.materialized("raw_data", second)["new_items"] == 2
        assert [own.run(request).success for request in collect(own)] == [True]
        assert dataset(own, pachyderm).count(second) == 2
        third = commit(pachyderm, own.project, headlines("One", "Two"), "once_more.csv")
        own.publish()
        assert own.materialized("raw_data", third)["new_items"] == 0
