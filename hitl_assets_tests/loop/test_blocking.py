"""Blocking checks: bad data does not travel on, nothing is spent on it, and a person has a way on."""

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.events import key_of, published_batch
from hitl_assets.failures import FAILURE_TAG, FINAL
from hitl_assets.labeling.project.thresholds import Checks
from hitl_assets.labeling.verdicts import ENOUGH_LABELS
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, headlines, verdicts

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(20)]


def is_final(loop: Loop, result: dg.ExecuteInProcessResult) -> bool:
    """Whether the sensors leave a failed run to a person."""
    run = loop.instance.get_run_by_id(result.run_id)
    return run is not None and run.tags.get(FAILURE_TAG) == FINAL


def test_nobody_is_asked_without_golden_tasks(loop: Loop, pachyderm: Pachyderm) -> None:
    """The batch stops before its pool, and is not tried again by itself."""
    suite = {"real_tasks_count": 4, "golden_tasks_count": 25}
    greedy = Loop(
        replace(loop.project, pool={**loop.project.pool, "mixer_config": suite}), loop.instance, *loop.addresses
    )
    batch = commit(pachyderm, greedy.project, headlines("One"))
    (result,) = greedy.publish()
    assert (result.success, is_final(greedy, result)) == (False, True)
    assert not verdicts(result)["enough_golden_tasks"]
    assert published_batch(greedy.instance, greedy.project, batch) is None
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    assert not greedy.tick("commits").run_requests


def test_careless_answers_do_not_become_labels_by_themselves(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, tmp_path: Path
) -> None:
    """What was paid is kept, and a person may go on with it."""
    pool = {name: value for name, value in loop.project.pool.items() if name not in ("quality_control", "filter")}
    strict = loop.project.configuration.model_copy(update={"checks": Checks(golden_accuracy=1, golden_accuracy_stop=1)})
    with TolokaEmulator(tmp_path / "toloka", speed="max", crowd="hostile") as emulator:
        project = replace(loop.project, configuration=strict, pool=pool)
        own = Loop(project, loop.instance, pachyderm_address, emulator.url)
        batch = commit(pachyderm, own.project, headlines(*NAMES))
        own.publish()
        (result,) = [own.run(request) for request in collect(own)]
        assert (result.success, is_final(own, result)) == (False, True)
        assert not verdicts(result)["golden_tasks_answered_well"]
        assert own.materialized("raw_answers", batch)["answers"] == 100
        assert own.instance.get_latest_materialization_event(key_of(own.project, "aggregated_labels")) is None
        assert own.materialize("aggregated_labels", batch).success
        assert own.materialize("concatenated_dataset", None).success
        assert dataset(own, pachyderm).count(batch) == len(NAMES)


def test_the_first_batch_is_compared_with_what_was_labeled_before(loop: Loop, pachyderm: Pachyderm) -> None:
    """There is no dataset yet. Labels that are spread otherwise are a warning, and go into it."""
    source = loop.project.configuration.dataset
    assert source is not None
    before = "\n".join(["headline,category", *(f"Old {number},clickbait" for number in range(ENOUGH_LABELS)), ""])
    pachyderm.write(source.repo, {"/old.csv": before.encode()}, "by a test")
    own = loop.with_configuration(checks=Checks(balance_shift=0.05))
    commit(pachyderm, own.project, headlines(*[f"Headline {number}" for number in range(ENOUGH_LABELS)]))
    own.publish()
    (result,) = [own.run(request) for request in collect(own)]
    assert result.success
    assert not verdicts(result)["labels_are_spread_as_before"]
