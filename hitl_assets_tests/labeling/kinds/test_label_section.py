"""What a project's YAML says of its label: which kinds go with which fields, and what is refused."""

from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.number import Number
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.preference import Preference
from hitl_assets.labeling.kinds.registry import KINDS
from hitl_assets.labeling.kinds.tags import Tags
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.kinds.texts.text import Text

from ..conftest import Load

CHOICE = {"type": "string", "allowed_values": ["apple", "pear"]}


def declare(attributes: dict[str, Any], spec: dict[str, Any], label: Any = None) -> None:
    """Let the answer be of this field, and the label be this."""
    attributes["project"]["task_spec"]["output_spec"] = {"kind": {"required": True, **spec}}
    attributes.update({"label": label} if label is not None else {})


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (CHOICE, "class"),
        ({"type": "string"}, "class"),
        ({"type": "integer"}, "class"),
        ({"type": "boolean"}, "class"),
        ({"type": "float", "allowed_values": [0.5, 1.0]}, "class"),
        ({"type": "float"}, "number"),
        ({"type": "array_string"}, "tags"),
        ({"type": "array_string", "allowed_values": ["a", "b"]}, "tags"),
    ],
)
@pytest.mark.parametrize("label", [None, "kind"])
def test_the_type_of_a_field_tells_its_kind(
    load: Load, attributes: dict[str, Any], spec: dict[str, Any], kind: str, label: str | None
) -> None:
    """Where nothing else can be meant, the field's name is enough; a single field needs none."""
    declare(attributes, spec, label)
    assert load().kind.name == kind


@pytest.mark.parametrize(
    ("label", "spec", "kind"),
    [
        ({"kind": "class", "field": "kind"}, CHOICE, Class("kind", {"required": True, **CHOICE})),
        (
            {"kind": "number", "same": 0.5},
            {"type": "integer"},
            Number("kind", {"required": True, "type": "integer"}, 0.5),
        ),
        (
            {"kind": "number", "same": "2%"},
            {"type": "float"},
            Number("kind", {"required": True, "type": "float"}, "2%"),
        ),
        ({"kind": "tags", "classes": ["a"]}, {"type": "json"}, Tags("kind", {"required": True, "type": "json"}, ["a"])),
        (
            {"kind": "boxes", "classes": ["a"], "same": 0.6},
            {"type": "json"},
            Boxes("kind", {"required": True, "type": "json"}, ["a"], 0.6),
        ),
        (
            {"kind": "spans", "classes": ["a"], "text": "text"},
            {"type": "json"},
            Spans("kind", {"required": True, "type": "json"}, "text", ["a"]),
        ),
        ({"kind": "text", "same": 0.8}, {"type": "string"}, Text("kind", {"required": True, "type": "string"}, 0.8)),
        ({"kind": "preference"}, CHOICE, Preference("kind", {"required": True, **CHOICE})),
    ],
)
def test_a_label_says_its_kind(
    load: Load, attributes: dict[str, Any], label: Any, spec: dict[str, Any], kind: Any
) -> None:
    """With what only this kind has."""
    declare(attributes, spec, label)
    assert load().kind == kind


@pytest.mark.parametrize(
    ("label", "spec", "words"),
    [
        ({"kind": "circles", "field": "kind"}, {"type": "json"}, "with one of the kinds class, number, tags"),
        ({"kind": "boxes", "field": "kind"}, {"type": "json"}, "field label.classes is missing"),
        ({"kind": "boxes", "classes": ["a", "a"]}, {"type": "json"}, "name each class once, and none of them nothing"),
        ({"kind": "boxes", "classes": ["a"], "same": 1}, {"type": "json"}, "label.same = 1 is not allowed"),
        ({"kind": "polygons", "classes": ["a"]}, {"type": "string"}, "Values of type string are no polygons."),
        ("kind", {"type": "json"}, "or Write label: {kind: boxes, field: kind, classes: ...}"),
        ({"kind": "spans", "classes": ["a"]}, {"type": "json"}, "field label.text is missing"),
        (
            {"kind": "spans", "classes": ["a"], "text": "no"},
            {"type": "json"},
            "field label reads no, which is no input",
        ),
        ({"kind": "spans", "classes": ["nothing"], "text": "text"}, {"type": "json"}, "and none of them nothing"),
        ({"kind": "spans", "classes": ["a"], "text": "text"}, CHOICE, "Values of type string are no spans."),
        ({"kind": "text"}, CHOICE, "Values of type string that are chosen are no texts that people write."),
        ({"kind": "text", "same": 2}, {"type": "string"}, "label.same = 2 is not allowed"),
        ({"kind": "preference"}, {"type": "string"}, "one of two allowed_values, and the field has none."),
        ({"kind": "preference", "between": ["a"]}, CHOICE, "name the two input fields that are compared"),
        ({"kind": "preference", "between": ["a", "b"]}, CHOICE, "field label reads a, b, which is no input field"),
        ({"field": "kind"}, CHOICE, "with one of the kinds class, number, tags"),
        ("kind", {"type": "json"}, "does not tell how several answers become one label. Write label: {kind: tags"),
        ("kind", {"type": "array_float"}, "What works: class on fields of texts"),
        (None, {"type": "array_json"}, "number on fields of type integer, float or number; tags on"),
        ({"kind": "class", "field": "kind"}, {"type": "float"}, "are no classes: those who mean the same seldom write"),
        ({"kind": "class", "field": "kind"}, {"type": "float"}, "Write label: {kind: number, field: kind}."),
        (
            {"kind": "class"},
            {"type": "array_string", "allowed_values": ["a"]},
            "Write label: {kind: tags, field: kind}.",
        ),
        (
            {"kind": "number"},
            CHOICE,
            "Values of type string are no numbers. Write label: {kind: class, field: kind} or",
        ),
        ({"kind": "tags"}, CHOICE, "Values of type string are no sets of tags."),
        ({"kind": "number", "same": -1}, {"type": "float"}, "label.same = -1 is not allowed"),
        ({"kind": "number", "same": "much"}, {"type": "float"}, "for example 2%"),
        ({"kind": "number", "sane": 1}, {"type": "float"}, "Did you mean same? Allowed: field, kind, same."),
        ({"kind": "tags", "classes": ["b"]}, {"type": "array_string", "allowed_values": ["a"]}, "Its classes are b"),
        ({"kind": "class", "field": "color"}, CHOICE, "field label = 'color' is not an output field. Allowed: kind."),
    ],
)
def test_what_cannot_become_labels_is_refused(
    load: Load, attributes: dict[str, Any], label: Any, spec: dict[str, Any], words: str
) -> None:
    """Before anybody is asked, and with what works instead."""
    declare(attributes, spec, label)
    with pytest.raises(ConfigurationError) as raised:
        load()
    assert words in str(raised.value)


def test_a_field_has_to_be_named_if_there_are_several(load: Load, attributes: dict[str, Any]) -> None:
    """A kind alone does not tell."""
    attributes["project"]["task_spec"]["output_spec"]["note"] = {"type": "string", "required": False}
    attributes["label"] = {"kind": "class"}
    with pytest.raises(ConfigurationError, match=r"field label is missing\. Allowed: kind, note"):
        load()


def test_the_classifier_learns_classes_and_predictions_go_with_every_kind(
    load: Load, attributes: dict[str, Any]
) -> None:
    """Who writes `model` alone hears what works."""
    declare(attributes, {"type": "float"})
    attributes["model"] = {}
    with pytest.raises(ConfigurationError, match=r"kind class, and label is number\..*model\.predictions"):
        load()
    attributes["model"] = {"predictions": {}}
    assert load().kind.name == "number"


def test_a_class_is_set_up_as_before_there_were_kinds(load: Load, attributes: dict[str, Any]) -> None:
    """However it is written: what was made by 0.1 is not made again."""
    one = load()
    attributes["label"] = {"kind": "class", "field": "kind"}
    two = load()
    assert (one.setup_hash, one.kind.version) == (two.setup_hash, "kind")
    assert two.kind == one.kind


def test_another_tolerance_makes_other_labels() -> None:
    """Those made before are stale then."""
    spec = {"type": "float"}
    assert Number("a", spec, 1.0).version != Number("a", spec, 2.0).version


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_kind_says_what_it_is(kind: Any) -> None:
    """In its section, and to who reads the error."""
    assert kind.terms.model_fields["kind"].annotation.__args__ == (kind.name,)
    assert kind.works_on.startswith("fields of ")
