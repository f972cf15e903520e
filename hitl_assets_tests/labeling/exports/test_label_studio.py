"""Label Studio's tasks."""

from typing import Any

import pytest

from hitl_assets_tests.labeling.exports.datasets import (
    APPLE,
    PICTURE,
    TRIANGLE,
    dataset,
    parse,
    pictures,
    read,
    row,
    write,
)

TEXT = {"text": {"type": "string"}}
SPAN = {"class": "apple", "start": 2, "end": 5}


def result(found: Any) -> dict[str, Any]:
    """The first region of the first task, without its id."""
    region = read(found, "label-studio")[0]["annotations"][0]["result"][0]
    return {name: value for name, value in region.items() if name not in ("id", "from_name", "to_name")}


def test_boxes_are_in_percent_of_the_picture() -> None:
    """With its size, where it is known: Label Studio's own exports need it."""
    assert result(pictures([APPLE])) == {
        "type": "rectanglelabels",
        "original_width": 200,
        "original_height": 100,
        "image_rotation": 0,
        "value": {"x": 10, "y": 20, "width": 25, "height": 50, "rotation": 0, "rectanglelabels": ["apple"]},
    }


def test_outlines_are_in_percent_too() -> None:
    """Without a size that nobody knows."""
    assert result(pictures([TRIANGLE], kind="polygons", sizes={})) == {
        "type": "polygonlabels",
        "value": {"points": [[10, 10], [90, 10], [10, 50]], "closed": True, "polygonlabels": ["pear"]},
    }


@pytest.mark.parametrize(
    ("kind", "spec", "label", "kind_there", "value"),
    [
        ("spans", {"type": "json"}, [SPAN], "labels", {"start": 2, "end": 5, "text": "Ada", "labels": ["apple"]}),
        ("class", {"type": "string"}, "pear", "choices", {"choices": ["pear"]}),
        ("tags", {"type": "array_string"}, ["apple", "pear"], "choices", {"choices": ["apple", "pear"]}),
        ("number", {"type": "float"}, "2.5", "number", {"number": 2.5}),
        ("text", {"type": "string"}, "a pear", "textarea", {"text": ["a pear"]}),
        ("preference", {"type": "string"}, "left", "choices", {"choices": ["left"]}),
    ],
)
def test_each_kind_is_what_its_tag_makes(kind: str, spec: Any, label: Any, kind_there: str, value: Any) -> None:
    """Spans count characters as we do."""
    found = dataset([row({"text": "🍐 Ada"}, label)], kind, TEXT, spec)
    assert result(found) == {"type": kind_there, "value": value}


def test_what_a_model_did_is_a_prediction() -> None:
    """With how sure it is: Label Studio sorts by that."""
    (task,) = read(dataset([row({"picture": "a.png"}, [APPLE], "model", model="v1")]), "label-studio")
    assert "annotations" not in task
    (prediction,) = task["predictions"]
    assert (prediction["score"], prediction["model_version"], len(prediction["result"])) == (0.9, "v1", 1)


def test_a_picture_with_nothing_on_it_is_annotated() -> None:
    """An empty label is one."""
    assert read(pictures([]), "label-studio")[0]["annotations"] == [{"result": []}]


@pytest.mark.parametrize(("kind", "tag"), [("boxes", "RectangleLabels"), ("tags", "Choices"), ("text", "TextArea")])
def test_the_interface_goes_with_the_tasks(kind: str, tag: str) -> None:
    """It shows the input under its name, and has the classes."""
    label = {"boxes": [APPLE], "tags": ["apple"], "text": "a"}[kind]
    found = dataset([row({"picture": "a.png"}, label)], kind, PICTURE, {"type": "json" if kind != "text" else "string"})
    root = parse(write(found, "label-studio")["interface.xml"])
    assert [each.attrib["value"] for each in root.iter("Image")] == ["$picture"]
    names = [each.attrib["value"] for each in root.find(tag) or ()]
    assert names == ([] if kind == "text" else ["apple", "pear"])


def test_the_interface_shows_all_that_can_be_looked_at() -> None:
    """Of two texts one is the better one, and both are to be read."""
    text = {"type": "string"}
    rows = [row({"one": "a", "two": "b", "size": 3}, "one")]
    fields = {"one": text, "two": text, "size": {"type": "integer"}}
    found = dataset(rows, "preference", fields, text, classes=("one", "two"))
    root = parse(write(found, "label-studio")["interface.xml"])
    assert [(each.attrib["name"], each.attrib["value"]) for each in root.iter("Text")] == [
        ("item", "$one"), ("item_two", "$two"),
    ]  # fmt: skip
