"""`hitl export`: the labeled dataset of a project, out of Pachyderm."""

import os

from hitl_assets.labeling.answers.simulated import sentence, worst
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.labels.dataset_forms import FILE, UNKNOWN
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.storage.files import directory_of
from hitl_assets.local.state import State
from hitl_assets.local.status.absence import explain_absence
from hitl_assets.resources import services_from_environment
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.collection import read_accounts_of

DATASET = "concatenated_dataset"


def read_dataset(name: str, pachd: str, commit: str | None = None) -> tuple[bytes, str, str]:
    """The dataset of a project as it is stored in a commit of its repo, the newest if none is named, where it is, and
    what is to be told of who answered.

    Raises:
        ServiceError: there is none yet, or there is no such commit.
    """
    pachyderm = Pachyderm(pachd, os.environ.get("PACHD_TOKEN"))
    repo = f"{name}_{DATASET}"
    found = commit or pachyderm.head(repo)
    files = pachyderm.read_directory(repo, found, directory_of(DATASET)) if found else {}
    if FILE not in files:
        if commit:
            raise ServiceError(f"{name} has no dataset in {repo}@{commit}. Leave --commit out for the newest one.")
        why = explain_absence(pachyderm, name, find_toloka)
        raise ServiceError(f"{name} has no dataset in Pachyderm at {pachd} yet. {why}")
    told = sentence(worst(account.simulated for account in read_accounts_of(pachyderm, name).values()))
    return files[FILE], f"{repo}@{found}:{directory_of(DATASET)}/{FILE}", told


def find_toloka() -> Toloka:
    """The account that the environment names, or the emulator of the state directory.

    Raises:
        MissingVariableError: there is neither.
    """
    resource, _ = services_from_environment()
    return resource.process_config_and_initialize().client()


def known_fields(state: State, name: str) -> Specification:
    """The fields of a project, if it is there: a dataset can be exported from anywhere."""
    try:
        project = load_project(state.file_of(name))
    except ConfigurationError:
        return UNKNOWN
    return {**project.inputs, project.label: project.outputs[project.label]}
