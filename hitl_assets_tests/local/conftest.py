"""Plans and runs of rehearsals, as plain records."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import Item, KnownTask, item_key
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.runs import People, Quality, Run
from hitl_assets.local.state import PACKAGE

from ..conftest import CLICKBAIT


def item(headline: str) -> Item:
    """One item."""
    return Item(item_key({"headline": headline}), {"headline": headline}, "items.csv", 2)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Project]:
    """Makes the shipped project with some of its attributes changed, in a folder of its own without items."""

    def edit(change: Callable[[dict[str, Any]], None] = lambda attributes: None) -> Project:
        document = yaml.safe_load((CLICKBAIT / "defs.yaml").read_text())
        change(document["attributes"])
        for name in ("golden_tasks.csv", "training_tasks.csv", "instructions.html", "interface.json"):
            (tmp_path / name).write_bytes((CLICKBAIT / name).read_bytes())
        (tmp_path / "defs.yaml").write_text(yaml.safe_dump(document))
        return load_project(tmp_path / "defs.yaml")

    return edit


@pytest.fixture
def make_plan(shipped_project: Project) -> Callable[..., Plan]:
    """Makes a plan of 40 items of the shipped project, in which nothing is wrong, with changes."""
    answers = ("clickbait", "notclickbait")
    golden = tuple(KnownTask({"headline": f"golden {n}"}, {"category": answers[n % 2]}) for n in range(20))
    training = tuple(KnownTask({"headline": f"training {n}"}, {"category": answers[n % 2]}) for n in range(10))
    items = tuple(item(f"headline {n}") for n in range(40))

    def make(**changes: Any) -> Plan:
        project = changes.pop("project", shipped_project)
        return replace(Plan(project, "items.csv", 40, items, golden, training), **changes)

    return make


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Makes a run in which nothing went wrong, with changes; those of `people` and `quality` as objects."""

    def make(people: dict[str, Any] | None = None, quality: dict[str, Any] | None = None, **changes: Any) -> Run:
        came = {
            "admitted": 0.9,
            "came": 30,
            "careful_came": 26,
            "trainees": 30,
            "untrained": 2,
            "workers": 28,
            "exhausted": 0,
        }
        banned = {"banned": 0, "careful": 25, "banned_careful": 0, "bans": {}}
        answered = {"golden_right": 48, "golden_answers": 50, "answers": 200, "agreement": 0.95}
        labeled = {"labels": 40, "unlabeled": 0, "right": 40, "known": 40}
        run = Run(
            "mixed", "COMPLETED", 50, 0, Decimal("1.95"), Decimal("0.03"), 600.0, 60.0,
            People(**{**came, **banned, **(people or {})}),
            Quality(**{**answered, **labeled, **(quality or {})}),
        )  # fmt: skip
        return replace(run, **changes)

    return make


@pytest.fixture(autouse=True)
def shipped_projects_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have projects of their own where they are."""
    monkeypatch.setenv("HITL_PROJECTS", str(PACKAGE / "projects"))
