"""`hitl check` says how many of the example items have a prediction, and what is wrong with others."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hitl_assets.labeling.money.budget_curve import UNKNOWN
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.local.check.screen import rows, to_json
from hitl_assets.local.rehearsal.plan import Plan, plan_items

FRUIT = {"type": "string", "required": True, "allowed_values": ["apple", "pear"]}
SPEC = {
    "input_spec": {"text": {"type": "string"}},
    "output_spec": {"kind": FRUIT},
    "view_spec": {"type": "classic", "markup": ""},
}
POOL = {
    "private_name": "fruit",
    "reward_per_assignment": 0.1,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_tasks": 3},
    "mixer_config": {"real_tasks_count": 2, "golden_tasks_count": 1},
}
TOLOKA = {
    "golden_tasks": "golden.csv",
    "project": {"public_name": "Fruit", "task_spec": SPEC},
    "pool": POOL,
    "budget": {"per_batch": 5, "per_project": 5},
}
PREDICTED = "text,predicted_label,predicted_probability\nCox,apple,0.9\nConference,plum,0.8\nElsewhere,pear,0.7\n"


def plan(folder: Path, predictions: dict[str, Any], **files: str) -> Plan:
    """What a project with these files is checked with."""
    for name, content in {"golden": "text,kind\nBramley,apple\n", **files}.items():
        (folder / f"{name}.csv").write_text(content)
    attributes = {
        "name": "fruit",
        "source": {"repo": "fruit_texts"},
        "model": {"predictions": predictions},
        "toloka": TOLOKA,
    }
    document = {"type": "hitl_assets.component.LabelingProject", "attributes": attributes}
    (folder / "defs.yaml").write_text(yaml.safe_dump(document))
    return plan_items(load_project(folder / "defs.yaml"), (), (), None, None, 100, seed=7)


def test_predictions_of_example_items_are_counted(tmp_path: Path) -> None:
    """In a file of the folder that stands for their repo; it is not taken for the items, whatever it is called."""
    items = "text\nCox\nConference\nBoskoop\n"
    found = plan(tmp_path, {"source": {"repo": "detector"}}, a_detector=PREDICTED, items=items)
    assert found.source == "items.csv"
    text = dict(rows(found, UNKNOWN))["Predictions"]
    assert text.startswith("1 of 3 items have one in a_detector.csv, 1 put aside (the first: a_detector.csv row 3")
    assert text.endswith("1 are about other items")
    told = to_json(tmp_path, (), found)["summary"]["predictions"]
    assert told == {"file": "a_detector.csv", "matched": 1, "put_aside": 1, "about_other_items": 1}


@pytest.mark.parametrize(
    ("predictions", "files", "text"),
    [
        ({}, {"items": PREDICTED}, "2 of 3 items have one in items.csv, 1 put aside"),
        ({"source": {"repo": "detector"}}, {"items": "text\nCox\n"}, "none here: those of its repo"),
    ],
    ids=["columns beside the items", "no file that stands for the repo"],
)
def test_where_they_are_looked_for_is_said(
    tmp_path: Path, predictions: dict[str, Any], files: dict[str, str], text: str
) -> None:
    """So that nobody takes silence for a match."""
    assert dict(rows(plan(tmp_path, predictions, **files), UNKNOWN))["Predictions"].startswith(text)
