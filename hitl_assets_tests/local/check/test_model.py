"""`hitl check` of a project with a model: what would stop a training is said before anybody has labeled anything."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.model.threshold import smallest_proof
from hitl_assets.labeling.project.automation import Model, OwnPredictions
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.model import of_model

LINEAR = "hitl_assets.labeling.model.linear_classifiers"


def problems(project: Project, folder: Path, rows: int = 50, row: str = "News {},notclickbait", **model: Any) -> Any:
    """What is said of a model, with a test file of so many rows."""
    content = "\n".join(["headline,category", *(row.format(number) for number in range(rows)), ""])
    (folder / "test.csv").write_text(content)
    settings = Model(**{"test": "test.csv", **model})
    changed = project.configuration.model_copy(update={"model": settings})
    return [(each.severity, each.kind) for each in of_model(replace(project, folder=folder, configuration=changed))]


def test_a_good_model_is_no_problem(shipped_project: Project, tmp_path: Path) -> None:
    """The default with a test file that is long enough; nor is none at all."""
    assert problems(shipped_project, tmp_path) == []
    assert list(of_model(shipped_project)) == []


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ({"classifier": "no_such_module.Classifier"}, [("error", "classifier")]),
        ({"classifier": "sklearn.svm.LinearSVC"}, [("error", "classifier")]),
        ({"classifier": f"{LINEAR}.PictureClassifier"}, [("error", "classifier")]),
        ({"embedding": "json.JSONDecoder"}, [("error", "classifier")]),
        ({"embedding": "hitl_assets.labeling.model.picture_numbers.PictureNumbers"}, [("error", "classifier")]),
        ({"classifier": "no_such_module.Classifier", "predictions": OwnPredictions()}, []),
    ],
)
def test_a_class_that_cannot_be_used_is_an_error(
    shipped_project: Project, tmp_path: Path, model: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Unless nothing is trained."""
    assert problems(shipped_project, tmp_path, **model) == expected


def test_a_bad_row_of_the_test_file_is_an_error(shipped_project: Project, tmp_path: Path) -> None:
    """Nothing is skipped: a wrong test is worse than none."""
    assert ("error", "test_file") in problems(shipped_project, tmp_path, row="News {},maybe")


def test_a_test_file_that_can_show_nothing_is_said(shipped_project: Project, tmp_path: Path) -> None:
    """Of 95 % it takes 45 rows without a mistake; of 99 % 230."""
    assert (smallest_proof(0.95), smallest_proof(0.99)) == (45, 230)
    assert problems(shipped_project, tmp_path, rows=44) == [("warning", "short_test_file")]
    assert problems(shipped_project, tmp_path, rows=45) == []
