"""COCO, as pycocotools reads it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from hitl_assets.labeling.exports.dataset import ExportError
from hitl_assets_tests.labeling.exports.datasets import (
    APPLE,
    CLASSES,
    PEAR,
    TRIANGLE,
    dataset,
    pictures,
    read,
    row,
    write,
)


def evaluate(found: Any, kind: str, tmp_path: Path) -> float:
    """The mAP of an export against itself."""
    path = tmp_path / "annotations.json"
    path.write_bytes(write(found, "coco")["annotations.json"])
    truth = COCO(str(path))
    guesses = [{**each, "score": each["confidence"]} for each in truth.dataset["annotations"]]
    judged = COCOeval(truth, truth.loadRes(guesses), kind)
    judged.evaluate()
    judged.accumulate()
    judged.summarize()
    return float(judged.stats[0])


@pytest.mark.parametrize(
    ("kind", "marks", "compared"),
    [("boxes", [[APPLE, PEAR], [], [PEAR]], "bbox"), ("polygons", [[TRIANGLE], []], "segm")],
)
def test_an_export_evaluates_to_one_against_itself(kind: str, marks: Any, compared: str, tmp_path: Path) -> None:
    """What others compute with it means what we mean."""
    assert evaluate(pictures(*marks, kind=kind), compared, tmp_path) == pytest.approx(1.0)


def test_boxes_are_in_pixels() -> None:
    """Of a picture of 200 x 100."""
    (mark,) = read(pictures([APPLE]), "coco")["annotations"]
    assert (mark["bbox"], mark["area"], mark["iscrowd"], mark["segmentation"]) == ([20, 20, 50, 50], 2500, 0, [])


def test_outlines_have_their_box_and_area() -> None:
    """Half of the box around it."""
    (mark,) = read(pictures([TRIANGLE], kind="polygons"), "coco")["annotations"]
    assert mark["segmentation"] == [[20, 10, 180, 10, 20, 50]]
    assert (mark["bbox"], mark["area"]) == ([20, 10, 160, 40], 3200)


def test_categories_are_the_classes_of_the_project_in_their_order() -> None:
    """From 1. A class that only labels have, of before it was taken out, comes last."""
    found = pictures([{**APPLE, "class": "fig"}], classes=("pear", "apple"))
    assert [(each["id"], each["name"]) for each in read(found, "coco")["categories"]] == [
        (1, "pear"), (2, "apple"), (3, "fig"),
    ]  # fmt: skip


def test_ids_of_pictures_stay_when_others_come_and_go() -> None:
    """They are made of the item's key."""
    rows = [row({"picture": f"https://host/{number}.png"}, [APPLE]) for number in range(5)]
    earlier = {each["file_name"]: each["id"] for each in read(dataset(rows[1:3]), "coco")["images"]}
    later = {each["file_name"]: each["id"] for each in read(dataset(rows), "coco")["images"]}
    assert earlier.items() < later.items()
    assert len(set(later.values())) == 5


def test_a_mark_is_as_sure_as_itself_where_that_is_known() -> None:
    """Otherwise as its picture."""
    about = {"picture": "a.png"}
    content = write(dataset([row(about, [APPLE, PEAR])]), "csv")["dataset.csv"].decode()
    header, line = content.splitlines()
    found = dataset([row(about, [APPLE, PEAR])])
    parts = type(found.table).of(f'{header},part_confidences\n{line},"[0.5,0.75]"\n'.encode(), found.table.fields)
    known = type(found)("fruit", parts, "boxes", CLASSES, "picture", found.sizes)
    assert [mark["confidence"] for mark in read(found, "coco")["annotations"]] == [0.9, 0.9]
    assert [mark["confidence"] for mark in read(known, "coco")["annotations"]] == [0.5, 0.75]


def test_pictures_of_unknown_size_are_refused() -> None:
    """A size that was guessed would put every mark elsewhere."""
    with pytest.raises(ExportError, match=r"2 pictures is not known.*columns width and height.*yolo"):
        write(pictures([APPLE], [], sizes={}), "coco")


def test_items_may_say_how_large_their_pictures_are() -> None:
    """In columns width and height."""
    values = {"picture": "https://host/a.png", "width": 400, "height": 300}
    number = {"type": "integer"}
    found = dataset(
        [row(values, [PEAR])], fields={"picture": {"type": "url"}, "width": number, "height": number}, sizes={}
    )
    assert read(found, "coco")["annotations"][0]["bbox"] == [200, 0, 200, 300]


def test_the_same_dataset_is_the_same_file() -> None:
    """Otherwise every run would make a commit."""
    assert write(pictures([APPLE], []), "coco") == write(pictures([APPLE], []), "coco")


def test_a_label_that_is_no_mark_is_named() -> None:
    """It was made when the field was another one."""
    key = row({"picture": "a.png"}, "apple").item_key
    with pytest.raises(ExportError, match=f"{key} holds 'apple', which is not a list of marks"):
        write(dataset([row({"picture": "a.png"}, "apple")]), "coco")


def test_json_carries_any_name() -> None:
    """Quotes and line ends too."""
    found = dataset(
        [row({"picture": 'a "b"\n\ud83c\udf50.png'.encode("utf-16", "surrogatepass").decode("utf-16")}, [])]
    )
    (picture,) = json.loads(write(found, "coco")["annotations.json"])["images"]
    assert picture["coco_url"] == 'a "b"\n🍐.png'
