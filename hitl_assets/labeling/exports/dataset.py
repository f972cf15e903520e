"""What a form is made of: a dataset whose rows can be read more than once, and what is known of its project."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.labeling.exports.table import Table
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.labeling.values.identity import item_key

Size = tuple[int, int]
# A file of an export: its path, with / between folders, and its content as it is read.
File = tuple[str, Iterator[bytes]]


class ExportError(ValueError):
    """A dataset cannot be written in a form. The message says why, and what to do."""


@dataclass(frozen=True)
class Example:
    """A labeled item: its key, its input values, its label as a plain value, and the whole row that says so."""

    key: str
    values: Mapping[str, Any]
    label: Any
    row: Mapping[str, Any]

    @property
    def confidence(self) -> float | None:
        """How sure the label is; None for what was labeled before."""
        found = self.row.get("confidence")
        return found if isinstance(found, float) else None

    def confidence_of(self, part: int) -> float | None:
        """How sure a part of the label is, by its place in it; as sure as the whole where that is not known."""
        parts = self.row.get("part_confidences")
        is_known = isinstance(parts, list) and isinstance(self.label, list) and len(parts) == len(self.label)
        return parts[part] if is_known and parts else self.confidence


@dataclass(frozen=True)
class Dataset:
    """A dataset. `kind` is what its label is, by name; empty if the project is not at hand. `subject` is the input that
    people look at, `sizes` are the pixels of pictures (width, height) by item key, `notes` is what a form has to say of
    what it could not hold."""

    project: str
    table: Table
    kind: str = ""
    classes: Sequence[str] = ()
    subject: str = ""
    sizes: Mapping[str, Size] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The column with the label: the last before those that say where it is from."""
        columns = list(self.table.columns)
        return columns[columns.index("source") - 1] if "source" in columns else ""  # No field may have that name.

    @property
    def inputs(self) -> Sequence[str]:
        """The columns of the input fields."""
        columns = list(self.table.columns)
        return columns[: columns.index(self.label)] if self.label else ()

    def examples(self) -> Iterator[Example]:
        """The rows, one after the other."""
        label, inputs = self.label, self.inputs
        for row in self.table.rows():
            values = {name: row[name] for name in inputs}
            yield Example(str(row.get(KEY_FIELD) or key_of(values)), values, row[label], row)

    def subject_of(self, example: Example) -> str:
        """What people looked at: a text, or where a picture is."""
        found = example.values.get(self.subject)
        return "" if found is None else str(found)


def key_of(values: Mapping[str, Any]) -> str:
    """The key of what was labeled before."""
    return item_key({name: value for name, value in values.items() if value is not None})
