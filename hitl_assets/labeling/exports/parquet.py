"""`parquet`: the columns of the dataset with the types of their fields, in groups of rows. Marks are lists of structs.
What a column holds stands in its metadata."""

import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from hitl_assets.labeling.exports.dataset import Dataset, File
from hitl_assets.labeling.records import canonical_json

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

    schema = schema_of(dataset)
    drain, rows = Drain(), dataset.table.rows()
    with parquet.ParquetWriter(pa.PythonFile(drain, mode="w"), schema) as writer:
        while group := list(islice(rows, GROUP)):
            columns = [pa.array([fitted(row.get(f.name), f.type) for row in group], f.type) for f in schema]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=GROUP)
            yield drain.empty()
    yield drain.empty()


def schema_of(dataset: Dataset) -> "pa.Schema":
    """The columns, once all cells were looked at."""
    import pyarrow as pa

    table = dataset.table
    wanted = {name: type_of(spec, dataset.kind if name == dataset.label else "") for name, spec in table.specs.items()}
    open_ = {name: kind for name, kind in wanted.items() if kind != pa.string()}
    mixed: list[str] = []
    for row in table.rows():
        for name in [name for name, kind in open_.items() if not fits(row.get(name), kind)]:
            mixed.append(name)
            del open_[name]
    if mixed:
        found = [name for name in table.columns if name in mixed]
        dataset.notes.append(f"Text, since not all cells fit the type: {', '.join(found)}.")
    about = {"project": dataset.project, "label": dataset.label, "kind": dataset.kind}
    fields = [
        pa.field(name, open_.get(name, pa.string()), metadata=describe(dataset, name, spec))
        for name, spec in table.specs.items()
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


def fits(value: Any, wanted: "pa.DataType") -> bool:
    """Whether a value is one of the type, and loses nothing by it; nothing always is."""
    import pyarrow as pa

    if value is None or pa.types.is_boolean(wanted):
        return value is None or isinstance(value, bool)
    if pa.types.is_list(wanted):
        return isinstance(value, list) and all(each is not None and fits(each, wanted.value_type) for each in value)
    if pa.types.is_struct(wanted):
        members = [wanted.field(at) for at in range(wanted.num_fields)]
        is_whole = isinstance(value, dict) and value.keys() == {each.name for each in members}
        return is_whole and all(value[m.name] is not None and fits(value[m.name], m.type) for m in members)
    if pa.types.is_string(wanted):
        return isinstance(value, str)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if pa.types.is_floating(wanted):
        return isinstance(value, float) or (is_number and abs(value) < 2**53)
    return is_number and abs(value) < 2**63


def fitted(value: Any, wanted: "pa.DataType") -> Any:
    """A value of a column: JSON where the column is text, and the value is none."""
    import pyarrow as pa

    is_foreign = pa.types.is_string(wanted) and value is not None and not isinstance(value, str)
    return canonical_json(value) if is_foreign else value
