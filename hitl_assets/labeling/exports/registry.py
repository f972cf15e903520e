"""The forms that there are, and which of them can hold what."""

from collections.abc import Iterable, Mapping, Sequence

from hitl_assets.labeling.exports.coco import COCO
from hitl_assets.labeling.exports.conll import CONLL
from hitl_assets.labeling.exports.dataset import Dataset, ExportError
from hitl_assets.labeling.exports.form import Form
from hitl_assets.labeling.exports.label_studio import LABEL_STUDIO
from hitl_assets.labeling.exports.parquet import PARQUET
from hitl_assets.labeling.exports.rows import CSV, JSONL
from hitl_assets.labeling.exports.voc import VOC
from hitl_assets.labeling.exports.yolo import YOLO

FORMS: Mapping[str, Form] = {form.name: form for form in (CSV, JSONL, PARQUET, COCO, YOLO, VOC, LABEL_STUDIO, CONLL)}


def find_unfit(names: Iterable[str], kind: str) -> str:
    """Why one of these forms cannot hold labels of a kind, and which can; empty if all can."""
    for name in names:
        form = FORMS[name]
        if not form.takes(kind):
            what = f"labels of kind {kind}" if kind else "labels whose kind is not known"
            return f"{name} holds {' and '.join(form.kinds)}, and no {what}. What works: {', '.join(fitting(kind))}."
    return ""


def fitting(kind: str) -> Sequence[str]:
    """The forms that hold labels of a kind."""
    return [name for name, form in FORMS.items() if form.takes(kind)]


def write_all(dataset: Dataset, names: Iterable[str]) -> tuple[dict[str, bytes], list[str]]:
    """All files of some forms, each form in a folder of its name; and why others could not be written."""
    files: dict[str, bytes] = {}
    refused = []
    for name in names:
        try:
            files |= {f"{name}/{path}": b"".join(content) for path, content in FORMS[name].write(dataset)}
        except ExportError as error:
            refused.append(f"{name}: {error}")
    return files, refused
