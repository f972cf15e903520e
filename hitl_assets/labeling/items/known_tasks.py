"""Tasks whose answer is known, read from a project's files: golden tasks (honeypots) and training tasks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.offers import Offer, find_refusal
from hitl_assets.labeling.records import KnownTask, canonical_json
from hitl_assets.labeling.tables.tables import Row, UnreadableFileError, read_table
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import BadValueError, parse_value
from hitl_assets.labeling.written import USUAL, Written

# How many rows an error names; after these one sees what it is about.
MOST_PROBLEMS = 20


def known_tasks_of(project: Project, file: str) -> tuple[KnownTask, ...]:
    """The tasks of a file in a project's folder.

    Raises:
        UnreadableFileError: as `read_known_tasks`.
    """
    return usable(*sift_tasks_of(project, file))


def sift_tasks_of(project: Project, file: str) -> tuple[tuple[KnownTask, ...], tuple[str, ...]]:
    """The tasks of a file in a project's folder that can be used, and what is wrong with the rest, a sentence each."""
    known = project.inputs, project.kind, project.offers
    return sift_known_tasks(project.read(file), file, *known, project.written)


def read_known_tasks(
    content: bytes, file: str, inputs: Specification, kind: Kind, offers: Sequence[Offer] = ()
) -> tuple[KnownTask, ...]:
    """The tasks of a CSV file with the input columns, a column with the known label, and perhaps a `hint`. `offers` is
    what the interface lets people answer, if that is known.

    Raises:
        UnreadableFileError: the file or one of its rows cannot be used. A wrong honeypot bans honest workers, so
            nothing is skipped here.
    """
    return usable(*sift_known_tasks(content, file, inputs, kind, offers))


def usable(tasks: tuple[KnownTask, ...], problems: Sequence[str]) -> tuple[KnownTask, ...]:
    """The tasks, if nothing is wrong with their file."""
    if problems:
        raise UnreadableFileError("\n".join(problems[:MOST_PROBLEMS]))
    return tasks


def sift_known_tasks(
    content: bytes,
    file: str,
    inputs: Specification,
    kind: Kind,
    offers: Sequence[Offer] = (),
    written: Written = USUAL,
) -> tuple[tuple[KnownTask, ...], tuple[str, ...]]:
    """The tasks of a file that can be used, and what is wrong with the rest, a sentence each."""
    tasks, problems, label = [], [], kind.field
    try:
        for row in read_table(content, file, [*inputs, label], ["hint"], written).rows:
            try:
                task = parse_known_task(row, file, inputs, kind)
                refusal = find_refusal(offers, task.answer[label])
                if refusal:
                    raise UnreadableFileError(
                        f"{file} row {row.number} column {label}: nobody can answer "
                        f"{canonical_json(task.answer[label]):.80} in the interface; {refusal}."
                    )
                tasks.append(task)
            except UnreadableFileError as error:
                problems.append(str(error))
    except UnreadableFileError as error:  # the file as a whole
        problems.append(str(error))
    if not tasks and not problems:
        problems.append(f"{file} has no rows. Write at least one task with its answer.")
    return tuple(tasks), (*problems, *contradictions(tasks, file))


def parse_known_task(row: Row, file: str, inputs: Specification, kind: Kind) -> KnownTask:
    """One row as a task with its answer."""
    for column, fault in row.faults.items():
        place = f"{file} row {row.number} column {column}" if column else f"{file} row {row.number}"
        raise UnreadableFileError(f"{place}: {fault}.")
    if row.surplus:
        raise UnreadableFileError(
            f"{file} row {row.number} has {plural(row.surplus, 'more cell')} than the header: quote commas."
        )
    specs = {**inputs, kind.field: {**kind.spec, "required": True}}  # the known answer is what the row is for
    values = {}
    for name, text in row.cells.items():
        if name == "hint":
            continue
        try:
            values[name] = parse_value(text, specs[name])
        except BadValueError as error:
            raise UnreadableFileError(f"{file} row {row.number} column {name}: {error}.") from error
    try:
        answer = kind.receive(values.pop(kind.field), values)
        kind.check(answer)
    except BadValueError as error:
        raise UnreadableFileError(f"{file} row {row.number} column {kind.field}: {error}.") from error
    return KnownTask(
        {name: value for name, value in values.items() if value is not None},
        {kind.field: answer},
        row.cells.get("hint", ""),
    )


def as_sent(task: KnownTask, kind: Kind) -> KnownTask:
    """A task whose answer is as people's page gives it."""
    return replace(task, answer={**task.answer, kind.field: kind.send(task.answer[kind.field], task.values)})


def contradictions(tasks: Sequence[KnownTask], file: str) -> Iterator[str]:
    """Tasks of a file that have two known answers."""
    seen: dict[str, KnownTask] = {}
    for task in tasks:
        earlier = seen.setdefault(task.item_key, task)
        if earlier.answer != task.answer:
            yield f"{file} gives two answers to {dict(task.values)}: keep the right one."
