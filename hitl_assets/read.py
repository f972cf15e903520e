"""A project's dataset, labels and quality as pandas DataFrames, from Pachyderm: for notebooks.

Pachyderm is where PACHD_ADDRESS (and PACHD_TOKEN) say, else the emulator that runs on the state directory (HITL_STATE,
or `.hitl` in the working directory). Columns have the types that `hitl export` gives them: those of the project's
fields, where the project is at hand. Nothing is written.
"""

import os
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.exports.parquet import checker, type_of
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.items.batch_names import by_time, find_named, title
from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.labels.quality import Quality, StoredQuality
from hitl_assets.labeling.storage.file_forms import read_source
from hitl_assets.labeling.storage.files import COMMIT_FILE, Files, name_of
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.export import known_fields, read_dataset
from hitl_assets.local.state import State
from hitl_assets.resources import emulator_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.whereabouts import state_directory

if TYPE_CHECKING:
    import pandas as pd

# What a field's type is in pandas; a column with a cell that doesn't fit, and all else, holds what JSON would.
PANDAS = {"integer": "Int64", "float": "float64", "boolean": "boolean"}


def dataset(project: str, commit: str | None = None) -> "pd.DataFrame":
    """The labeled dataset of a project, a row for each item: of a commit of its repo, the newest if none is named.

    Raises:
        ServiceError: there is none.
    """
    return frame(read_dataset(project, address(), commit), fields_of(project))


def labels(project: str, batch: str) -> "pd.DataFrame":
    """The labels of a batch (its name, its commit's id, or how either begins), a row for each item that has one.

    Raises:
        ServiceError: no batch with labels begins so, or more than one.
    """
    every = batches(project, "aggregated_labels", "labels.csv")
    found = find_named(every, batch)
    if len(found) != 1:
        there = ", ".join(sorted(every, key=by_time)) or "none"
        raise ServiceError(
            f"{plural(len(found), 'batch', 'batches')} of {project} with labels begin with {batch!r}. There are "
            f"{there}."
        )
    fields = fields_of(project)
    own = {"label": fields[list(fields)[-1]] if fields else {}, "held_back": {"type": "boolean"}}
    return frame(every[found[0]]["labels.csv"], {**own, **fields})


def quality(project: str) -> "pd.DataFrame":
    """What can be compared over batches, a row for each that has labels, by time: counts of items, labels and workers,
    the share of golden tasks that were answered right, agreement (Krippendorff's alpha), what it cost in all and by the
    label (floats, with the fee), and labels by source.

    Raises:
        ServiceError: there is none yet.
    """
    import pandas as pd

    every = batches(project, "quality_report", "*")
    if not every:
        raise ServiceError(f"{project} has no quality_report in Pachyderm at {address()} yet.")
    rows = [
        {"batch": name, **summarize(StoredQuality.from_files(files).quality)}
        for name, files in sorted(every.items(), key=lambda each: by_time(each[0]))
    ]
    return pd.DataFrame(rows).set_index("batch")


def titles(project: str, names: Iterable[str]) -> list[str]:
    """What to call these batches in tables and plots, `2026-11-30 07:35 items-3.csv 4ccc5c1a`: by time (UTC), first
    file and commit, as far as they are known."""
    commits = batches(project, "raw_data", COMMIT_FILE)

    def describe(name: str) -> str:
        commit, file = read_source(commits.get(name, {}).get(COMMIT_FILE, b""))
        return title(name, file, commit.started if commit else None)

    return [describe(name) for name in names]


def summarize(found: Quality) -> dict[str, Any]:
    """A batch's numbers, those that there are none of as None."""
    return {
        "items": found.items,
        "labels": found.labels,
        "workers": len(found.workers),
        "golden_accuracy": found.golden_accuracy,
        "alpha": found.alpha,
        "spent": float(found.spent),
        "cost_per_label": None if found.cost_per_label is None else float(found.cost_per_label),
        **{source: found.sources.get(source, 0) for source in ("crowd", "audit", "model")},
    }


def batches(project: str, asset: str, glob: str) -> dict[str, Files]:
    """The files of each batch of an asset that match, by batch and name."""
    pachyderm, repo = Pachyderm(address(), os.environ.get("PACHD_TOKEN")), f"{project}_{asset}"
    head = pachyderm.head(repo)
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path, content in (pachyderm.read_matching(repo, head, f"/*/{glob}") if head else {}).items():
        directory, name = path.rsplit("/", 1)
        found[name_of(directory)][name] = content
    return dict(found)


def frame(content: bytes, fields: Specification) -> "pd.DataFrame":
    """A CSV as a DataFrame, each column with the type of its field."""
    import pandas as pd

    table = Table.of(content, fields)
    rows = list(table.rows())
    columns = {}
    for name, spec in table.specs.items():
        kind, values = str(spec.get("type")), [row.get(name) for row in rows]
        is_typed = kind in PANDAS and all(map(checker(type_of(spec)), values))
        columns[name] = pd.Series(values, dtype=PANDAS[kind] if is_typed else "object")
    return pd.DataFrame(columns)


def fields_of(project: str) -> Specification:
    """The project's fields, its label's last; none if it is not at hand."""
    return known_fields(State(state_directory()), project)


def address() -> str:
    """Pachyderm's address.

    Raises:
        MissingVariableError: the environment names none, and nothing runs on the state directory.
    """
    return os.environ.get("PACHD_ADDRESS") or emulator_of("PACHD_ADDRESS")
