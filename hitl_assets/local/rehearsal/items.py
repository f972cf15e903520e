"""The items of a rehearsal: those of a file, a sample of them, or made up ones; and which labels are right."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hitl_assets.labeling.items.answer_keys import check_answer_key
from hitl_assets.labeling.items.items import RawData, collect_items
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item, item_key
from hitl_assets.labeling.tables.tables import has_columns, read_table

MADE_UP = "made up"


def own_items(project: Project, predictions: Path | None = None) -> Path | None:
    """The first CSV file in the project's folder that has its input fields, beside golden and training tasks, and
    `predictions`."""
    names = [name for name, spec in project.inputs.items() if spec.get("required", True)]
    taken = {project.configuration.golden_tasks, project.configuration.training_tasks}
    taken |= {predictions.name} if predictions else set()
    found = (path for path in sorted(project.folder.glob("*.csv")) if path.name not in taken)
    return next((path for path in found if has_columns(path.read_bytes(), path.name, names, project.written)), None)


def choose(items: Sequence[Item], count: int, seed: int) -> tuple[Item, ...]:
    """So many of the items, the same ones for the same seed, in their order."""
    by_chance = sorted(items, key=lambda item: hashlib.sha256(f"{seed}/{item.item_key}".encode()).digest())
    kept = {item.item_key for item in by_chance[:count]}
    return tuple(item for item in items if item.item_key in kept)


def read_truth(project: Project, path: Path) -> dict[str, str]:
    """The right labels of a file, as text by item key; rows that have none, or are no items, are left out.

    Raises:
        UnreadableFileError: the file lacks a column, cannot be read, or has labels that the project does not allow.
    """
    content, label = path.read_bytes(), project.label
    check_answer_key(project, content, str(path))
    rows = read_table(content, path.name, [label], (), project.written).rows
    labels = {row.number: row.cells[label] for row in rows}
    items = read_items(project, path).items
    return {item.item_key: labels[item.row] for item in items if labels[item.row].strip()}


def read_items(project: Project, path: Path) -> RawData:
    """The items of a file, by the reader of the project."""
    files = {path.name: path.read_bytes()}
    return collect_items(files, project.inputs, (), identity=project.identity, written=project.written)


def make_items(project: Project, count: int) -> Iterator[Item]:
    """At most so many different items that fit the project's input fields."""
    seen = set()
    for number in range(1, count + 1):
        values = {name: make_value(name, spec, number) for name, spec in project.shown.items()}
        key = item_key(values)
        if key not in seen:
            seen.add(key)
            yield Item(key, values, MADE_UP, number)


def make_value(name: str, spec: Mapping[str, Any], number: int) -> Any:
    """A value of an input field: another one for each number, if the field allows so many."""
    kind = str(spec.get("type", "string"))
    if kind.startswith("array_"):
        member = {**spec, "type": kind.removeprefix("array_")}
        return [make_value(name, member, number + place) for place in range(max(1, int(spec.get("min_size") or 1)))]
    if spec.get("allowed_values"):
        return spec["allowed_values"][number % len(spec["allowed_values"])]
    if kind in ("integer", "float", "number"):
        low, high = spec.get("min_value") or 0, spec.get("max_value")
        return low + (number if high is None else number % (int(high - low) + 1))
    others = {"boolean": bool(number % 2), "json": {name: number}, "coordinates": f"{number % 90},{number % 180}"}
    return others[kind] if kind in others else make_text(f"{name} {number}", kind, spec)


def make_text(text: str, kind: str, spec: Mapping[str, Any]) -> str:
    """A text or an address within the field's bounds; what makes it different stands at its end."""
    if kind in ("url", "file"):
        text = f"https://example.com/{text.replace(' ', '/')}"
    text = text.rjust(int(spec.get("min_length") or 0), ".")
    return text[-int(spec["max_length"]) :] if spec.get("max_length") else text
