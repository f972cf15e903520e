"""`label-studio`: tasks with what is known of them, as Label Studio imports them, and the labeling interface that goes
with them. Marks are in percent of the picture, spans in characters.

What people decided are annotations; what a model did are predictions, with how sure it is as their score.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from hitl_assets.labeling.exports.coco import joined
from hitl_assets.labeling.exports.dataset import Dataset, Example, File
from hitl_assets.labeling.exports.forms import PICTURES
from hitl_assets.labeling.exports.marks import areas_of, classes_of, spans_of
from hitl_assets.labeling.exports.pictures import size_of
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.values import TEXTUAL

# How the parts of the interface are called.
LABEL, ITEM = "label", "item"
# What a region is of each kind: its type, the tag of the interface that makes it, and the tag of a class in that.
BOXES, POLYGONS, SPANS = "rectanglelabels", "polygonlabels", "labels"
PARTS: Mapping[str, tuple[str, str, str]] = {
    "boxes": (BOXES, "RectangleLabels", "Label"),
    "polygons": (POLYGONS, "PolygonLabels", "Label"),
    "spans": (SPANS, "Labels", "Label"),
    "number": ("number", "Number", ""),
    "text": ("textarea", "TextArea", ""),
    "tags": ("choices", 'Choices choice="multiple"', "Choice"),
}
CHOICES = ("choices", "Choices", "Choice")
MARKED = (*PICTURES, "spans")


def write_label_studio(dataset: Dataset) -> Iterator[File]:
    """tasks.json and interface.xml."""
    yield "tasks.json", compose(dataset)
    yield "interface.xml", iter([interface_of(dataset).encode(errors="replace")])


def compose(dataset: Dataset) -> Iterator[bytes]:
    """The tasks, a line each."""
    yield b"[\n"
    yield from joined(task_of(dataset, example) for example in dataset.examples())
    yield b"\n]\n"


def task_of(dataset: Dataset, example: Example) -> dict[str, Any]:
    """A task: the input values, and what was said of them."""
    values = {name: value for name, value in example.values.items() if value is not None}
    kind, _, _ = PARTS.get(dataset.kind, CHOICES)
    about = {"from_name": LABEL, "to_name": ITEM, "type": kind, **picture_of(dataset, example)}
    found = enumerate(values_of(dataset, example), start=1)
    result = [{"id": f"{example.key[:8]}-{number}", **about, "value": value} for number, value in found]
    said: dict[str, Any] = {"annotations": [{"result": result}]}
    if example.row.get("source") == "model":
        said = {
            "predictions": [
                {"result": result, "score": example.confidence, "model_version": example.row.get("model") or ""}
            ]
        }
    return {"data": {**values, "item_key": example.key, "confidence": example.confidence}, **said}


def picture_of(dataset: Dataset, example: Example) -> dict[str, Any]:
    """What regions say of the picture that they are on, as far as it is known."""
    size = size_of(dataset, example) if dataset.kind in PICTURES else None
    return {"original_width": size[0], "original_height": size[1], "image_rotation": 0} if size else {}


def values_of(dataset: Dataset, example: Example) -> Iterator[dict[str, Any]]:
    """What each region of a label is."""
    kind, label = dataset.kind, example.label
    if kind in PICTURES:
        yield from regions_of(example)
    elif kind == "spans":
        text = dataset.subject_of(example)
        for span in spans_of(example):
            yield {"start": span.start, "end": span.end, "text": text[span.start : span.end], SPANS: [span.name]}
    elif kind == "number":
        yield {"number": label}
    elif kind == "text":
        yield {"text": [format_value(label)]}
    else:
        yield {"choices": list(map(format_value, label)) if isinstance(label, list) else [format_value(label)]}


def regions_of(example: Example) -> Iterator[dict[str, Any]]:
    """Boxes and outlines in percent."""
    for mark in areas_of(example):
        percent = mark.scale(100, 100)
        if mark.outline:
            points = [[round(x, 4), round(y, 4)] for x, y in percent.outline]
            yield {"points": points, "closed": True, POLYGONS: [mark.name]}
        else:
            sides = zip(("x", "y", "width", "height"), percent.box, strict=True)
            yield {**{side: round(each, 4) for side, each in sides}, "rotation": 0, BOXES: [mark.name]}


def interface_of(dataset: Dataset) -> str:
    """The labeling interface: the input fields that can be looked at, and what is said of the first of them."""
    _, tag, inner = PARTS.get(dataset.kind, CHOICES)
    others = [name for name in dataset.inputs if name != dataset.subject and type_of(dataset, name) in TEXTUAL]
    shown = "".join(f"  {object_of(dataset, name)}\n" for name in (dataset.subject, *others))
    names = "".join(f"    <{inner} value={quoteattr(name)}/>\n" for name in names_of(dataset)) if inner else ""
    control = f'<{tag} name="{LABEL}" toName="{ITEM}">\n{names}  </{tag.split()[0]}>'
    return f"<View>\n{shown}  {control}\n</View>\n"


def object_of(dataset: Dataset, name: str) -> str:
    """The tag that shows a field."""
    is_subject = name == dataset.subject
    is_picture = type_of(dataset, name) in ("url", "file") or (is_subject and dataset.kind in PICTURES)
    called = ITEM if is_subject else f"{ITEM}_{name}"
    return f"<{'Image' if is_picture else 'Text'} name={quoteattr(called)} value={quoteattr(f'${name}')}/>"


def type_of(dataset: Dataset, name: str) -> str:
    """The type of a field; text if it is not known."""
    return str(dataset.table.specs.get(name, {}).get("type", "string"))


def names_of(dataset: Dataset) -> list[str]:
    """The classes, those of the project's YAML first."""
    if dataset.kind in MARKED:
        return classes_of(dataset)
    occur = {name for each in dataset.examples() for value in values_of(dataset, each) for name in value["choices"]}
    return [*dataset.classes, *sorted(occur - set(dataset.classes))]
