"""Jobs that a person launches, executed in this process as the run worker does."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures, headlines
from .test_lineage import finish, stale

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(12)]


def launch(loop: Loop, name: str, batch: str | None = None, **ops: Any) -> dg.ExecuteInProcessResult:
    """Run a job of the project with the config of its ops."""
    job = loop.repository.get_job(f"{loop.project.name}_{name}")
    config = {"ops": {f"{loop.project.name}_{op}": {"config": each} for op, each in ops.items()}} if ops else None
    result = job.execute_in_process(
        run_config=config, partition_key=batch, instance=loop.instance, raise_on_error=False
    )
    assert result.success, failures(result)
    return result


def methods(text: str) -> Counter[str]:
    """How many rows of a CSV file were decided by which method."""
    header, *rows = text.splitlines()
    at = header.split(",").index("method") - len(header.split(","))
    return Counter(row.split(",")[at] for row in rows)


def test_all_batches_are_labeled_anew_by_another_method(loop: Loop, pachyderm: Pachyderm) -> None:
    """Nobody is asked; the labels and the dataset say which method it was; nothing is stale afterwards."""
    for number, half in enumerate((NAMES[:6], NAMES[6:])):
        commit(pachyderm, loop.project, headlines(*half), f"{number}.csv")
        finish(loop)
    assert methods(dataset(loop, pachyderm)) == {"bayesian_dawid_skene": 12}
    spent = loop.materialized("concatenated_dataset", None)["spent"]
    launch(loop, "reaggregate", reaggregate_op={"method": "majority_vote"})
    assert methods(dataset(loop, pachyderm)) == {"majority_vote": 12}
    after = loop.materialized("concatenated_dataset", None)
    assert (after["spent"], after["rows_added"]) == (spent, 0)
    assert stale(loop) == {}
    launch(loop, "reaggregate")
    assert methods(dataset(loop, pachyderm)) == {"bayesian_dawid_skene": 12}


def test_one_batch_is_labeled_by_another_method(loop: Loop, pachyderm: Pachyderm) -> None:
    """By the config of its labels, in the launchpad; the dataset is stale then."""
    batch = commit(pachyderm, loop.project, headlines(*NAMES[:3]))
    finish(loop)
    assert loop.materialize("aggregated_labels", batch, method="wawa").success
    assert loop.materialized("aggregated_labels", batch)["method"] == "wawa"
    assert sorted(name.split()[0] for name in stale(loop)) == ["concatenated_dataset", "quality_report"]


def test_methods_are_compared(loop: Loop, pachyderm: Pachyderm) -> None:
    """A row for each, with its accuracy on golden tasks."""
    commit(pachyderm, loop.project, headlines(*NAMES[:4]))
    finish(loop)
    chosen = {
        "ops": {
            f"{loop.project.name}__aggregator_comparison": {"config": {"methods": ["mace", "bayesian_dawid_skene"]}}
        }
    }
    job = loop.repository.get_job(f"{loop.project.name}_compare_aggregators")
    assert job.execute_in_process(run_config=chosen, instance=loop.instance).success
    shown = loop.materialized("aggregator_comparison", None)
    rows = {record.data["method"]: record.data for record in shown["methods"].records}
    assert set(rows) == {"bayesian_dawid_skene", "mace"}
    assert rows["bayesian_dawid_skene"]["same_as_bayesian_dawid_skene"] == 1
    assert shown["labels"] == 4
    assert shown["golden_tasks"] > 0


def test_a_batch_is_asked_for_again(loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, tmp_path: Path) -> None:
    """One whose pool ended early: the job opens it again, the sensor does the rest."""
    pool = {name: value for name, value in loop.project.pool.items() if name not in ("quality_control", "filter")}
    with TolokaEmulator(tmp_path / "toloka", speed="max") as emulator:
        own = Loop(replace(loop.project, pool=pool), loop.instance, pachyderm_address, emulator.url)
        closing = {"kind": "pool_closed", "reason": "MANUAL", "after": 6, "times": 1}
        httpx.post(f"{emulator.url}/emulator/faults", json=closing, headers={"Authorization": "OAuth any"})
        batch = commit(pachyderm, own.project, headlines(*NAMES))
        finish(own)
        assert own.materialized("raw_answers", batch)["partial"]
        launch(own, "relabel", batch)
        assert own.materialized("pools", batch)["done"] == "reopened"
        assert all(own.run(request).success for request in collect(own))
        assert own.materialized("aggregated_labels", batch)["items_without_label"] == 0
