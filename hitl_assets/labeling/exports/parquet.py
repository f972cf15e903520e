"""`parquet`: the columns of the dataset with the types of their fields, in groups of rows. Marks are lists of structs.
What a column holds stands in its metadata."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.exports.dataset import Dataset, File
from hitl_assets.labeling.exports.table import typed
from hitl_assets.labeling.values.identity import canonical_json

if TYPE_CHECKING:
    import pyarrow as pa

# So many rows are in memory.
GROUP = 10_000


class Drain(io.RawIOBase):
    """A file that is emptied while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.held = 0, bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How much was written in all."""
        return self.written

    def write(self, content: Any) -> int:
        """Hold what comes."""
        piece = bytes(content)
        self.held += piece
        self.written += len(piece)
        return len(piece)

    def empty(self) -> bytes:
        """What was written since the last time."""
        held, self.held = bytes(self.held), bytearray()
        return held


def write_parquet(dataset: Dataset) -> Iterator[File]:
    """One file. A column with a cell that doesn't fit its type is text as a whole, which is told."""
    yield "dataset.parquet", groups_of(dataset)


def groups_of(dataset: Dataset) -> Iterator[bytes]:
    """The file, a group of rows after the other."""
    import pyarrow as pa
    from pyarrow import parquet

    schema, specs = schema_of(dataset), dataset.table.specs
    drain, rows = Drain(), dataset.table.cells()
    with parquet.ParquetWriter(pa.PythonFile(drain, mode="w"), schema) as writer:
        while group := list(islice(rows, GROUP)):
            columns = zip(schema, zip(*group, strict=True), strict=True)
            arrays = [pa.array(values_of(cells, each, specs[each.name]), each.type) for each, cells in columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=GROUP)
            yield drain.empty()
    yield drain.empty()


def values_of(cells: Sequence[str], field: "pa.Field", spec: Mapping[str, Any]) -> list[Any]:
    """The values of a column. Of text the cells are that; what has a shape of its own is JSON in them."""
    if field.type == "string":
        return [cell or None for cell in cells]
    return [typed(cell, spec) for cell in cells]


def schema_of(dataset: Dataset) -> "pa.Schema":
    """The columns, once all cells were looked at."""
    import pyarrow as pa

    specs, label, text = dataset.table.specs, dataset.label, pa.string()
    wanted = [type_of(spec, dataset.kind if name == label else "") for name, spec in specs.items()]
    checks = {at: (spec, checker(kind)) for at, (spec, kind) in enumerate(zip(specs.values(), wanted, strict=True))}
    open_ = {at: check for at, check in checks.items() if wanted[at] != text}
    for cells in dataset.table.cells():
        for at in [at for at, (spec, fits) in open_.items() if not fits(typed(cells[at], spec))]:
            del open_[at]
    mixed = [name for at, name in enumerate(specs) if wanted[at] != text and at not in open_]
    if mixed:
        dataset.notes.append(f"Text, since not all cells fit the type: {', '.join(mixed)}.")
    about = {"project": dataset.project, "label": label, "kind": dataset.kind}
    fields = [
        pa.field(name, wanted[at] if at in open_ else text, metadata=describe(dataset, name, spec))
        for at, (name, spec) in enumerate(specs.items())
    ]
    return pa.schema(fields, metadata={name: value for name, value in about.items() if value})


def describe(dataset: Dataset, name: str, spec: Mapping[str, Any]) -> dict[str, str]:
    """What is known of a column: the type of its field; of the label also what it is, and the classes."""
    found = {"type": str(spec.get("type", "string"))}
    if name == dataset.label and dataset.kind:
        found |= {"kind": dataset.kind, "classes": canonical_json(list(dataset.classes))}
    return found


def type_of(spec: Mapping[str, Any], kind: str = "") -> "pa.DataType":
    """What a field's type is in Arrow; JSON and everything else is text, but for labels whose structure is known."""
    import pyarrow as pa

    single = {"integer": pa.int64(), "float": pa.float64(), "number": pa.float64(), "boolean": pa.bool_()}
    share, name = pa.float64(), ("class", pa.string())
    labels = {
        "tags": pa.list_(pa.string()),
        "boxes": pa.list_(pa.struct([name, *((side, share) for side in ("left", "top", "width", "height"))])),
        "polygons": pa.list_(pa.struct([name, ("points", pa.list_(pa.list_(share)))])),
        "spans": pa.list_(pa.struct([name, ("start", pa.int64()), ("end", pa.int64())])),
    }
    return labels.get(kind) or single.get(str(spec.get("type")), pa.string())


def checker(wanted: "pa.DataType") -> Callable[[Any], bool]:
    """Tells whether a value is one of the type, and loses nothing by it; nothing always is."""
    is_it = strict_checker(wanted)
    return lambda value: value is None or is_it(value)


def strict_checker(wanted: "pa.DataType") -> Callable[[Any], bool]:
    """Tells whether a value is one of the type, and not nothing."""
    import pyarrow as pa

    if pa.types.is_list(wanted):
        inner = strict_checker(wanted.value_type)
        return lambda value: isinstance(value, list) and all(map(inner, value))
    if pa.types.is_struct(wanted):
        members = {each.name: strict_checker(each.type) for each in wanted}
        return lambda value: (
            isinstance(value, dict)
            and value.keys() == members.keys()
            and all(is_it(value[name]) for name, is_it in members.items())
        )
    if pa.types.is_floating(wanted):
        return lambda value: type(value) is float or (type(value) is int and abs(value) < 2**53)
    if pa.types.is_integer(wanted):
        return lambda value: type(value) is int and abs(value) < 2**63
    kind = bool if pa.types.is_boolean(wanted) else str
    return lambda value: type(value) is kind
