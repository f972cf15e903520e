"""`yolo`: boxes and outlines in shares of the picture, as a text file for each picture, and data.yaml. Pictures go into
`images`, under the names in images.csv. https://docs.ultralytics.com/datasets/detect/"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from hitl_assets.labeling.exports.dataset import Dataset, Example, File
from hitl_assets.labeling.exports.marks import Area, areas_of, classes_of
from hitl_assets.labeling.exports.pictures import named
from hitl_assets.labeling.records import canonical_json
from hitl_assets.labeling.tables.tables import write_rows


def write_yolo(dataset: Dataset) -> Iterator[File]:
    """data.yaml, classes.txt, images.csv (where each picture is), and a text file for each picture."""
    numbers = {name: number for number, name in enumerate(classes_of(dataset))}
    # JSON is YAML: whatever a name holds, it stays a text.
    names = "".join(f"  {number}: {canonical_json(name)}\n" for name, number in numbers.items())
    folders = "path: .\ntrain: images\nval: images\n"
    yield "data.yaml", iter([f"{folders}names:\n{names}".encode() if names else f"{folders}names: {{}}\n".encode()])
    yield "classes.txt", iter([f"{' '.join(name.split())}\n".encode() for name in numbers])
    yield "images.csv", places_of(dataset)
    for example, name in named(dataset):
        yield f"labels/{PurePosixPath(name).with_suffix('.txt')}", lines_of(example, numbers)


def places_of(dataset: Dataset) -> Iterator[bytes]:
    """Where the pictures are that the names stand for."""
    columns = ("image", "source", "item_key", "confidence")
    yield write_rows(columns, [])
    for example, name in named(dataset):
        row = [f"images/{name}", dataset.subject_of(example), example.key, example.confidence]
        yield write_rows(columns, [row]).split(b"\n", 1)[1]


def lines_of(example: Example, numbers: dict[str, int]) -> Iterator[bytes]:
    """A line for each mark; none if there is nothing on the picture."""
    for mark in areas_of(example):
        yield f"{numbers[mark.name]} {' '.join(f'{each:.6f}' for each in places(mark))}\n".encode()


def places(mark: Area) -> list[float]:
    """The middle of a box and its size, or the corners of an outline."""
    left, top, width, height = mark.box
    return [each for point in mark.outline for each in point] or [left + width / 2, top + height / 2, width, height]
