"""From a project's folder to a `Project`: YAML, JSON and HTML read, checked, and put together as Toloka's forms."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, create_model

from hitl_assets.labeling.documents import (
    ConfigurationError,
    Mistake,
    check_plain,
    noted,
    read_bytes,
    read_json,
    read_text,
    read_yaml,
    refuse,
)
from hitl_assets.labeling.exports.forms import find_unfit
from hitl_assets.labeling.kinds.registry import KINDS, find_refusal
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.project.declaration import (
    RESERVED,
    Common,
    Configuration,
    Flat,
    PoolTerms,
    Project,
    ProjectTerms,
    TolokaSection,
    TrainingTerms,
)
from hitl_assets.labeling.project.file_items import unfit_files
from hitl_assets.labeling.project.prefills import with_prefill
from hitl_assets.labeling.project.traits import TOLOKA, Service
from hitl_assets.labeling.project.validation import validate
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.labeling.values.fields import QUOTE

# An identity is for us, not for workers: hidden, and an input only.
KEY_SPEC = {"type": "string", "hidden": True, "required": True}
# Toloka's forms, and all fields that may be the name of a file.
FORMS: Mapping[str, type[BaseModel]] = {"project": ProjectTerms, "pool": PoolTerms, "training": TrainingTerms}
# What a filter asks of workers that is told by a code: `no` is Norway, and Norwegian.
TEXTS = frozenset({"country", "citizenship", "languages", "language", "phone_country", "region_by_phone", "gender"})
FILES = (*FORMS, "instructions", "interface", "golden_tasks", "training_tasks", "model.test")


FILE = "defs.yaml"


def load_project(path: Path) -> Project:
    """The project that a defs.yaml declares.

    Raises:
        ConfigurationError: the file, or one that it names, is missing or wrong.
    """
    document = read_yaml(path)
    if not isinstance(document, dict) or not isinstance(document.get("attributes"), dict):
        raise ConfigurationError(f"{path}: needs `type: hitl_assets.component.LabelingProject` and `attributes:`.")
    return compose_project(path, document["attributes"])


def compose_project(path: Path, attributes: Mapping[str, Any]) -> Project:
    """The project of the attributes in the defs.yaml at `path`, with the files beside it."""
    check_plain(attributes, path)
    mistakes: list[Mistake] = []
    name = find_service(path, attributes)
    if not name:
        with noted(mistakes):
            validate(Flat, attributes, path)
        refuse([*mistakes, *missing_files(path, attributes)])
        return compose_toloka(path, attributes, {}, "")
    common, section = {key: value for key, value in attributes.items() if key != name}, attributes[name]
    with noted(mistakes):
        validate(Common, common, path)
    with noted(mistakes):
        validate(SERVICES[name].section, section, path, name)
    refuse([*mistakes, *missing_files(path, common), *missing_files(path, section, f"{name}.")])
    composed = SERVICES[name].compose(path, common, section)
    refuse(list(beyond(composed, path)))
    return composed


def beyond(project: Project, path: Path) -> Iterator[Mistake]:
    """What the project wants and its service can't do."""
    if project.has_rounds and not project.traits.can_ask_again:
        field = "overlap" if project.configuration.overlap else "model"
        text = f"field {field} asks people again, which {project.service.title} can't do. Leave it out."
        yield Mistake(str(path), text, field)
    model = project.configuration.model
    if model and model.show_predictions and not project.traits.takes_predictions:
        text = f"field model.show_predictions: {project.service.title} can't show people predictions. Leave it out."
        yield Mistake(str(path), text, "model.show_predictions")
    yield from unfit_exports(project, str(path))


def find_service(path: Path, attributes: Mapping[str, Any]) -> str:
    """The section of who labels; empty in the form of before 0.2.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    found = [name for name in SERVICES if name in attributes]
    flat = [name for name in TolokaSection.model_fields if name in attributes]
    if found and flat:
        text = f"fields {', '.join(flat)} are there beside the section {found[0]}. Write them into one: {found[0]}."
        refuse([Mistake(str(path), text, found[0])])
    if len(found) > 1:
        refuse([Mistake(str(path), f"fields {', '.join(found)} each name who labels. Keep one.", found[0])])
    if not (found or flat):
        text = f"no section says who labels, and what they are asked. Write one of: {', '.join(SERVICES)}."
        refuse([Mistake(str(path), text)])
    return found[0] if found else ""


def describe_flat(project: Project) -> str:
    """What to write instead of the form of before 0.2; empty if it isn't that."""
    names = [name for name in TolokaSection.model_fields if name in project.configuration.model_fields_set]
    inside = ", ".join(f"{name}: ..." for name in names)
    new = f"attributes: {{name: {project.name}, ..., toloka: {{{inside}}}}}"
    return f"{project.folder / FILE}: what is Toloka's has a section of its own now: {new}." if project.is_flat else ""


def compose_toloka(
    path: Path, common: Mapping[str, Any], section: Mapping[str, Any], place: str = "toloka."
) -> Project:
    """The project of Toloka's section and what stands beside it. `place` is where the section's fields are written."""
    attributes = {**common, **section}
    configuration = validate(Configuration, attributes, path)
    mistakes: list[Mistake] = []
    forms: dict[str, Mapping[str, Any]] = {}
    for name, model in FORMS.items():
        if attributes.get(name) is not None:
            with noted(mistakes):
                forms[name] = form(path.parent, name, attributes, model)
    if "project" in forms:
        with noted(mistakes):
            forms["project"] = with_presentation(forms["project"], configuration, path, place)
    refuse(mistakes)
    pool = with_start(forms["pool"], configuration)
    composed = Project(path.parent, configuration, forms["project"], pool, forms.get("training"), is_flat=not place)
    refuse(list(contradictions(composed, path)))
    if not (configuration.model and configuration.model.show_predictions):
        return composed
    return replace(composed, project=with_prefill(composed.project, composed.label, str(path)))


def missing_files(path: Path, attributes: Any, place: str = "") -> Iterator[Mistake]:
    """The files that a project, or its section at `place`, names and that cannot be read."""
    if not isinstance(attributes, Mapping):
        return
    for name in FILES:
        *outer, last = name.split(".")
        inside = attributes.get(outer[0]) if outer else attributes
        file = inside.get(last) if isinstance(inside, dict) else None
        if isinstance(file, str) and file and not set(file) & set("/\\"):  # a path is refused for itself
            try:
                read_bytes(path.parent / file)
            except ConfigurationError as error:
                yield Mistake(str(path), f"file {error}", f"{place}{name}", file)


def form(folder: Path, name: str, attributes: Mapping[str, Any], model: type[BaseModel]) -> Mapping[str, Any]:
    """A form of Toloka's, written in the YAML or in the JSON file that it names: as it is, once it is checked."""
    written = attributes[name]
    if not isinstance(written, str):
        return written
    value = read_json(folder / written)
    validate(model, value, folder / written)
    return value


def with_presentation(
    project: Mapping[str, Any], configuration: Configuration, path: Path, place: str
) -> Mapping[str, Any]:
    """Toloka's project with instructions, interface and the hidden key field."""
    spec = with_types(project["task_spec"])
    if spec["input_spec"].get(KEY_FIELD, KEY_SPEC) != KEY_SPEC:
        raise ConfigurationError(f"{path}: field name {KEY_FIELD} is taken by the pipeline. Choose another.")
    composed = {**project, "task_spec": {**spec, "input_spec": {**spec["input_spec"], KEY_FIELD: KEY_SPEC}}}
    composed.setdefault("assignments_issuing_type", "AUTOMATED")
    composed.setdefault("public_description", configuration.description)
    if configuration.instructions:
        composed["public_instructions"] = read_text(path.parent / configuration.instructions)
    if configuration.interface:
        interface = read_json(path.parent / configuration.interface)
        if not isinstance(interface, dict):
            raise ConfigurationError(f"{path.parent / configuration.interface} must be an object of Template Builder.")
        composed["task_spec"]["view_spec"] = {
            "type": "tb",
            "config": json.dumps(interface, indent=1, ensure_ascii=False, default=float),
            "lock": {"core": "1.0.0", **dict.fromkeys(sorted(component_types(interface)), "1.0.0")},
        }
    if "view_spec" not in composed["task_spec"]:
        raise ConfigurationError(
            f"{path}: field {place}interface is missing: workers need to see the task. Name a JSON file of Template "
            f"Builder, or write {place}project.task_spec.view_spec."
        )
    return composed


def with_types(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification of the fields, each with its type: text, if none is given."""
    sides = ("input_spec", "output_spec")
    return {**spec, **{side: {name: {"type": "string", **each} for name, each in spec[side].items()} for side in sides}}


def with_start(pool: Mapping[str, Any], configuration: Configuration) -> Mapping[str, Any]:
    """Toloka's pool with as many answers for each item as are asked for at first."""
    if configuration.overlap is None:
        return pool
    return {**pool, "defaults": {**pool["defaults"], "default_overlap_for_new_tasks": configuration.overlap.start}}


def component_types(interface: Any) -> set[str]:
    """The Template Builder components that an interface uses (`view.text`, `field.radio-group`, ...)."""
    if isinstance(interface, list):
        return set().union(*map(component_types, interface))
    if not isinstance(interface, dict):
        return set()
    own = interface.get("type")
    found = {own} if isinstance(own, str) and "." in own and not own.startswith("data.") else set()
    return found.union(*map(component_types, interface.values()))


def unquoted(condition: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The values of a pool's filter that are true or false where a country or a language is meant, by their place."""
    if isinstance(condition, list):
        for number, each in enumerate(condition):
            yield from unquoted(each, f"{place}.{number}")
    elif isinstance(condition, dict):
        if isinstance(condition.get("value"), bool) and condition.get("key") in TEXTS:
            yield f"{place}.value", condition["value"]
        for name, each in condition.items():
            yield from unquoted(each, f"{place}.{name}")


def unfit_label(project: Project, place: str) -> Iterator[Mistake]:
    """A label that its field can't hold, or that a model can't say."""
    section = project.configuration.label
    written = section.kind if isinstance(section, LabelTerms) else project.label
    refusal = find_refusal(section, project.label, project.outputs[project.label])
    if refusal:
        yield Mistake(place, f"field label = {written!r} is not allowed. {refusal}", "label", written)
    unknown = [name for name in section.reads if name not in project.inputs] if isinstance(section, LabelTerms) else []
    if unknown:
        text = f"field label reads {', '.join(unknown)}, which is no input field. Allowed: {', '.join(project.inputs)}."
        yield Mistake(place, text, "label", unknown[0])
    elif not refusal and project.has_classifier and not project.kind.takes_model:
        known = ", ".join(name for name, kind in KINDS.items() if kind.takes_model)
        text = (
            f"field model trains a classifier, which learns labels of the kind {known}, and label is "
            f"{project.kind.name}. Bring what another model says: write model.predictions. Or leave out model."
        )
        yield Mistake(place, text, "model")


def unfit_exports(project: Project, place: str) -> Iterator[Mistake]:
    """A form of the dataset that can't hold its labels, whose kind is not refused."""
    refusal = find_refusal(project.configuration.label, project.label, project.outputs[project.label])
    reason = "" if refusal else find_unfit(project.configuration.export, project.kind.name)
    if reason:
        yield Mistake(place, f"field export is not allowed: {reason}", "export", project.configuration.export)


def contradictions(project: Project, path: Path) -> Iterator[Mistake]:
    """What no field can say alone."""
    for field, value in unquoted(project.pool.get("filter"), project.place("pool.filter")):
        yield Mistake(str(path), f"field {field} = {value!r} is to be a text. {QUOTE}.", field, value)
    configuration, place, outputs = project.configuration, str(path), ", ".join(project.outputs)
    # An output named label is what it says: its column is the label's.
    clash = sorted((set(project.inputs) & RESERVED) | (set(project.outputs) & (RESERVED - {"label"})))
    if clash:
        yield Mistake(place, f"field names {', '.join(clash)} are taken by the pipeline. Choose others.")
    is_named = configuration.label.field if isinstance(configuration.label, LabelTerms) else configuration.label
    if not is_named and len(project.outputs) > 1:
        yield Mistake(place, f"field label is missing. Allowed: {outputs}.", "label")
    if project.label not in project.outputs:
        text = f"field label = {project.label!r} is not an output field. Allowed: {outputs}."
        yield Mistake(place, text, "label", project.label)
    else:
        yield from unfit_label(project, place)
        yield from unfit_exports(project, place)
    if project.label in project.inputs:
        text = (
            f"field name {project.label} is an input and the label: both are a column of the dataset. "
            "Choose another for one of them."
        )
        yield Mistake(place, text, "label", project.label)
    yield from unfit_files(project, place)
    for field, columns, fields in mappings(project):
        yield from misleading(place, field, columns, fields)
    if (project.training is None) != (configuration.training_tasks is None):
        both = project.place("training"), project.place("training_tasks")
        yield Mistake(place, f"fields {' and '.join(both)} go together. Give both, or neither.", both[0])
    if configuration.overlap and project.terms.dynamic_overlap_config:
        own = project.place("pool.dynamic_overlap_config")
        text = f"field overlap and Toloka's {own} both ask for more answers. Keep one."
        yield Mistake(place, text, "overlap")
    if configuration.overlap and (configuration.minimum_overlap or 0) > configuration.overlap.start:
        text = (
            f"field minimum_overlap = {configuration.minimum_overlap} is more than overlap.start = "
            f"{configuration.overlap.start}: what is sure after the first answers would get no label. Lower it."
        )
        yield Mistake(place, text, "minimum_overlap", configuration.minimum_overlap)
    requirement = (project.pool.get("quality_control") or {}).get("training_requirement")
    if requirement and project.training is None:
        name = project.place("pool.quality_control.training_requirement")
        needs = project.place("training")
        yield Mistake(place, f"field {name} = {requirement} needs the field {needs}.", name, requirement)


def mappings(project: Project) -> Iterator[tuple[str, Mapping[str, str], Collection[str]]]:
    """The `columns` of each section that has some, and the fields that are read there."""
    configuration, inputs = project.configuration, project.inputs
    own = configuration.model.predictions if configuration.model else None
    predicted = [own.label, own.probability] if own else []
    sections = [
        ("source", configuration.source, [*inputs, project.label, *predicted]),
        ("withdrawn", configuration.withdrawn, [*inputs, KEY_FIELD]),
        ("dataset", configuration.dataset, [*inputs, project.label]),
        ("model.predictions.source", own.source if own else None, [*inputs, *predicted, KEY_FIELD]),
    ]
    for name, source, fields in sections:
        if source and source.columns:
            yield f"{name}.columns", source.columns, dict.fromkeys(fields)


def misleading(place: str, field: str, columns: Mapping[str, str], fields: Collection[str]) -> Iterator[Mistake]:
    """Columns that are given to no field, and fields whose own column is given to another one."""
    for name, column in columns.items():
        if column not in fields:
            text = f"field {field} gives {name} to {column}, which is not read there. Allowed: {', '.join(fields)}."
            yield Mistake(place, text, field, column)
        if name in fields and name not in columns.values():
            text = f"field {field} gives the column {name} to {column}: none is left for {name}. Map one to it."
            yield Mistake(place, text, field, column)


class Declared(NamedTuple):
    """How a service is declared: its section of the YAML, and how that and what stands beside it become a project."""

    service: Service
    section: type[BaseModel]
    compose: Callable[[Path, Mapping[str, Any], Mapping[str, Any]], Project]


# Who labels, by the name of the section.
SERVICES: dict[str, Declared] = {TOLOKA.name: Declared(TOLOKA, TolokaSection, compose_toloka)}


def attributes_model() -> type[BaseModel]:
    """What the `attributes` of a defs.yaml may hold: all sections, of which one is written."""
    sections: dict[str, Any] = {
        name: (each.section | None, Field(None, description=f"labeled by {each.service.title}; one such section"))
        for name, each in SERVICES.items()
    }
    return create_model("Attributes", __base__=Common, __doc__="The attributes of a defs.yaml.", **sections)


def lenient_model() -> type[BaseModel]:
    """The same with the form of before 0.2: what Dagster takes before we say what is wrong."""
    flat: dict[str, Any] = {
        name: (Any, Field(None, description="of before 0.2: write it into toloka", deprecated=True))
        for name in TolokaSection.model_fields
    }
    return create_model("Attributes", __base__=attributes_model(), __doc__="The attributes of a defs.yaml.", **flat)
