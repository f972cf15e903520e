"""How each form is written. A writer gives its files one after the other: each is read to its end before the next."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from hitl_assets.labeling.exports.coco import write_coco
from hitl_assets.labeling.exports.conll import write_conll
from hitl_assets.labeling.exports.dataset import Dataset, ExportError, File
from hitl_assets.labeling.exports.label_studio import write_label_studio
from hitl_assets.labeling.exports.names import FormName
from hitl_assets.labeling.exports.parquet import write_parquet
from hitl_assets.labeling.exports.rows import write_csv, write_jsonl
from hitl_assets.labeling.exports.voc import write_voc
from hitl_assets.labeling.exports.yolo import write_yolo

WRITERS: Mapping[FormName, Callable[[Dataset], Iterator[File]]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "coco": write_coco,
    "yolo": write_yolo,
    "voc": write_voc,
    "label-studio": write_label_studio,
    "conll": write_conll,
}


def write_all(dataset: Dataset, names: Iterable[FormName]) -> tuple[dict[str, bytes], list[str]]:
    """All files of some forms, each form in a folder of its name; and why others could not be written."""
    files: dict[str, bytes] = {}
    refused = []
    for name in names:
        try:
            files |= {f"{name}/{path}": b"".join(content) for path, content in WRITERS[name](dataset)}
        except ExportError as error:
            refused.append(f"{name}: {error}")
    return files, refused
