"""What `dg scaffold defs hitl_assets.component.LabelingProject NAME` makes: the files that `hitl new` makes."""

import shutil
import tempfile
from pathlib import Path

import dagster as dg
from pydantic import BaseModel, Field

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.kinds.registry import KINDS
from hitl_assets.labeling.project.blueprint import Blueprint, parts, write_project


class Question(BaseModel):
    """What `dg scaffold defs` may be told of a new project."""

    inputs: str = Field(
        "", description="the columns of an item, with commas between them; the kind's if none are named"
    )
    label: str = Field("category", description="the column that people fill in")
    classes: str = Field("", description="the answers, with commas between them; the kind's if none are named")
    kind: str = Field("class", description=f"what is answered: {', '.join(KINDS)}")
    question: str = Field("", description="what workers are asked")


class ProjectScaffolder(dg.Scaffolder[Question]):
    """Writes a project that loads as it is into the folder that `dg` has made."""

    @classmethod
    def get_scaffold_params(cls) -> type[Question]:
        """What may be told: options of the command."""
        return Question

    def scaffold(self, request: dg.ScaffoldRequest[Question]) -> None:
        """Write the files.

        Raises:
            ConfigurationError: the format is not YAML, or the folder's name or an answer cannot be used. Nothing is
                written then.
        """
        if request.scaffold_format != "yaml" or request.append:
            raise ConfigurationError("A labeling project is a folder with a defs.yaml of its own: --format yaml.")
        told = request.params or Question()
        asked = parts(told.inputs), told.label, parts(told.classes), told.question, told.kind
        blueprint = Blueprint.of(request.target_path.name, *asked)
        with tempfile.TemporaryDirectory() as draft:
            try:
                made = write_project(blueprint, Path(draft))
            except ConfigurationError:
                request.target_path.rmdir()
                raise
            shutil.copytree(made, request.target_path, dirs_exist_ok=True)
