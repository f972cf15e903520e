"""`coco`: boxes and outlines in pixels, as JSON for object detection: one file with images, annotations and categories.

An image's id is made of its item's key, so that it is the same in every export. Categories are the classes in the order
of the project's YAML, from 1; annotations count from 1. https://cocodataset.org/#format-data
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hitl_assets.labeling.exports.dataset import Dataset, Example, File
from hitl_assets.labeling.exports.marks import Area, areas_of, classes_of
from hitl_assets.labeling.exports.pictures import check_sizes, named, size_of

# JSON's whole numbers are exact up to 2 ** 53 for every reader: twelve hexadecimal digits of a key are below.
DIGITS = 12


def write_coco(dataset: Dataset) -> Iterator[File]:
    """One file."""
    check_sizes(dataset)
    categories = {name: number for number, name in enumerate(classes_of(dataset), start=1)}
    yield "annotations.json", compose(dataset, categories)


def compose(dataset: Dataset, categories: dict[str, int]) -> Iterator[bytes]:
    """The file, a line for each part."""
    yield b'{"info": ' + encode({"description": dataset.project}) + b', "licenses": [],\n"images": [\n'
    yield from joined(image(dataset, *each) for each in identified(dataset))
    yield b'\n],\n"annotations": [\n'
    yield from joined(annotations(dataset, categories))
    yield b'\n],\n"categories": [\n'
    yield from joined({"id": number, "name": name, "supercategory": ""} for name, number in categories.items())
    yield b"\n]}\n"


def identified(dataset: Dataset) -> Iterator[tuple[int, Example, str]]:
    """The examples with the ids and names of their pictures. Where two keys begin alike, the later one goes on."""
    taken: set[int] = set()
    for example, name in named(dataset):
        number = int(example.key[:DIGITS], 16) or 1
        while number in taken:
            number += 1
        taken.add(number)
        yield number, example, name


def image(dataset: Dataset, number: int, example: Example, name: str) -> dict[str, Any]:
    """A picture. How sure its label is concerns all of its marks together."""
    width, height = size_of(dataset, example) or (0, 0)
    return {
        "id": number,
        "file_name": name,
        "width": width,
        "height": height,
        "coco_url": dataset.subject_of(example),
        "item_key": example.key,
        "confidence": example.confidence,
    }


def annotations(dataset: Dataset, categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The marks of all pictures."""
    count = 0
    for number, example, _ in identified(dataset):
        width, height = size_of(dataset, example) or (0, 0)
        for place, share in enumerate(areas_of(example)):
            count += 1
            mark = describe(share.scale(width, height))
            about = {"id": count, "image_id": number, "category_id": categories[share.name]}
            yield {**about, **mark, "confidence": example.confidence_of(place)}


def describe(mark: Area) -> dict[str, Any]:
    """A mark in pixels."""
    outline = [round(each, 3) for point in mark.outline for each in point]
    return {
        "bbox": [round(each, 3) for each in mark.box],
        "area": round(mark.area, 3),
        "segmentation": [outline] if outline else [],
        "iscrowd": 0,
    }


def joined(objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Objects of a JSON array, a line each."""
    for number, each in enumerate(objects):
        yield (b",\n" if number else b"") + encode(each)


def encode(value: Any) -> bytes:
    """A value as JSON; half a character, which UTF-8 lacks, as an escape."""
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace")
