"""What `hitl check` finds in a project that loads, without a network: its place, its interface, its known tasks, its
caps."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from hitl_assets.component import project_definitions
from hitl_assets.labeling.documents import ConfigurationError, read_yaml
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.project.blueprint import is_unedited
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.interfaces import Interface, read_interface
from hitl_assets.labeling.project.loading import describe_flat
from hitl_assets.labeling.project.prefills import PREFILL
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.rehearsal.plan import FILE, Plan

ONE_AT_A_TIME = re.compile(r"\b(one|a single) \w+ at a time\b", re.IGNORECASE)
TYPE = "hitl_assets.component.LabelingProject"


def of_place(project: Project) -> Iterator[Problem]:
    """Whether the commands find the project under its name, and it alone."""
    path = project.folder / FILE
    folder = project.folder.resolve().name
    if folder != project.name:
        yield Problem(
            "warning",
            "folder_name",
            f"The project {project.name} is in the folder {folder}: `hitl commit --project {project.name}`, `hitl "
            "resume` and `hitl review` look for a folder of the project's name.",
            f"Rename the folder to {project.name}.",
        )
    written = read_yaml(path).get("type")
    if written != TYPE:
        yield Problem(
            "warning", "type", f"field type = {written!r}: Dagster's `dg` does not know this project by it.",
            f"Write `type: {TYPE}`.", str(path), "type", written,
        )  # fmt: skip
    for other in sorted(project.folder.resolve().parent.glob(f"*/{FILE}")):
        if other.parent != project.folder.resolve() and name_in(other) == project.name:
            yield Problem(
                "error", "name_taken", f"field name = {project.name!r} is the name of the project in {other}, too.",
                "Choose another: repos and assets are named after it.", str(path), "name", project.name,
            )  # fmt: skip


def name_in(path: Path) -> Any:
    """The name of the project in another defs.yaml, if it has one."""
    try:
        attributes = read_yaml(path).get("attributes")
    except (ConfigurationError, AttributeError):
        return None
    return attributes.get("name") if isinstance(attributes, dict) else None


def of_dagster(project: Project) -> Iterator[Problem]:
    """Whether Dagster takes what is made of it."""
    try:
        project_definitions(project)
    except dg.DagsterInvalidDefinitionError as error:
        yield Problem("error", "dagster", f"Dagster refuses the project: {error}", file=str(project.folder / FILE))


def of_form(project: Project) -> Iterator[Problem]:
    """Whether the YAML has the form of before 0.2."""
    if project.is_flat:
        yield Problem("warning", "old_form", describe_flat(project), "Move these fields, and nothing else.")


def of_instructions(project: Project) -> Iterator[Problem]:
    """Whether workers are told what to do."""
    if not str(project.project.get("public_instructions") or "").strip():
        yield Problem(
            "warning",
            "no_instructions",
            "Workers get no instructions.",
            f"Write an HTML file beside the YAML, and name it in the field {project.place('instructions')}.",
        )
    interface = read_interface(project.project["task_spec"].get("view_spec") or {})
    mixer = project.terms.mixer_config
    tasks = mixer.real_tasks_count + mixer.golden_tasks_count
    told = ONE_AT_A_TIME.search(str(project.project.get("public_instructions") or ""))
    if told and tasks > 1 and not (interface and interface.is_pager):
        yield Problem(
            "warning",
            "instructions_of_one",
            f"The instructions speak of {told[0]!r}, and workers see {plural(tasks, 'task')} of a suite on one page.",
            "Say so, or set plugin.toloka's layout to kind pager in the interface.",
            str(project.folder / (project.configuration.instructions or FILE)),
        )


def of_placeholders(project: Project) -> Iterator[Problem]:
    """Whether workers, and what judges them, would meet the examples that `hitl new` has made."""
    configuration = project.configuration
    names = (configuration.instructions, configuration.golden_tasks, configuration.training_tasks)
    left = [name for name in names if name and is_unedited(project.read(name))]
    if left:
        yield Problem(
            "warning",
            "placeholder",
            f"Examples of `hitl new` are still in {', '.join(left)}: people would be asked about them, and banned by "
            "them.",
            "Replace them by your own.",
            str(project.folder / left[0]),
        )


def of_rounds(project: Project) -> Iterator[Problem]:
    """Whether it is known how sure a label on few answers is."""
    method = project.configuration.aggregation.method
    if project.has_rounds and not project.configuration.aggregation.has_priors:
        yield Problem(
            "warning",
            "unsure_confidence",
            f"Who is asked again depends on the confidence of {method}, which is far too sure on few answers.",
            "Leave out aggregation.method.",
            str(project.folder / FILE),
            "aggregation.method",
            method,
        )


def of_open_answers(project: Project) -> Iterator[Problem]:
    """Whether workers can choose among labels; what they write freely is another label for each way to write it."""
    caution, label = project.kind.caution(), project.label
    if caution is None:
        return
    yield Problem(
        "warning",
        "open_answers",
        f"Answers to {label} are compared as {caution[0]}: people who mean the same may write it in different "
        "ways, and each is a label of its own.",
        caution[1],
        str(project.folder / FILE),
        project.place(f"project.task_spec.output_spec.{label}"),
        str(project.outputs[label].get("type")),
    )


def of_interface(project: Project) -> Iterator[Problem]:
    """Whether workers see every input, and can give every answer that counts, and no other."""
    interface = read_interface(project.project["task_spec"].get("view_spec") or {})
    if interface is None:
        return
    file = str(project.folder / (project.configuration.interface or FILE))
    unknown = sorted((interface.shown - {*project.inputs, PREFILL}) | (interface.answered - set(project.outputs)))
    for name in unknown:
        kind, known = ("input", project.inputs) if name in interface.shown else ("output", project.outputs)
        yield Problem(
            "error", "interface_unknown", f"The interface uses data.{kind} {name}, which is no {kind} field.",
            f"Allowed: {', '.join(known)}.", file, name,
        )  # fmt: skip
    for name in sorted(interface.unlabeled):
        yield Problem(
            "warning", "interface_unlabeled", f"Some of the options for {name} have no label: workers see no text.",
            "Give each option a label.", file, name,
        )  # fmt: skip
    for path in sorted(interface.written):
        name, _, inner = path.partition(".")
        kind = str(project.outputs.get(name, {}).get("type", "json"))
        if inner and kind != "json" and not kind.startswith("array_"):
            yield Problem(
                "error", "interface_path", f"The interface writes to {path}, but {name} has no parts: it is {kind}.",
                f"Write to {name} with data.output, or declare it as json or as a list.", file, name, path,
            )  # fmt: skip
    for name, spec in project.inputs.items():
        if name not in interface.shown and not spec.get("hidden"):
            yield Problem(
                "warning", "interface_hides", f"Workers do not see the input field {name}.",
                f"Show it in the interface with data.input {name}, or set hidden: true.", file, name,
            )  # fmt: skip
    for name, spec in project.outputs.items():
        if name in interface.answered:
            values = project.kind.counted if name == project.label else spec.get("allowed_values") or ()
            yield from of_choices(name, values, interface, file)
        elif spec.get("required", True):
            yield Problem(
                "error", "interface_lacks", f"Workers cannot fill in the output field {name}, which is required.",
                f"Add a field with data.output {name} to the interface.", file, name,
            )  # fmt: skip


def of_choices(name: str, values: Sequence[Any], interface: Interface, file: str) -> Iterator[Problem]:
    """Whether what can be chosen is what is allowed."""
    choices = interface.choices.get(name, ())
    if not choices or not values:
        return
    for value in choices:
        if value not in values:
            yield Problem(
                "error", "interface_choice", f"The interface offers {value!r} for {name}: Toloka refuses that answer.",
                f"Allowed: {', '.join(map(str, values))}.", file, name, value,
            )  # fmt: skip
    for value in values:
        if value not in choices:
            yield Problem(
                "warning", "interface_choice_missing", f"{name} may be {value!r}, but nobody can choose that.",
                "Add an option to the interface, or take the value out of allowed_values.", file, name, value,
            )  # fmt: skip


def of_known_tasks(plan: Plan) -> Iterator[Problem]:
    """Golden tasks that workers know from the training."""
    twice = {task.item_key for task in plan.golden} & {task.item_key for task in plan.training}
    if twice:
        yield Problem(
            "warning",
            "golden_in_training",
            f"Of the golden tasks {len(twice)} are training tasks, too: workers have been told their answers.",
            "Take them out of one of the two files.",
            str(plan.project.folder / plan.project.configuration.golden_tasks),
        )


def of_caps(plan: Plan) -> Iterator[Problem]:
    """Whether a cap lets anything through at all."""
    budget, terms = plan.project.configuration.budget, plan.project.terms
    for name, cap in (("per_batch", budget.per_batch), ("per_project", budget.per_project)):
        if plan.most_items(cap) == 0:
            price = plan.estimate(terms.mixer_config.real_tasks_count).maximum
            field = plan.project.place(f"budget.{name}")
            yield Problem(
                "error", "cap_too_low",
                f"One suite, answered by all who may, can cost {cents(price)}: {field} = {cap}.",
                "Raise the cap, or lower price or overlap.", str(plan.project.folder / FILE), field, cap,
            )  # fmt: skip
