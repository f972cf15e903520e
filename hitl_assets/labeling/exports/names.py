"""What forms are called, on the command line and in a project's YAML. It imports nothing: `hitl --help` reads it."""

from typing import Literal, get_args

FormName = Literal["csv", "jsonl", "parquet", "coco", "yolo", "voc", "label-studio", "conll"]
NAMES: tuple[FormName, ...] = get_args(FormName)
