"""What `dg scaffold defs hitl_assets.component.LabelingProject NAME` makes: the files that `hitl new` makes."""

import tempfile
from pathlib import Path

import dagster as dg
from pydantic import BaseModel, Field

from hitl_assets.labeling.blueprint import Blueprint, compose
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.loading import load_project


class Question(BaseModel):
    """What `dg scaffold defs` may be told of a new project."""

    inputs: str = Field("text", description="the columns of an item, with commas between them")
    label: str = Field("category", description="the column that people fill in")
    classes: str = Field("yes,no", description="the answers, with commas between them")
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
        blueprint = Blueprint(
            request.target_path.name, parts(told.inputs), told.label, parts(told.classes), told.question
        )
        try:
            write(blueprint, request.target_path)
        except ConfigurationError:
            request.target_path.rmdir()
            raise


def write(blueprint: Blueprint, folder: Path) -> None:
    """Write a new project's files into a folder, all of them or none.

    Raises:
        ConfigurationError: they would not load: a name or an answer cannot be used.
    """
    files = compose(blueprint)
    with tempfile.TemporaryDirectory() as draft:
        for name, content in files.items():
            (Path(draft) / name).write_bytes(content)
        load_project(Path(draft) / "defs.yaml")
    for name, content in files.items():
        (folder / name).write_bytes(content)


def parts(text: str) -> tuple[str, ...]:
    """What stands between the commas, each once."""
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in text.split(",")))))
