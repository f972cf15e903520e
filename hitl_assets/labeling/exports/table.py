"""The rows of a CSV file that we wrote, each cell as a value of its field. They are read one after the other: such a
file may be larger than the memory."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.values import TEXTUAL, BadValueError, parse_value

# The types of the columns that the dataset has beside the fields. All others hold text.
OWN: Specification = {
    "confidence": {"type": "float"},
    "lower_bound": {"type": "float"},
    "votes": {"type": "json"},
    "part_confidences": {"type": "json"},
    "workers": {"type": "json"},
    "partial": {"type": "boolean"},
    "round": {"type": "integer"},
}
UNKNOWN: Specification = {}
BLOCK = 1 << 16


@dataclass(frozen=True)
class Table:
    """A CSV file of ours. `open` opens it, once for each time that it is read; `fields` are the project's, as far as
    they are known: cells of others are text."""

    open: Callable[[], BinaryIO]
    fields: Specification = field(default_factory=dict)

    @classmethod
    def of(cls, content: bytes, fields: Specification = UNKNOWN) -> "Table":
        """The table of a file that is in memory."""
        return cls(lambda: io.BytesIO(content), fields)

    @cached_property
    def columns(self) -> Sequence[str]:
        """The names in the header."""
        return next(self.lines(), [])

    @cached_property
    def specs(self) -> Specification:
        """What may be in which column."""
        return {name: {**OWN, **self.fields}.get(name, {}) for name in self.columns}

    @cached_property
    def size(self) -> int:
        """How many bytes the file has."""
        return sum(map(len, self.blocks()))

    def lines(self) -> Iterator[list[str]]:
        """The cells of each line, the header's first.

        Raises:
            UnreadableFileError: it is no CSV file.
        """
        with io.TextIOWrapper(self.open(), encoding="utf-8", newline="") as text:
            lines = csv.reader(text, strict=True)
            try:
                yield from filter(None, lines)
            except (csv.Error, UnicodeDecodeError) as error:
                raise UnreadableFileError(f"Line {lines.line_num} of the dataset is no CSV: {error}.") from error

    def cells(self) -> Iterator[list[str]]:
        """The cells of each row, one for each column."""
        lines, width = self.lines(), len(self.columns)
        next(lines, None)
        for cells in lines:
            yield cells if len(cells) == width else (cells + [""] * width)[:width]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as values, by column."""
        specs = list(self.specs.items())
        for cells in self.cells():
            yield {name: typed(cell, spec) for (name, spec), cell in zip(specs, cells, strict=True)}

    def blocks(self) -> Iterator[bytes]:
        """The file as it is."""
        with self.open() as file:
            yield from iter(lambda: file.read(BLOCK), b"")


def typed(cell: str, spec: Mapping[str, Any]) -> Any:
    """A cell as a value of its field; None if it is empty. What doesn't fit, since the field was another one once, or
    the text is too long to be asked about, stays text."""
    kind = str(spec.get("type", "string"))
    if not cell or kind in TEXTUAL:
        return cell or None
    try:
        return parse_value(cell, {"type": kind, "required": False})
    except BadValueError:
        return cell
