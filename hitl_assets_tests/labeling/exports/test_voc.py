"""Pascal VOC's XML."""

from xml.etree.ElementTree import Element

import pytest

from hitl_assets.labeling.exports.dataset import ExportError
from hitl_assets_tests.labeling.exports.datasets import APPLE, PEAR, dataset, parse, pictures, row, write


def corners(box: Element) -> list[int]:
    """xmin, ymin, xmax, ymax."""
    return [int(side.text or "") for side in box]


def test_boxes_are_pixels_counted_from_one() -> None:
    """The last pixel is inside: a box over all of 200 x 100 ends at 200 and 100."""
    root = parse(write(pictures([APPLE, PEAR]), "voc")["Annotations/0.xml"])
    assert [each.findtext("name") for each in root.iter("object")] == ["apple", "pear"]
    assert [corners(each) for each in root.iter("bndbox")] == [[21, 21, 70, 70], [101, 1, 200, 100]]
    assert [root.findtext(f"size/{side}") for side in ("width", "height")] == ["200", "100"]


def test_the_smallest_box_is_a_pixel_in_the_picture() -> None:
    """Readers compute with xmax - xmin + 1."""
    speck = {**APPLE, "left": 1.0, "top": 1.0, "width": 0.0, "height": 0.0}
    root = parse(write(pictures([speck]), "voc")["Annotations/0.xml"])
    assert [corners(each) for each in root.iter("bndbox")] == [[200, 100, 200, 100]]


def test_whatever_a_name_holds_it_is_xml() -> None:
    """Signs of XML are escaped, those that it can't write are replaced."""
    place = "<a>&\x01 \"'.png"
    (content,) = write(dataset([row({"picture": place}, [{**APPLE, "class": "a<b>&c\x02"}])]), "voc").values()
    root = parse(content)
    assert (root.findtext("object/name"), root.findtext("path")) == ("a<b>&c\ufffd", "<a>&\ufffd \"'.png")


def test_pictures_of_unknown_size_are_refused() -> None:
    """There are no pixels without it."""
    with pytest.raises(ExportError, match="width and height"):
        write(pictures([APPLE], sizes={}), "voc")
