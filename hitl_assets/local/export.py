"""`hitl export`: the labeled dataset of a project, out of Pachyderm, in one of the forms that people train on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from hitl_assets.labeling.answers.simulated import sentence, worst
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.exports.composition import compose_dataset
from hitl_assets.labeling.exports.dataset import Dataset, ExportError
from hitl_assets.labeling.exports.forms import FORMS, find_unfit, fitting
from hitl_assets.labeling.exports.names import FormName
from hitl_assets.labeling.exports.table import UNKNOWN, Table
from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.labels.files import DATASET as FILE
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.storage.files import directory_of
from hitl_assets.local.pictures import fetch_size
from hitl_assets.local.state import State
from hitl_assets.local.status.absence import explain_absence
from hitl_assets.resources import services_from_environment
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.collection import read_accounts_of
from hitl_assets.steps.exporting import Find, find_sizes, finder_in

DATASET = "concatenated_dataset"
PATH = f"{directory_of(DATASET)}/{FILE}"


class Found(NamedTuple):
    """A dataset in Pachyderm: where it is, and what is to be told of who answered."""

    repo: str
    commit: str
    told: str

    @property
    def place(self) -> str:
        """Repo, commit and path, as people name it."""
        return f"{self.repo}@{self.commit}:{PATH}"


def find_dataset(pachyderm: Pachyderm, name: str, commit: str | None = None) -> Found:
    """The dataset of a project in a commit of its repo, the newest if none is named.

    Raises:
        ServiceError: there is none yet, or there is no such commit.
    """
    repo = f"{name}_{DATASET}"
    found = commit or pachyderm.head(repo)
    if found is None or PATH not in pachyderm.list_files(repo, found, PATH):
        if commit:
            raise ServiceError(f"{name} has no dataset in {repo}@{commit}. Leave --commit out for the newest one.")
        why = explain_absence(pachyderm, name, find_toloka)
        raise ServiceError(f"{name} has no dataset in Pachyderm at {pachyderm.address} yet. {why}")
    told = sentence(worst(account.simulated for account in read_accounts_of(pachyderm, name).values()))
    return Found(repo, found, told)


def read_dataset(name: str, pachd: str, commit: str | None = None) -> bytes:
    """The dataset of a project as it is stored.

    Raises:
        ServiceError: there is none.
    """
    pachyderm = Pachyderm(pachd, os.environ.get("PACHD_TOKEN"))
    found = find_dataset(pachyderm, name, commit)
    return pachyderm.read(found.repo, found.commit, PATH)


@contextmanager
def copied(pachyderm: Pachyderm, found: Found, fields: Specification = UNKNOWN) -> Iterator[Table]:
    """The rows of a dataset, from a copy on the disk: it may be larger than the memory."""
    with tempfile.TemporaryDirectory(prefix="hitl-export-") as folder:
        path = Path(folder) / FILE
        with path.open("wb") as file:
            pachyderm.copy(found.repo, found.commit, PATH, file)
        yield Table(lambda: path.open("rb"), fields)


def compose(project: Project | None, name: str, table: Table, form: FormName, pachyderm: Pachyderm) -> Dataset:
    """The dataset as the form needs it.

    Raises:
        ExportError: the form can't hold such labels, or nobody knows what they are.
    """
    if project is None:
        if FORMS[form].is_known:
            raise ExportError(
                f"There is no project {name} here, so what its labels are is not known. Name the state directory that "
                f"has it (--state, or HITL_PROJECTS), or export {fitting('')}."
            )
        return Dataset(name, table)
    reason = find_unfit([form], project.kind.name)
    if reason:
        raise ExportError(reason)
    dataset = compose_dataset(project, table)
    if not FORMS[form].has_pixels:
        return dataset
    return compose_dataset(project, table, find_sizes(dataset, {}, finder(pachyderm)))


def finder(pachyderm: Pachyderm) -> Find:
    """Finds the size of a picture wherever it is."""
    find = finder_in(pachyderm)
    return lambda source: find(source) if read_place(source) else fetch_size(source)


def find_toloka() -> Toloka:
    """The account that the environment names, or the emulator of the state directory.

    Raises:
        MissingVariableError: there is neither.
    """
    resource, _ = services_from_environment()
    return resource.process_config_and_initialize().client()


def find_project(state: State, name: str) -> Project | None:
    """A project, if it is there: a dataset can be exported from anywhere."""
    try:
        return load_project(state.file_of(name))
    except ConfigurationError:
        return None


def known_fields(state: State, name: str) -> Specification:
    """The fields of a project, its label's last, if it is there."""
    return fields_of(find_project(state, name))


def fields_of(project: Project | None) -> Specification:
    """The fields of a project, its label's last; none without one."""
    return {**project.inputs, project.label: project.outputs[project.label]} if project else UNKNOWN
