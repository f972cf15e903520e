"""Tasks whose answer is known, read from a project's files: golden tasks (honeypots) and training tasks."""

from collections.abc import Sequence

from hitl_assets.labeling.items import Specification
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.tables import Row, UnreadableFileError, read_rows
from hitl_assets.labeling.values import BadValueError, parse_value


def read_known_tasks(
    content: bytes, file: str, inputs: Specification, label: str, answers: Specification
) -> tuple[KnownTask, ...]:
    """The tasks of a CSV file with the input columns, a column with the known label, and perhaps a `hint`.

    Raises:
        UnreadableFileError: the file or one of its rows cannot be used. A wrong honeypot bans honest workers, so
            nothing is skipped here.
    """
    rows = read_rows(content, file, [*inputs, label], optional=["hint"])
    tasks = tuple(parse_known_task(row, file, inputs, label, answers) for row in rows)
    if not tasks:
        raise UnreadableFileError(f"{file} has no rows. Write at least one task with its answer.")
    refuse_contradictions(tasks, file)
    return tasks


def parse_known_task(row: Row, file: str, inputs: Specification, label: str, answers: Specification) -> KnownTask:
    """One row as a task with its answer."""
    if row.surplus:
        raise UnreadableFileError(
            f"{file} row {row.number} has {row.surplus} more cells than the header: quote commas."
        )
    specs = {**inputs, label: {**answers[label], "required": True}}  # the known answer is what the row is for
    values = {}
    for name, text in row.cells.items():
        if name == "hint":
            continue
        try:
            values[name] = parse_value(text, specs[name])
        except BadValueError as error:
            raise UnreadableFileError(f"{file} row {row.number} column {name}: {error}.") from error
    answer = values.pop(label)
    return KnownTask(
        {name: value for name, value in values.items() if value is not None}, {label: answer}, row.cells.get("hint", "")
    )


def refuse_contradictions(tasks: Sequence[KnownTask], file: str) -> None:
    """Refuse a file in which one task has two known answers."""
    seen: dict[str, KnownTask] = {}
    for task in tasks:
        earlier = seen.setdefault(task.item_key, task)
        if earlier.answer != task.answer:
            raise UnreadableFileError(f"{file} gives two answers to {dict(task.values)}: keep the right one.")
