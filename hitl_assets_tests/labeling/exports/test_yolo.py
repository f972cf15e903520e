"""YOLO's text files, read as its documentation says."""

import csv
import io

import pytest
import yaml

from hitl_assets_tests.labeling.exports.datasets import APPLE, PEAR, TRIANGLE, dataset, pictures, row, write


def test_a_box_is_a_class_and_its_middle_and_size() -> None:
    """In shares: no size is needed."""
    files = write(pictures([APPLE, PEAR], sizes={}), "yolo")
    assert files["labels/0.txt"].decode().splitlines() == [
        "0 0.225000 0.450000 0.250000 0.500000",
        "1 0.750000 0.500000 0.500000 1.000000",
    ]


def test_an_outline_is_a_class_and_its_corners() -> None:
    """The form for segmentation."""
    files = write(pictures([TRIANGLE], kind="polygons"), "yolo")
    assert files["labels/0.txt"] == b"1 0.100000 0.100000 0.900000 0.100000 0.100000 0.500000\n"


def test_a_picture_with_nothing_on_it_has_an_empty_file() -> None:
    """It is background, and not unlabeled."""
    assert write(pictures([]), "yolo")["labels/0.txt"] == b""


@pytest.mark.parametrize("name", ["apple", "no", "1", 'a: "b"', "груша # 🍐"])
def test_the_yaml_names_the_classes(name: str) -> None:
    """Whatever a name looks like, it is a text."""
    files = write(pictures([{**APPLE, "class": name}], classes=()), "yolo")
    assert yaml.safe_load(files["data.yaml"]) == {
        "path": ".", "train": "images", "val": "images", "names": {0: name},
    }  # fmt: skip


def test_there_is_a_file_for_each_picture_and_it_says_where_that_is() -> None:
    """Also where names are the same but for folder, ending or case."""
    places = ["a/x.png", "b/x.png", "a/x.jpg", "A/X.PNG", "a b/%20 ü.png", "https://host/a%2Fx.png?size=2"]
    rows = [row({"picture": place}, [APPLE]) for place in places]
    files = write(dataset(rows), "yolo")
    listed = list(csv.DictReader(io.StringIO(files["images.csv"].decode())))
    assert [each["source"] for each in listed] == places
    labels = {f"labels{each['image'].removeprefix('images').rsplit('.', 1)[0]}.txt" for each in listed}
    assert labels == {name for name in files if name.startswith("labels/")}
    assert len({name.casefold() for name in labels}) == len(places)
