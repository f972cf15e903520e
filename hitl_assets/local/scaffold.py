"""`hitl new`: the folder of a new labeling project, made whole or not at all."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hitl_assets.labeling.blueprint import EXAMPLES, Blueprint, compose
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.local.check import check_project
from hitl_assets.local.state import PACKAGE


def default_folder() -> Path:
    """Where a new project goes if nobody says: beside the shipped one in a checkout, else below this directory."""
    is_checkout = (PACKAGE.parent / "pyproject.toml").is_file()
    return PACKAGE / "projects" if is_checkout else Path("projects")


def make_project(blueprint: Blueprint, folder: Path) -> Path:
    """The new project's own folder below `folder`, once it is there whole.

    Raises:
        ConfigurationError: something is there already, or a name cannot be used.
    """
    target = folder / blueprint.name
    if target.exists():
        raise ConfigurationError(f"{target} is there already. Choose another name, or remove it.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hitl-new-", dir=folder) as draft:
        own = Path(draft) / "projects" / (blueprint.name if blueprint.name.isidentifier() else "project")
        own.mkdir(parents=True)
        for name, content in compose(blueprint).items():
            (own / name).write_bytes(content)
        checked = check_project(own / "defs.yaml")
        if not checked.is_good:
            errors = [problem.what for problem in checked.problems if problem.severity == "error"]
            raise ConfigurationError("\n".join(["Nothing was made.", *errors]))
        shutil.move(own, target)
    return target


def next_steps(name: str, target: Path, projects: Path) -> Sequence[tuple[str, str]]:
    """The next three commands, and what they do. `projects` is where commands look for projects by themselves."""
    is_found = target.parent.resolve() == projects.resolve()
    place = name if is_found else str(target)
    where = "" if is_found else f"HITL_PROJECTS={target.parent} "
    return [
        (f"hitl check {place}", "what is wrong, and what it costs"),
        (f"hitl rehearse {place}", "on simulated people, before you spend money"),
        (f"{where}hitl dev", "opens Dagster's UI; then, in another terminal:"),
        (f"{where}hitl commit {target / EXAMPLES} --project {name}", ""),
    ]
