"""What forms are made of, by a project."""

from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.exports.composition import compose_dataset
from hitl_assets.labeling.exports.table import Table
from hitl_assets_tests.labeling.conftest import Load


def test_the_dataset_of_a_project_has_its_kind_and_classes(load: Load) -> None:
    """In the order of the YAML."""
    found = compose_dataset(load(), Table.of(b"text,kind,source\n"))
    assert (found.kind, found.classes, found.subject, found.label) == ("class", ("apple", "pear"), "text", "kind")


def test_people_look_at_what_the_field_shows_in_which_they_mark(load: Load, attributes: dict[str, Any]) -> None:
    """Whichever input comes first."""
    spec = attributes["project"]["task_spec"]
    spec["input_spec"] = {"name": {"type": "string"}, "thumb": {"type": "url"}, "photo": {"type": "url"}}
    shown = {"type": "field.image-annotation", "image": {"type": "data.input", "path": "photo"}}
    spec["view_spec"] = {"type": "tb", "config": {"view": {"type": "view.list", "items": [shown]}}}
    assert (
        compose_dataset(load({"golden.csv": "name,thumb,photo,kind\na,a.b,a.b,apple\n"}), Table.of(b"")).subject
        == "photo"
    )


def test_a_form_that_cannot_hold_the_labels_is_refused(load: Load, attributes: dict[str, Any]) -> None:
    """At loading, and with what works instead."""
    attributes["export"] = ["parquet", "coco"]
    with pytest.raises(ConfigurationError, match=r"coco holds boxes and polygons.*What works: csv"):
        load()


def test_a_form_that_there_is_not_is_refused(load: Load, attributes: dict[str, Any]) -> None:
    """With those that there are."""
    attributes["export"] = ["xlsx"]
    with pytest.raises(ConfigurationError, match="'label-studio'"):
        load()
