"""`voc`: boxes in pixels, as an XML file for each picture, as in Pascal VOC 2012: the pixel in the corner is (1, 1);
xmax and ymax are the last pixels inside. http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.sax.saxutils import escape

from hitl_assets.labeling.exports.dataset import Dataset, Example, File
from hitl_assets.labeling.exports.marks import Area, areas_of
from hitl_assets.labeling.exports.pictures import check_sizes, named, size_of

# What XML has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_voc(dataset: Dataset) -> Iterator[File]:
    """A file for each picture, in the folder Annotations."""
    check_sizes(dataset)
    for example, name in named(dataset):
        path = PurePosixPath(name)
        yield f"Annotations/{path.with_suffix('.xml')}", iter([describe(dataset, example, path).encode()])


def describe(dataset: Dataset, example: Example, path: PurePosixPath) -> str:
    """What is on a picture."""
    width, height = size_of(dataset, example) or (0, 0)
    folder = "/".join(path.parent.parts)
    objects = "".join(describe_object(mark, width, height) for mark in areas_of(example))
    return (
        f"<annotation>\n  <folder>{text(folder)}</folder>\n  <filename>{text(path.name)}</filename>\n"
        f"  <path>{text(dataset.subject_of(example))}</path>\n"
        f"  <source>\n    <database>{text(dataset.project)}</database>\n  </source>\n"
        f"  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n    <depth>3</depth>\n  </size>\n"
        f"  <segmented>0</segmented>\n{objects}</annotation>\n"
    )


def describe_object(share: Area, width: int, height: int) -> str:
    """A box, at least a pixel, and inside of the picture."""
    left, top, wide, high = share.scale(width, height).box
    xmin, xmax = pixels(left, left + wide, width)
    ymin, ymax = pixels(top, top + high, height)
    places = f"<xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax>"
    return (
        f"  <object>\n    <name>{text(share.name)}</name>\n    <pose>Unspecified</pose>\n"
        f"    <truncated>0</truncated>\n    <difficult>0</difficult>\n    <bndbox>{places}</bndbox>\n  </object>\n"
    )


def pixels(begin: float, end: float, length: int) -> tuple[int, int]:
    """The first and the last pixel between two edges, counted from 1."""
    first = min(max(round(begin) + 1, 1), length)
    return first, min(max(round(end), first), length)


def text(value: str) -> str:
    """A text in XML."""
    return escape(UNWRITABLE.sub("\ufffd", value))
