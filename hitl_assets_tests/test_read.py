"""Reading a project into pandas, and the notebook that does, from a Pachyderm that has two batches."""

import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from hitl_assets import read
from hitl_assets.deployment import MissingVariableError
from hitl_assets.labeling.answers.workers import Worker
from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.labels.quality import Quality, StoredQuality
from hitl_assets.labeling.model.audits import AuditResult
from hitl_assets.labeling.project.blueprint import Blueprint, compose
from hitl_assets.labeling.records import Commit, Label
from hitl_assets.labeling.storage.files import Stored, StoredRawData, directory_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm

# One of before 0.2, and a later one.
BATCHES = ("a1" * 16, "2026-11-30T073512Z-a2a2a2a2")
NOTEBOOK = Path(__file__).parents[1] / "docs" / "explore.ipynb"


@pytest.fixture
def labeled(
    prefix: str, pachyderm: Pachyderm, pachyderm_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The name of a project of apples by size, an integer, at hand in HITL_PROJECTS; ten labels in each batch."""
    folder = tmp_path / "projects" / prefix
    folder.mkdir(parents=True)
    for name, content in compose(Blueprint(prefix, ("size",), "ripe")).items():
        (folder / name).write_bytes(content.replace(b"size: {type: string,", b"size: {type: integer,"))
    for name in ("golden_tasks.csv", "training_tasks.csv"):
        (folder / name).write_text("size,ripe,hint\n" + "".join(f"{n},yes,\n" for n in range(900, 910)))
    monkeypatch.setenv("HITL_PROJECTS", str(folder.parent))
    monkeypatch.setenv("PACHD_ADDRESS", pachyderm_address)
    made = [label(size) for size in range(20)]
    rows = [
        LabeledRow(one.values, one.label, one.source, BATCHES[place // 10], one.item_key, one.confidence)
        for place, one in enumerate(made)
    ]
    keep(pachyderm, f"{prefix}_concatenated_dataset", {"concatenated_dataset": StoredDataset(tuple(rows), "ripe")})
    parts = dict(zip(BATCHES, (made[:10], made[10:]), strict=True))
    keep(pachyderm, f"{prefix}_aggregated_labels", {batch: StoredLabels(tuple(own)) for batch, own in parts.items()})
    keep(pachyderm, f"{prefix}_quality_report", {batch: StoredQuality(health(own)) for batch, own in parts.items()})
    return prefix


def keep(pachyderm: Pachyderm, repo: str, values: dict[str, Stored]) -> None:
    """Store values as the loop does."""
    pachyderm.ensure_repo(repo)
    files = {
        f"{directory_of(k)}/{name}": data for k, value in values.items() for name, data in value.to_files().items()
    }
    pachyderm.write(repo, files, "of a test")


def label(size: int) -> Label:
    """A label of a size."""
    source = "model" if size % 5 == 0 else "crowd"
    return Label(f"key{size}", {"size": size}, "yes", 0.8 + size / 100, {"yes": 2}, ("w", "v"), "1", source=source)


def health(labels: list[Label]) -> Quality:
    """The quality of a batch of ten, of which two are the model's."""
    audit = AuditResult(0, 0.0, 0.0, 0.0, 1.0, 0.05)
    workers = (Worker("w", 8, 1.0, 3, 4, 2.5),)
    sources = {"crowd": 8, "model": 2}
    return Quality(
        len(labels), len(labels), 3, 4, None, (0,) * 10, audit, Decimal("0.50"), sources, sources, 0, workers
    )


def test_a_dataset_has_the_types_of_the_fields(labeled: str) -> None:
    """As `hitl export` has them: numbers are numbers, and votes an object."""
    found = read.dataset(labeled)
    kinds = {name: str(found[name].dtype) for name in ("size", "confidence", "partial", "round")}
    assert kinds == {"size": "Int64", "confidence": "float64", "partial": "boolean", "round": "Int64"}
    assert (found["size"].sum(), list(found["batch"].unique()), set(found["ripe"])) == (190, list(BATCHES), {"yes"})


def test_a_column_with_a_missing_cell_keeps_its_type(labeled: str) -> None:
    """Integers don't become floats for it; one with a cell that doesn't fit holds what JSON would."""
    found = read.frame(b"size,round,ripe\n1,2,yes\n,large,\n", read.fields_of(labeled))
    assert {name: str(kind) for name, kind in found.dtypes.items()} == {
        "size": "Int64",
        "round": "object",
        "ripe": "object",
    }
    assert (found["size"].iloc[0], pd.isna(found["size"].iloc[1]), list(found["round"])) == (1, True, [2, "large"])


def test_fields_of_a_project_that_is_not_at_hand_are_text(
    labeled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dataset can be read from anywhere."""
    monkeypatch.setenv("HITL_PROJECTS", str(tmp_path / "elsewhere"))
    found = read.dataset(labeled)
    assert (found["size"].iloc[1], found["confidence"].iloc[1]) == ("1", 0.81)


def test_labels_are_those_of_a_batch(labeled: str) -> None:
    """The beginning of its name is enough."""
    found = read.labels(labeled, "a2")
    assert list(found["size"]) == list(range(10, 20))
    assert (found["votes"].iloc[0], found["workers"].iloc[0]) == ({"yes": 2}, ["w", "v"])
    assert str(found["held_back"].dtype) == "boolean"


@pytest.mark.parametrize("batch", ["a", "b"])
def test_a_batch_must_be_named_so_that_it_is_one(labeled: str, batch: str) -> None:
    """The error says which there are."""
    with pytest.raises(ServiceError, match=f"with labels begin with '{batch}'. There are {', '.join(BATCHES)}"):
        read.labels(labeled, batch)


def test_quality_has_a_row_for_each_batch(labeled: str) -> None:
    """Numbers that can be plotted, missing where there are none."""
    found = read.quality(labeled)
    assert list(found.index) == list(BATCHES)
    row = found.loc[BATCHES[0]]
    assert (row["items"], row["golden_accuracy"], row["cost_per_label"], row["model"]) == (10, 0.75, 0.05, 2)
    assert pd.isna(row["alpha"])


def test_tables_and_plots_name_batches_by_time_file_and_commit(labeled: str, pachyderm: Pachyderm) -> None:
    """As far as Pachyderm knows: raw data of before 0.2 do not say it, and what was labeled before is no batch."""
    assert read.titles(labeled, ["", *BATCHES]) == ["", "a1a1a1a1", "2026-11-30 07:35 a2a2a2a2"]
    commit = Commit("items", "a2" * 16, datetime(2026, 11, 30, 7, 35, 12, tzinfo=timezone.utc))
    found = StoredRawData(RawData((), commit=commit, first_file="/new/items-3.csv"))
    keep(pachyderm, f"{labeled}_raw_data", {BATCHES[1]: found})
    assert read.titles(labeled, BATCHES) == ["a1a1a1a1", "2026-11-30 07:35 items-3.csv a2a2a2a2"]


def test_a_project_without_data_is_told(prefix: str, pachyderm_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is missing."""
    monkeypatch.setenv("PACHD_ADDRESS", pachyderm_address)
    with pytest.raises(ServiceError, match="has no dataset"):
        read.dataset(prefix)
    with pytest.raises(ServiceError, match="has no quality_report"):
        read.quality(prefix)


def test_without_an_address_nobody_else_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to start."""
    monkeypatch.delenv("PACHD_ADDRESS", raising=False)
    monkeypatch.setenv("HITL_STATE", str(tmp_path))
    with pytest.raises(MissingVariableError, match="Start `hitl emulators"):
        read.dataset("fruit")


@pytest.mark.slow
def test_the_notebook_runs(labeled: str, tmp_path: Path) -> None:
    """Its cells from top to bottom, in a process of their own. A kernel would bring 24 packages more."""
    notebook = json.loads(NOTEBOOK.read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    plots = "import matplotlib.pyplot\nassert len(matplotlib.pyplot.get_fignums()) == 3"
    done = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", "\n".join([*cells, plots])],
        cwd=tmp_path, env={**os.environ, "HITL_PROJECT": labeled, "MPLBACKEND": "agg"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_notebook_is_kept_without_what_it_printed() -> None:
    """A change of it can be read; it has somebody's data otherwise."""
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)
