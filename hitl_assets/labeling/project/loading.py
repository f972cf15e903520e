"""From a project's folder to a `Project`: YAML, JSON and HTML read, checked, and put together as Toloka's forms."""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

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
from hitl_assets.labeling.kinds.registry import KINDS, SECTION_TAGS, find_refusal, tag_of
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.project.declaration import (
    RESERVED,
    Configuration,
    PoolTerms,
    Project,
    ProjectTerms,
    TrainingTerms,
)
from hitl_assets.labeling.project.written import as_mapping, plain_name
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.labeling.values.fields import QUOTE

# An identity is for us, not for workers: hidden, and an input only.
KEY_SPEC = {"type": "string", "hidden": True, "required": True}
TAGS = {"terms", "file", *SECTION_TAGS}
# Toloka's forms, and all fields that may be the name of a file.
SECTIONS: Mapping[str, type[BaseModel]] = {"project": ProjectTerms, "pool": PoolTerms, "training": TrainingTerms}
# What a filter asks of workers that is told by a code: `no` is Norway, and Norwegian.
TEXTS = frozenset({"country", "citizenship", "languages", "language", "phone_country", "region_by_phone", "gender"})
FILES = (*SECTIONS, "instructions", "interface", "golden_tasks", "training_tasks", "model.test")

# What a name may consist of, by the pattern that says so.
NAMES: Mapping[str, str] = {
    r"^[A-Za-z0-9_-]+$": "it has letters, digits, _ and - only",
    r"^[a-z][a-z0-9_]*$": "it has small letters, digits and _, and begins with a letter",
}

Terms = TypeVar("Terms", bound=BaseModel)


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
    with noted(mistakes):
        configuration = validate(Configuration, attributes, path)
    mistakes += missing_files(path, attributes)
    refuse(mistakes)
    forms: dict[str, Mapping[str, Any]] = {}
    for name, model in SECTIONS.items():
        if attributes.get(name) is not None:
            with noted(mistakes):
                forms[name] = section(path.parent, path, name, attributes, model)
    if "project" in forms:
        with noted(mistakes):
            forms["project"] = with_presentation(forms["project"], configuration, path)
    refuse(mistakes)
    pool = with_start(forms["pool"], configuration)
    composed = Project(path.parent, configuration, forms["project"], pool, forms.get("training"))
    refuse(list(contradictions(composed, path)))
    return composed


def missing_files(path: Path, attributes: Mapping[str, Any]) -> Iterator[Mistake]:
    """The files that a project names and that cannot be read."""
    for name in FILES:
        *outer, last = name.split(".")
        inside = attributes.get(outer[0]) if outer else attributes
        file = inside.get(last) if isinstance(inside, dict) else None
        if isinstance(file, str) and file and not set(file) & set("/\\"):  # a path is refused for itself
            try:
                read_bytes(path.parent / file)
            except ConfigurationError as error:
                yield Mistake(str(path), f"file {error}", name, file)


def validate(model: type[Terms], value: Any, path: Path, prefix: str = "") -> Terms:
    """The value as the model, or an error that a person can act on."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        mistakes = [mistake(problem, model, path, prefix) for problem in error.errors()]
        raise ConfigurationError("\n".join(map(str, mistakes)), mistakes) from error


def mistake(problem: Mapping[str, Any], model: type[BaseModel], path: Path, prefix: str) -> Mistake:
    """One problem, and which field it is about."""
    names = [str(part) for part in problem["loc"] if part not in TAGS]
    field = ".".join([prefix, *names] if prefix else names)
    value = None if problem["type"] == "missing" else problem["input"]
    return Mistake(str(path), describe(problem, model, prefix), field, value)


def describe(problem: Mapping[str, Any], model: type[BaseModel], prefix: str) -> str:
    """One problem: the field, the value it has and what is allowed."""
    names = [str(part) for part in problem["loc"] if part not in TAGS]
    field = ".".join([prefix, *names] if prefix else names)
    if problem["type"] == "missing":
        return f"field {field} is missing."
    value = repr(problem["input"])[:200]
    if not field:
        return f"the whole is {value}; it must be an object with: {', '.join(sorted(model.model_fields))}."
    if problem["type"] == "extra_forbidden":
        allowed = allowed_names(model, list(problem["loc"][:-1]))
        close = difflib.get_close_matches(names[-1], allowed, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return f"field {field} = {value} is unknown.{hint} Allowed: {', '.join(allowed)}."
    if problem["type"] == "string_pattern_mismatch" and problem["ctx"]["pattern"] in NAMES:
        return f"field {field} = {value} is not allowed: {NAMES[problem['ctx']['pattern']]}{usable(problem)}."
    quote = f". {QUOTE}" if problem["type"] in ("string_type", "enum", "literal_error") and is_scalar(problem) else ""
    return f"field {field} = {value} is not allowed: {problem['msg']}{quote}."


def usable(problem: Mapping[str, Any]) -> str:
    """A name that can be used instead of one that can't; for an input field also how a column of that name is read."""
    text = str(problem["input"])
    name = plain_name(text)
    is_input = "input_spec" in problem["loc"]
    mapped = f"; files keep their column with source: {{{as_mapping(text, name)}}}" if is_input else ""
    return f", for example {name}{mapped}" if name else ""


def is_scalar(problem: Mapping[str, Any]) -> bool:
    """Whether the value is one that text without quotes may have become."""
    return problem["input"] is None or isinstance(problem["input"], bool | int | float | date)


def allowed_names(model: type[BaseModel], path: list[Any]) -> list[str]:
    """The names that the section at `path` knows, in which tags say which of several sections is meant."""
    for name in path:
        model = next((kind.terms for kind in KINDS.values() if tag_of(kind.name) == name), model)
        field = model.model_fields.get(str(name))
        inner = next((part for part in unions(field.annotation) if is_model(part)), None) if field else None
        model = inner or model
    return sorted(model.model_fields)


def unions(annotation: Any) -> Iterator[Any]:
    """The annotation and, of a union, its parts."""
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from unions(part)


def is_model(annotation: Any) -> bool:
    """Whether the annotation is one of our sections."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def section(
    folder: Path, path: Path, name: str, attributes: Mapping[str, Any], model: type[BaseModel]
) -> Mapping[str, Any]:
    """A section that is written in the YAML, or in the JSON file that it names: as it is, once it is checked."""
    written = attributes[name]
    if not isinstance(written, str):
        return written
    value = read_json(folder / written)
    validate(model, value, folder / written)
    return value


def with_presentation(project: Mapping[str, Any], configuration: Configuration, path: Path) -> Mapping[str, Any]:
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
            f"{path}: field interface is missing: workers need to see the task. Name a JSON file of Template Builder, "
            "or write project.task_spec.view_spec."
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


def unquoted(condition: Any, place: str = "pool.filter") -> Iterator[tuple[str, Any]]:
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
    elif project.configuration.model and not project.kind.takes_model:
        known = ", ".join(name for name, kind in KINDS.items() if kind.takes_model)
        text = f"field model goes with labels of the kind {known}, and label is {project.kind.name}. Leave out model."
        yield Mistake(place, text, "model")


def contradictions(project: Project, path: Path) -> Iterator[Mistake]:
    """What no field can say alone."""
    for field, value in unquoted(project.pool.get("filter")):
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
    if project.label in project.inputs:
        text = (
            f"field name {project.label} is an input and the label: both are a column of the dataset. "
            "Choose another for one of them."
        )
        yield Mistake(place, text, "label", project.label)
    for field, columns, fields in mappings(project):
        yield from misleading(place, field, columns, fields)
    if (project.training is None) != (configuration.training_tasks is None):
        yield Mistake(place, "fields training and training_tasks go together. Give both, or neither.", "training")
    if configuration.overlap and project.terms.dynamic_overlap_config:
        text = "field overlap and Toloka's pool.dynamic_overlap_config both ask for more answers. Keep one."
        yield Mistake(place, text, "overlap")
    if configuration.overlap and (configuration.minimum_overlap or 0) > configuration.overlap.start:
        text = (
            f"field minimum_overlap = {configuration.minimum_overlap} is more than overlap.start = "
            f"{configuration.overlap.start}: what is sure after the first answers would get no label. Lower it."
        )
        yield Mistake(place, text, "minimum_overlap", configuration.minimum_overlap)
    requirement = (project.pool.get("quality_control") or {}).get("training_requirement")
    if requirement and project.training is None:
        name = "pool.quality_control.training_requirement"
        yield Mistake(place, f"field {name} = {requirement} needs the field training.", name, requirement)


def mappings(project: Project) -> Iterator[tuple[str, Mapping[str, str], Collection[str]]]:
    """The `columns` of each section that has some, and the fields that are read there."""
    configuration, inputs = project.configuration, project.inputs
    own = configuration.model.predictions if configuration.model else None
    predicted = [own.label, own.probability] if own else []
    sections = [
        ("source", configuration.source, [*inputs, project.label, *predicted]),
        ("withdrawn", configuration.withdrawn, [*inputs, KEY_FIELD]),
        ("dataset", configuration.dataset, [*inputs, project.label]),
        ("model.predictions.source", own.source if own else None, [*inputs, *predicted]),
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
