"""The real headlines, and the project that asks about them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import hitl_assets
from benchmarks.labeling_cost.crowd import FIELD
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import compose_project
from hitl_assets.labeling.records import Task, item_key

SHIPPED = Path(hitl_assets.__file__).parent / "projects" / "clickbait" / "defs.yaml"


@dataclass(frozen=True)
class Headline:
    """A headline and its category."""

    text: str
    category: str

    @property
    def key(self) -> str:
        """The identity of the item."""
        return item_key({"headline": self.text})


def read_headlines(file: Path) -> list[Headline]:
    """The headlines of a CSV file, each once."""
    with file.open(newline="", encoding="utf-8") as lines:
        rows = [Headline(row["headline"], row[FIELD]) for row in csv.DictReader(lines)]
    return list({headline.text: headline for headline in rows}.values())


def project_with(**sections: Any) -> Project:
    """The shipped project with other sections in its YAML."""
    attributes = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["attributes"]
    attributes.pop("aggregation")
    return compose_project(SHIPPED, {**attributes, **sections})


def tasks_of(headlines: Sequence[Headline], routes: Mapping[str, str]) -> list[Task]:
    """The headlines as tasks; without a route they go to people."""
    return [Task(each.key, {"headline": each.text}, routes.get(each.key, "crowd")) for each in headlines]


def truth_of(headlines: Sequence[Headline]) -> dict[str, str]:
    """The right answer by item key."""
    return {each.key: each.category for each in headlines}
