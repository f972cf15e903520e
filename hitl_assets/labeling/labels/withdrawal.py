"""Items that were taken back: out of the dataset, and asked about no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hitl_assets.labeling.items.items import Specification
from hitl_assets.labeling.items.naming import find_keys, keys_of
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.records import KEY_FIELD, RejectedRow
from hitl_assets.labeling.tables.tables import read_table
from hitl_assets.labeling.values.identity import IDENTITY, Identity
from hitl_assets.labeling.written import USUAL, Written


@dataclass(frozen=True)
class Withdrawn:
    """One row of the list: where it stands, and the keys of the item, also as its values are text in files."""

    file: str
    row: int
    keys: frozenset[str]


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn, the rows that say nothing, and which commit it is (empty: none)."""

    items: tuple[Withdrawn, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    commit: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all items."""
        return frozenset().union(*(each.keys for each in self.items))


@dataclass(frozen=True)
class Parted:
    """The rows of a dataset that stay, those that are withdrawn, and the rows of the list that are about none."""

    kept: tuple[LabeledRow, ...]
    withdrawn: tuple[LabeledRow, ...]
    unmatched: tuple[Withdrawn, ...]


def read_withdrawn(
    files: Mapping[str, bytes], fields: Specification, identity: Identity = IDENTITY, written: Written = USUAL
) -> tuple[tuple[Withdrawn, ...], tuple[RejectedRow, ...]]:
    """The items of files that name each by its `item_key` or by its input values, and the rows that do neither.

    Raises:
        UnreadableFileError: a file cannot be used. Then nobody knows what may be asked.
    """
    items: list[Withdrawn] = []
    rejected: list[RejectedRow] = []
    for file in sorted(files):
        for row in read_table(files[file], file, [], [KEY_FIELD, *fields], written).rows:
            found = find_keys(row, fields, file, identity)
            if isinstance(found, RejectedRow):
                rejected.append(found)
            else:
                items.append(Withdrawn(file, row.number, found))
    return tuple(items), tuple(rejected)


def part(rows: Sequence[LabeledRow], withdrawal: Withdrawal, identity: Identity = IDENTITY) -> Parted:
    """The rows of a dataset without what was withdrawn, whether a batch brought it or it was labeled before."""
    if not withdrawal.items:
        return Parted(tuple(rows), (), ())
    keys = [keys_of(row.values, identity) | ({row.item_key} if row.item_key else frozenset()) for row in rows]
    listed = withdrawal.keys
    gone = [bool(own & listed) for own in keys]
    found = frozenset().union(*(own for own, is_gone in zip(keys, gone, strict=True) if is_gone))
    return Parted(
        tuple(row for row, is_gone in zip(rows, gone, strict=True) if not is_gone),
        tuple(row for row, is_gone in zip(rows, gone, strict=True) if is_gone),
        tuple(each for each in withdrawal.items if not each.keys & found),
    )
