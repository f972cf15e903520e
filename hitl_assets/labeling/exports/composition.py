"""A project's dataset as forms are made of it: what its label is, which classes there are, and what people look at."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hitl_assets.labeling.exports.dataset import Dataset, Size
from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.project.declaration import Project

# The fields of an interface in which people mark what they see, by the property that names it.
MARKING = {"field.image-annotation": "image", "field.text-annotation": "content"}
# Without such a field: the types of inputs that show something, by the kind of label.
SHOWN = {"spans": ("string",), "boxes": ("url", "file"), "polygons": ("url", "file")}
NO_SIZES: Mapping[str, Size] = {}


def compose_dataset(project: Project, table: Table, sizes: Mapping[str, Size] = NO_SIZES) -> Dataset:
    """The dataset of a project."""
    classes = tuple(map(str, project.kind.counted))
    return Dataset(project.name, table, project.kind.name, classes, find_subject(project), sizes)


def find_subject(project: Project) -> str:
    """The input that people look at: the one that is shown where they mark something, else the first of a type that can
    be looked at, else the first."""
    config = (project.project["task_spec"].get("view_spec") or {}).get("config") or {}
    for part in parts_of(json.loads(config) if isinstance(config, str) else config):
        shown = part.get(MARKING.get(str(part.get("type")), ""))
        if isinstance(shown, Mapping) and shown.get("path") in project.inputs:
            return str(shown["path"])
    fitting = [name for name, spec in project.inputs.items() if spec.get("type") in SHOWN.get(project.kind.name, ())]
    return next(iter([*fitting, *project.inputs]))


def parts_of(interface: Any) -> Iterator[Mapping[str, Any]]:
    """All objects of an interface."""
    if isinstance(interface, Mapping):
        yield interface
        interface = list(interface.values())
    for each in interface if isinstance(interface, list) else ():
        yield from parts_of(each)
