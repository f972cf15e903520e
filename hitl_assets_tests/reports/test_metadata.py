"""What metadata show: no table without a row, no share to six digits."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from hitl_assets import reports
from hitl_assets.labeling.answers.coverage import Labels
from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label, PoolState
from hitl_assets.services.labeling import Collected
from hitl_assets.services.toloka.collection import settle_account
from hitl_assets.steps.intake.changes import LabeledBefore

POOL = PoolState("7", "1", "p/b1", "0" * 64, Decimal(1), False, False, "2026-01-01", "MANUAL", "", "", "", "")
LABEL = Label("k", {"headline": "Rain"}, "clickbait", 0.602731, {"clickbait": 2, "notclickbait": 1}, ("ann",), "7")
ROW = LabeledRow({"headline": "Rain"}, "clickbait", "crowd", "b1", "k", 1.0)


def digits(value: Any) -> int:
    """How many digits a number has after the point."""
    return len(str(value).partition(".")[2])


def tables(metadata: Mapping[str, Any]) -> dict[str, dg.TableMetadataValue]:
    """The tables among metadata."""
    return {name: value for name, value in metadata.items() if isinstance(value, dg.TableMetadataValue)}


@pytest.mark.slow
def test_a_table_without_a_row_is_left_out(project: Project) -> None:
    """An empty frame looks as if something were lost; that there is none says the number beside it."""
    nothing = Collected(POOL, (), settle_account(POOL, [], project))
    sure = replace(LABEL, votes={"clickbait": 3})
    shown = {
        **reports.raw_data(RawData((), ()), "b1"),
        **reports.answers(nothing, project, "b1"),
        **reports.labels(Labels((sure,)), project),
    }
    assert not [name for name, value in tables(shown).items() if not value.records]
    assert (shown["rejected_rows"], shown["workers"], shown["disputed_items"], shown["items_without_label"]) == (
        0, 0, 0, 0,
    )  # fmt: skip


def test_shares_and_prices_have_four_digits_at_most(project: Project) -> None:
    """More of them say nothing, and are as long as a line."""
    labels = reports.labels(Labels((LABEL, LABEL, LABEL)), project, Decimal(1))
    (record, *_) = tables(labels)["disputed"].records
    dataset = reports.dataset([ROW, ROW, ROW], LabeledBefore(), project, Delta(3, 0, 0), Decimal(1))
    shown = (labels["spent_per_label"], dataset["spent_per_label"], record.data["confidence"])
    assert shown == (0.3333, 0.3333, 0.6027)
    numbers = [value for told in (labels, dataset) for value in told.values() if isinstance(value, float)]
    assert max(map(digits, numbers)) <= 4
