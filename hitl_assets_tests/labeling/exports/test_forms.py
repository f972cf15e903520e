"""Which form holds what."""

import pytest

from hitl_assets.labeling.exports.forms import FORMS, find_unfit, fitting
from hitl_assets.labeling.exports.names import NAMES
from hitl_assets.labeling.exports.writers import WRITERS, write_all
from hitl_assets_tests.labeling.exports.datasets import APPLE, pictures

ALL = ["csv", "jsonl", "parquet"]


def test_every_name_is_a_form() -> None:
    """The command line offers them without importing them."""
    assert tuple(FORMS) == tuple(WRITERS) == NAMES


@pytest.mark.parametrize(
    ("kind", "forms"),
    [
        ("boxes", [*ALL, "coco", "yolo", "voc", "label-studio"]),
        ("polygons", [*ALL, "coco", "yolo", "label-studio"]),
        ("spans", [*ALL, "label-studio", "conll"]),
        *((kind, [*ALL, "label-studio"]) for kind in ("class", "tags", "number", "text", "preference")),
        ("", ALL),
    ],
)
def test_a_kind_goes_into_forms_that_hold_it(kind: str, forms: list[str]) -> None:
    """Of an unknown one, into those that hold all."""
    assert fitting(kind) == ", ".join(forms)


def test_a_refusal_says_what_works() -> None:
    """Nobody looks for it elsewhere."""
    assert find_unfit(["csv", "coco"], "spans") == (
        "coco holds boxes and polygons, and no labels of kind spans. "
        "What works: csv, jsonl, parquet, label-studio, conll."
    )
    assert find_unfit(NAMES[:3], "spans") == ""


def test_one_form_that_cannot_be_written_holds_up_no_other() -> None:
    """The dataset goes on, and what is missing is told."""
    files, refused = write_all(pictures([APPLE], sizes={}), ["coco", "yolo"])
    assert {name.split("/")[0] for name in files} == {"yolo"}
    assert len(refused) == 1
    assert refused[0].startswith("coco: The size in pixels of 1 picture is not known")
