"""The kinds of labels that there are, by name; how a project's YAML names one, and which one a field's type tells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, Tag

from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.kinds.number import Number
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.polygons import Polygons
from hitl_assets.labeling.kinds.preference import Preference
from hitl_assets.labeling.kinds.tags import Tags
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.kinds.texts.text import Text

# The first that a field's type tells is meant where a project names the field alone.
KINDS: Mapping[str, type[Kind]] = {
    kind.name: kind for kind in (Class, Number, Tags, Boxes, Polygons, Spans, Text, Preference)
}
FIELD = "the field's name"


def tag_of(kind: str) -> str:
    """What the section of a kind is called where pydantic says which of several it means."""
    return f"the kind {kind}"


SECTION_TAGS = frozenset({FIELD, *map(tag_of, KINDS)})


def way_of(value: Any) -> str | None:
    """Which of the ways a label is written in; None if it names no kind that there is."""
    if not isinstance(value, Mapping | LabelTerms):
        return FIELD
    kind = value.get("kind") if isinstance(value, Mapping) else value.kind
    return tag_of(kind) if isinstance(kind, str) and kind in KINDS else None


if TYPE_CHECKING:
    LabelSection = str | LabelTerms
else:
    WAYS = (
        Annotated[str, Tag(FIELD)],
        *(Annotated[kind.terms, Tag(tag_of(name))] for name, kind in KINDS.items()),
    )
    UNKNOWN = f"write the name of a field, or {{kind: ..., field: ...}} with one of the kinds {', '.join(KINDS)}"
    LabelSection = Annotated[
        Union[WAYS],  # noqa: UP007  # as many as there are
        Discriminator(way_of, custom_error_type="unknown_kind", custom_error_message=UNKNOWN),
    ]


def make_kind(section: LabelSection | None, field: str, spec: Mapping[str, Any]) -> Kind:
    """What a project's label is, whose field is not refused."""
    if isinstance(section, LabelTerms):
        return KINDS[section.kind](field, spec, **section.settings)
    return next(kind for kind in KINDS.values() if kind.is_told_by(spec))(field, spec)


def find_refusal(section: LabelSection | None, field: str, spec: Mapping[str, Any]) -> str:
    """Why the answers in a field cannot become labels like that, and what works; empty if they can."""
    if isinstance(section, LabelTerms):
        reason = KINDS[section.kind].refuse(spec, section)
        return f"{reason} {advise(field, spec)}" if reason else ""
    if any(kind.is_told_by(spec) for kind in KINDS.values()):
        return ""
    return f"The type of {field}, {spec.get('type')}, does not tell how several answers become one label. " + advise(
        field, spec
    )


def advise(field: str, spec: Mapping[str, Any]) -> str:
    """What works: on this field, or if nothing does, on which."""
    possible = [kind for kind in KINDS.values() if not kind.refuse(spec, kind.terms.model_construct(kind=kind.name))]
    if possible:
        return (
            " or ".join(f"Write label: {{kind: {kind.name}, field: {field}{needs(kind)}}}" for kind in possible) + "."
        )
    return f"What works: {'; '.join(f'{kind.name} on {kind.works_on}' for kind in KINDS.values())}."


def needs(kind: type[Kind]) -> str:
    """What else a kind's section has to say."""
    terms = kind.terms.model_fields.items()
    return "".join(f", {name}: ..." for name, term in terms if term.is_required() and name != "kind")
