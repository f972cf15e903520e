"""How many of a project's example items have a prediction, before anything is committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hitl_assets.labeling.items.items import describe_rejected
from hitl_assets.labeling.model.predictions import Brought, predictions_apart, predictions_beside, read_names
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item

SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class Matched:
    """In which file predictions were looked for, and what of it is about the items. Without a file there is none."""

    file: str
    items: int
    brought: Brought

    @property
    def text(self) -> str:
        """All of it in a sentence or two."""
        if not self.file:
            return "none here: those of its repo are looked at when a batch comes"
        found, aside = self.brought, describe_rejected(self.brought.rejected, "")
        text = f"{len(found.predictions)} of {self.items} items have one in {self.file}"
        text += f", {len(aside)} put aside (the first: {aside[0].lstrip(':')})" if aside else ""
        return text + (f", {len(found.elsewhere)} are about other items" if found.elsewhere else "")

    def to_json(self) -> Mapping[str, str | int]:
        """The file, and how many rows are what."""
        found = self.brought
        counts = {"matched": found.predictions, "put_aside": found.rejected, "about_other_items": found.elsewhere}
        return {"file": self.file, **{name: len(each) for name, each in counts.items()}}


def match_predictions(project: Project, items: Sequence[Item], path: Path) -> Matched | None:
    """The predictions for the items of the file `path`: in its columns, or in another file of the project's folder,
    which stands for the repo; None for a project that brings none."""
    own = project.configuration.model.predictions if project.configuration.model else None
    if own is None:
        return None
    if own.source is None and project.configuration.source.values is None:
        content = {path.name: path.read_bytes()}
        return Matched(path.name, len(items), predictions_beside(items, content, project, own, path.name))
    file = own_predictions(project)
    if file is None:
        return Matched("", len(items), Brought(()))
    return Matched(
        file.name, len(items), predictions_apart(items, {file.name: file.read_bytes()}, project, own, file.name)
    )


def own_predictions(project: Project) -> Path | None:
    """The first file in the project's folder that has the columns of predictions, where these are apart."""
    own = project.configuration.model.predictions if project.configuration.model else None
    if own is None or own.source is None:
        return None
    names = {own.label, own.probability}
    found = (path for path in sorted(project.folder.iterdir()) if path.suffix in SUFFIXES)
    return next((path for path in found if names <= read_names(path.read_bytes(), path.name, project)), None)
