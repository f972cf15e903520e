"""A small project on disk: two kinds of fruit, one input, one output."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project

Load = Callable[..., Project]


@pytest.fixture
def attributes() -> dict[str, Any]:
    """The attributes of a defs.yaml that is right; a test changes what it is about."""
    return {
        "name": "fruit",
        "source": {"repo": "fruit_texts"},
        "golden_tasks": "golden.csv",
        "project": {
            "public_name": "Which fruit?",
            "task_spec": {
                "input_spec": {"text": {"type": "string", "required": True}},
                "output_spec": {"kind": {"type": "string", "required": True, "allowed_values": ["apple", "pear"]}},
                "view_spec": {"type": "classic", "markup": "{{text}}"},
            },
        },
        "pool": {
            "private_name": "fruit",
            "reward_per_assignment": 0.10,
            "assignment_max_duration_seconds": 600,
            "defaults": {"default_overlap_for_new_tasks": 3},
            "mixer_config": {"real_tasks_count": 4, "golden_tasks_count": 1},
        },
        "budget": {"per_batch": 50, "per_project": 200, "fee": 0.2},
    }


@pytest.fixture
def load(tmp_path: Path, attributes: dict[str, Any]) -> Load:
    """`load({"pool.json": {...}})`: write the attributes and the files (JSON where it isn't text), load the project."""

    def write_and_load(files: dict[str, Any] | None = None) -> Project:
        for name, content in {"golden.csv": "text,kind\nCox,apple\n", **(files or {})}.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / name).write_text(text, encoding="utf-8")
        document = {"type": "hitl_assets.component.LabelingProject", "attributes": attributes}
        path = tmp_path / "defs.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return load_project(path)

    return write_and_load
