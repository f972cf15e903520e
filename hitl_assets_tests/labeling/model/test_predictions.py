"""Predictions that a project brings: in further columns of its files, or in files of their own."""

from dataclasses import replace

import pytest

from hitl_assets.labeling.items.items import collect_items
from hitl_assets.labeling.model.predictions import predictions_apart, predictions_beside
from hitl_assets.labeling.project.automation import Model, OwnPredictions
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import item_key
from hitl_assets.labeling.tables.tables import UnreadableFileError

OWN = OwnPredictions()
HEADER = "headline,predicted_label,predicted_probability"


def keyed(*names: str) -> list[str]:
    """The keys of headlines."""
    return [item_key({"headline": name}) for name in names]


def test_columns_beside_the_items_are_their_predictions(shipped_project: Project) -> None:
    """Each item finds its own, by file and row; the further columns are no part of the item."""
    files = {"/a.csv": f"{HEADER}\nOne,clickbait,0.9\nTwo,notclickbait,0.6\n".encode(), "/b.csv": b"headline\nThree\n"}
    items = collect_items(files, shipped_project.inputs, known=()).items
    brought = predictions_beside(items, files, shipped_project, OWN, "repo@commit")
    assert [(each.item_key, each.label, each.probability) for each in brought.predictions] == [
        (keyed("One")[0], "clickbait", 0.9),
        (keyed("Two")[0], "notclickbait", 0.6),
    ]
    assert {each.model for each in brought.predictions} == {"repo@commit"}
    assert brought.rejected == ()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("maybe,0.9", "predicted_label"),
        ("clickbait,1.5", "predicted_probability"),
        ("clickbait,-0.1", "predicted_probability"),
        ("clickbait,nan", "predicted_probability"),
        ("clickbait,sure", "predicted_probability"),
        ("clickbait,", "predicted_probability"),
        (",0.9", "predicted_label"),
    ],
)
def test_what_is_no_prediction_is_put_aside(shipped_project: Project, cells: str, column: str) -> None:
    """Its item goes to people, and somebody hears of it."""
    files = {"/a.csv": f"{HEADER}\nOne,{cells}\n".encode()}
    items = collect_items(files, shipped_project.inputs, known=()).items
    brought = predictions_beside(items, files, shipped_project, OWN, "repo@commit")
    assert brought.predictions == ()
    assert [(row.file, row.row, row.column) for row in brought.rejected] == [("/a.csv", 2, column)]


def test_an_item_without_a_prediction_is_no_mistake(shipped_project: Project) -> None:
    """Some may be left to people."""
    files = {"/a.csv": f"{HEADER}\nOne,,\n".encode()}
    items = collect_items(files, shipped_project.inputs, known=()).items
    brought = predictions_beside(items, files, shipped_project, OWN, "repo@commit")
    assert (brought.predictions, brought.rejected) == ((), ())


def test_predictions_in_files_of_their_own_are_found_by_the_input_values(shipped_project: Project) -> None:
    """In any order, of any batch; the last one for an item counts."""
    items = collect_items({"/a.csv": b"headline\nOne\nTwo\n"}, shipped_project.inputs, known=()).items
    rows = ["Two,notclickbait,0.7", "Elsewhere,clickbait,0.9", "One,clickbait,0.6", "One,clickbait,0.8"]
    files = {"/p.csv": "\n".join([HEADER, *rows, ""]).encode()}
    brought = predictions_apart(items, files, shipped_project, OWN, "other@commit")
    found = {each.item_key: each.probability for each in brought.predictions}
    assert found == dict(zip(keyed("One", "Two"), (0.8, 0.7), strict=True))


def test_a_file_of_predictions_has_the_input_fields(shipped_project: Project) -> None:
    """Otherwise nobody knows what they are about."""
    with pytest.raises(UnreadableFileError, match="no column headline"):
        predictions_apart((), {"/p.csv": b"predicted_label\nclickbait\n"}, shipped_project, OWN, "other@commit")


def test_a_project_with_predictions_of_its_own_trains_none(shipped_project: Project) -> None:
    """One of both."""

    def project(model: Model | None) -> Project:
        return replace(shipped_project, configuration=shipped_project.configuration.model_copy(update={"model": model}))

    assert [project(model).has_classifier for model in (None, Model(), Model(predictions=OWN))] == [False, True, False]
