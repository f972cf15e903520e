"""Answer keys: the labels that simulated people know. One that a project does not allow would be nobody's answer."""

from collections.abc import Iterator, Sequence

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.offers import find_refusal
from hitl_assets.labeling.tables.tables import has_columns, read_table
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import BadValueError, parse_value

SHOWN = 3


def check_answer_key(project: Project, content: bytes, file: str) -> None:
    """Refuse a key with labels that the project does not allow, or that nobody can give in its interface.

    Raises:
        UnreadableFileError: there are such labels; the message names the first of them.
    """
    wrong = list(find_wrong(project, content, file))
    if wrong:
        more = f" ({plural(len(wrong) - SHOWN, 'more row is', 'more rows are')} wrong.)" if wrong[SHOWN:] else ""
        raise UnreadableFileError(f"{'; '.join(wrong[:SHOWN])}. Correct the answer key of {project.name}.{more}")


def check_shared_key(projects: Sequence[Project], content: bytes, file: str) -> None:
    """The same for a key that any of these projects may be meant by: those that have its columns.

    Raises:
        UnreadableFileError: each of them refuses it.
    """
    meant = [each for each in projects if has_columns(content, file, [*each.inputs, each.label], each.written)]
    if meant and all(any(find_wrong(project, content, file)) for project in meant):
        check_answer_key(meant[0], content, file)


def find_wrong(project: Project, content: bytes, file: str) -> Iterator[str]:
    """What is wrong with the labels of a key. Rows without one say nothing."""
    label, spec = project.label, {**project.outputs[project.label], "required": True}
    for row in read_table(content, file, [label], list(project.inputs), project.written).rows:
        text = row.cells[label]
        if not text.strip():
            continue
        place = f"{file} row {row.number} column {label}"
        try:
            value = project.kind.receive(parse_value(text, spec), row.cells)
            project.kind.check(value)
            refusal = find_refusal(project.offers, value)
        except BadValueError as error:
            yield f"{place}: {error}"
        else:
            if refusal:
                yield f"{place}: nobody can answer {text[:80]!r} in the interface; {refusal}"
