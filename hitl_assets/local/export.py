"""`hitl export`: the labeled dataset of a project, out of Pachyderm."""

import os

from hitl_assets.labeling.file_forms import write_lines
from hitl_assets.labeling.files import directory_of
from hitl_assets.labeling.spreadsheets import write_safe
from hitl_assets.labeling.tables import read_header, read_rows
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm

DATASET, FILE = "concatenated_dataset", "dataset.csv"


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


def convert(content: bytes, form: str, is_spreadsheet: bool) -> tuple[bytes, str]:
    """The dataset in the form that was asked for (`csv` or `jsonl`), and what there is to say about it."""
    if form == "jsonl":
        rows = read_rows(content, FILE, read_header(content, FILE))
        return write_lines({name: cell or None for name, cell in row.cells.items()} for row in rows), ""
    if is_spreadsheet:
        safe, changed = write_safe(content)
        return safe, f"{changed} cells have an apostrophe before them, or a spreadsheet would run them."
    return content, ""
