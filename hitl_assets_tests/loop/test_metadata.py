"""What a batch shows: numbers under names that stay, so that the UI draws them over batches; tables; plots."""

from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from hitl_assets.events import key_of
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, failures, headlines

pytestmark = pytest.mark.slow

NUMBERS = {
    "raw_data": {"new_items", "rows", "known_rows", "repeated_rows", "rejected_rows", "size_bytes"},
    "tasks": {"tasks"},
    "pools": {"suites", "answers_planned", "estimate_minimum", "estimate_maximum", "estimate_per_label", "cap"},
    "raw_answers": {
        "answers", "golden_answers", "golden_accuracy", "workers", "largest_share", "seconds_per_task", "hours",
        "planned_maximum", "spent", "spent_per_answer",
    },
    "calibration": {"temperature", "lapse", "highest_lower_bound", "earlier_batches", "trials", "golden_items"},
    "aggregated_labels": {
        "labels", "items_without_label", "disputed_items", "agreement", "mean_confidence", "spent", "spent_per_label",
        "share_clickbait", "share_notclickbait",
    },
    "concatenated_dataset": {
        "dagster/row_count", "rows_added", "rows_removed", "labels_changed", "rows_labeled_before", "batches", "spent",
        "spent_per_label", "share_clickbait",
    },
}  # fmt: skip
PICTURES = {
    "raw_answers": "answers_over_time",
    "calibration": "calibration_curve",
    "aggregated_labels": "confidence",
    "concatenated_dataset": "balance",
}


def finished(loop: Loop, pachyderm: Pachyderm, *names: str, file: str = "items.csv") -> dict[str, dict[str, Any]]:
    """The metadata of each asset after a batch of these headlines."""
    batch = commit(pachyderm, loop.project, headlines(*names), file)
    results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
    assert all(result.success for result in results), [failures(result) for result in results]
    return {name: loop.materialized(name, None if name == "concatenated_dataset" else batch) for name in NUMBERS}


def test_numbers_are_numbers_under_names_that_stay(loop: Loop, pachyderm: Pachyderm) -> None:
    """The UI draws what is a number in each materialization."""
    shown = finished(loop, pachyderm, *[f"Headline {number}" for number in range(8)])
    for asset, names in NUMBERS.items():
        kinds = {name: type(shown[asset].get(name)) for name in names}
        assert {name: kind for name, kind in kinds.items() if kind not in (int, float)} == {}, asset
    for asset, name in PICTURES.items():
        assert shown[asset][name].startswith("![")
    assert shown["aggregated_labels"]["calibration"] == shown["calibration"]["calibration"]
    for asset in set(NUMBERS) - {"pools"}:
        assert len(shown[asset]["pachyderm/commit"]) == 32


def test_known_rows_and_repeats_are_counted(loop: Loop, pachyderm: Pachyderm) -> None:
    """What another batch had, and what is in the commit twice, with the row in the table."""
    finished(loop, pachyderm, "One")
    raw = finished(loop, pachyderm, "One", "Two", "Two", file="more.csv")["raw_data"]
    assert (raw["rows"], raw["new_items"], raw["known_rows"], raw["repeated_rows"]) == (3, 1, 1, 1)


def test_each_batch_keeps_its_verdicts(loop: Loop, pachyderm: Pachyderm) -> None:
    """That a row of an earlier batch was put aside is still there when the next one is fine."""
    bad = commit(pachyderm, loop.project, headlines("One", '""'))
    loop.publish()
    good = commit(pachyderm, loop.project, headlines("Two"), "more.csv")
    loop.publish()
    key = dg.AssetCheckKey(key_of(loop.project, "raw_data"), "rows_are_usable")
    records = loop.instance.event_log_storage.get_asset_check_execution_history(key, limit=10)
    passed = {record.partition: record.status for record in records}
    assert passed == {
        bad: AssetCheckExecutionRecordStatus.FAILED,
        good: AssetCheckExecutionRecordStatus.SUCCEEDED,
    }


def test_the_dataset_says_what_the_last_commit_changed(loop: Loop, pachyderm: Pachyderm) -> None:
    """Two rows more; and what each label has cost on the average of all batches."""
    finished(loop, pachyderm, "One")
    last = finished(loop, pachyderm, "Two", "Three", file="more.csv")["concatenated_dataset"]
    assert (last["dagster/row_count"], last["rows_added"], last["rows_removed"]) == (3, 2, 0)
    assert last["spent_per_label"] == pytest.approx(last["spent"] / 3, abs=1e-6)


def test_workers_share_the_batch(loop: Loop, pachyderm: Pachyderm) -> None:
    """The table has everybody, and the shares add up to one."""
    answers = finished(loop, pachyderm, *[f"Headline {number}" for number in range(8)])["raw_answers"]
    rows = [record.data for record in answers["per_worker"].records]
    assert sum(row["answers"] for row in rows) == answers["answers"] == 40
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-3)
    assert max(row["share"] for row in rows) == answers["largest_share"]
