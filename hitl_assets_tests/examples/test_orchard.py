"""The drawn orchard: a picture and its key say the same, and the project is in order."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from hitl_assets.examples.orchard.drawing import HEIGHT, WIDTH, draw
from hitl_assets.examples.orchard.key import boxes_of, draw_all, golden_rows
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.local.check.check import check_project
from hitl_assets.local.state import PACKAGE

FOLDER = PACKAGE / "examples" / "orchard"


def test_a_picture_is_drawn_alike_again() -> None:
    """Of one seed; another number is another tree."""
    assert draw(3, 1) == draw(3, 1)
    assert draw(3, 1).fruit != draw(3, 2).fruit


@pytest.mark.slow
def test_the_key_says_where_fruit_is() -> None:
    """The middle of an apple is red, and nothing of it is outside of the picture."""
    found = 0
    for drawing in draw_all(0, 6).values():
        picture = Image.open(io.BytesIO(drawing.png)).convert("RGB")
        assert picture.size == (WIDTH, HEIGHT)
        for box in boxes_of(drawing):
            assert min(box["left"], box["top"]) >= 0
            assert max(box["left"] + box["width"], box["top"] + box["height"]) <= 1
            x, y = box["left"] + box["width"] * 0.6, box["top"] + box["height"] * 0.6
            red, green, blue = picture.getpixel((int(x * WIDTH), int(y * HEIGHT)))
            if box["label"] == "apple":
                found += 1
                assert red > 2 * max(green, blue)
    assert found


@pytest.mark.slow
def test_golden_tasks_are_as_they_are_drawn() -> None:
    """The file in the package is what the drawing gives."""
    assert (FOLDER / "golden_tasks.csv").read_bytes() == write_rows(["picture", "fruit"], golden_rows())


@pytest.mark.slow
def test_the_project_is_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is wrong with it, and its golden tasks are labels of its kind."""
    monkeypatch.delenv("HITL_MEDIA_URL", raising=False)
    folder = shutil.copytree(FOLDER, tmp_path / "orchard")
    checked = check_project(folder / "defs.yaml")
    assert [problem for problem in checked.problems if problem.severity == "error"] == []
    project = load_project(folder / "defs.yaml")
    assert project.kind.read_cell(golden_rows()[0][1]) != "[]"
