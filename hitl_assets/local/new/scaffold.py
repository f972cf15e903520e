"""`hitl new`: the folder of a new labeling project, made whole or not at all."""

import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.blueprint import EXAMPLES, Blueprint, write_project
from hitl_assets.local.state import State


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
        try:
            made = write_project(blueprint, Path(draft) / "project")
        except ConfigurationError as error:
            said = str(error).replace(str(Path(draft) / "project"), str(target))
            raise ConfigurationError(f"Nothing was made.\n{said}") from error
        shutil.move(made, target)
    return target


def next_steps(name: str, target: Path, state: State) -> Sequence[tuple[str, str]]:
    """The next three commands, and what they do, as a shell takes them."""
    is_found = target.parent.resolve() in [place.resolve() for place in state.places]
    place = name if is_found else shlex.quote(str(target))
    where = "" if is_found else f"HITL_PROJECTS={shlex.quote(str(target.parent))} "
    return [
        (f"hitl check {place}", "what is wrong, and what it costs"),
        (f"hitl rehearse {place}", "on simulated people, before you spend money"),
        (f"{where}hitl dev", "opens Dagster's UI; then, in another terminal:"),
        (f"{where}hitl commit {shlex.quote(str(target / EXAMPLES))} --project {name}", ""),
    ]
