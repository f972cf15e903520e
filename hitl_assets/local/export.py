"""`hitl export`: the labeled dataset of a project, out of Pachyderm."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hitl_assets.labeling.file_forms import write_lines
from hitl_assets.labeling.files import directory_of
from hitl_assets.labeling.items import Specification
from hitl_assets.labeling.loading import load_project
from hitl_assets.labeling.spreadsheets import write_safe
from hitl_assets.labeling.tables import read_header, read_rows
from hitl_assets.labeling.values import TEXTUAL, BadValueError, parse_value
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm

DATASET, FILE = "concatenated_dataset", "dataset.csv"
# The types of the columns that the dataset has beside the fields. All others hold text.
OWN: Specification = {
    "confidence": {"type": "float"},
    "votes": {"type": "json"},
    "workers": {"type": "json"},
    "partial": {"type": "boolean"},
    "round": {"type": "integer"},
}
UNKNOWN: Specification = {}


def read_dataset(name: str, pachd: str) -> tuple[bytes, str]:
    """The dataset of a project as it is stored, and where that is.

    Raises:
        ServiceError: there is none yet.
    """
    pachyderm = Pachyderm(pachd, os.environ.get("PACHD_TOKEN"))
    repo = f"{name}_{DATASET}"
    head = pachyderm.head(repo)
    files = pachyderm.read_directory(repo, head, directory_of(DATASET)) if head else {}
    if FILE not in files:
        raise ServiceError(f"{name} has no dataset in Pachyderm at {pachd} yet. Materialize {DATASET} first.")
    return files[FILE], f"{repo}@{head}:{directory_of(DATASET)}/{FILE}"


def convert(content: bytes, form: str, is_spreadsheet: bool, fields: Specification = UNKNOWN) -> tuple[bytes, str]:
    """The dataset in the form that was asked for (`csv` or `jsonl`), and what there is to say about it.

    `fields` are the project's: their cells get the types of the fields, the text stays where they are not known.
    """
    if form == "jsonl":
        rows = read_rows(content, FILE, read_header(content, FILE))
        specs = {**OWN, **fields}
        return write_lines({n: typed(c, specs.get(n, {})) for n, c in row.cells.items()} for row in rows), ""
    if is_spreadsheet:
        safe, changed = write_safe(content)
        return safe, f"{changed} cells have an apostrophe before them, or a spreadsheet would run them."
    return content, ""


def typed(cell: str, spec: Mapping[str, Any]) -> Any:
    """A cell as a value of its field; None if it is empty. What doesn't fit, since the field was another one once, or
    the text is too long to be asked about, stays text."""
    kind = str(spec.get("type", "string"))
    if not cell or kind in TEXTUAL:
        return cell or None
    try:
        return parse_value(cell, {"type": kind, "required": False})
    except BadValueError:
        return cell


def fields_of(path: Path) -> Specification:
    """The fields of the project in a folder, if it is there."""
    if not path.exists():
        return UNKNOWN
    project = load_project(path)
    return {**project.inputs, project.label: project.outputs[project.label]}
