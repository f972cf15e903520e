"""Lists: filters, order and pages, as Toloka's GET endpoints take them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.emulators.toloka.http.errors import FieldErrors
from hitl_assets.emulators.toloka.storage.clock import bound
from hitl_assets.emulators.toloka.storage.store import Store

DEFAULT_LIMIT = 50
MAX_LIMIT = 300
# What may be more than a person looks at comes in one page, if asked for so: programs that read one page get it all.
MAX_LIMIT_OF_WORK = 100_000
OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

Conditions = list[tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class Listing:
    """What a list can be filtered and sorted by. `equal` maps a parameter to its column; the others are columns.

    `key` is the column behind `id`, `numbers` are the columns that hold whole numbers, `choices` the values that a
    parameter may have, `sorts` what a list can be sorted by beyond that, with its expression, `most` what a page holds.
    """

    table: str
    equal: Mapping[str, str]
    ranges: tuple[str, ...]
    times: tuple[str, ...] = ()
    key: str = "id"
    numbers: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)
    most: int = MAX_LIMIT

    def page(
        self,
        store: Store,
        query: Mapping[str, str],
        render: Callable[[list[sqlite3.Row]], list[Any]],
        fixed: str = "",
        fixed_values: tuple[Any, ...] = (),
    ) -> dict[str, Any]:
        """One page `{items, has_more}`. `fixed` is a condition that always holds."""
        conditions = self._conditions(query)
        clauses = [fixed] if fixed else []
        clauses += [clause for clause, _ in conditions]
        values = [value for _, given in conditions for value in given]
        limit = self._limit(query)
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        # Table, columns and operators come from this module's constants; what a client sent is bound as a value.
        sql = f"SELECT * FROM {self.table}{where} ORDER BY {self._order(query)} LIMIT ?"  # noqa: S608
        rows = store.all(sql, *fixed_values, *values, limit + 1)
        return {"items": render(rows[:limit]), "has_more": len(rows) > limit}

    def _conditions(self, query: Mapping[str, str]) -> Conditions:
        errors, conditions = FieldErrors(), []
        for name, value in query.items():
            if name in ("sort", "limit"):
                continue
            column, _, operator = name.rpartition("_")
            if name in self.equal:
                wanted = tuple(self._value(errors, name, name, one) for one in value.split(","))
                conditions.append((f"{self.equal[name]} IN ({','.join('?' * len(wanted))})", wanted))
            elif operator in OPERATORS and column in self.ranges:
                conditions.append(
                    (f"{self._column(column)} {OPERATORS[operator]} ?", (self._value(errors, name, column, value),))
                )
            elif operator in OPERATORS and column in self.times:
                conditions.append((f"{column} {OPERATORS[operator]} ?", (_bound(errors, name, value, operator),)))
            else:
                errors.add(name, "VALUE_NOT_ALLOWED", "Unknown filter")
        errors.refuse()
        return conditions

    def _order(self, query: Mapping[str, str]) -> str:
        errors, terms = FieldErrors(), []
        for term in filter(None, query.get("sort", "").split(",")):
            column, direction = (term[1:], "DESC") if term.startswith("-") else (term.lstrip("+"), "ASC")
            if column not in {*self.ranges, *self.times, *self.sorts}:
                errors.add("sort", "VALUE_NOT_ALLOWED", f"Cannot sort by {column}")
            terms.append(f"{self._column(column)} {direction}")
        errors.refuse()
        return ", ".join([*terms, self.key])

    def _column(self, name: str) -> str:
        return self.key if name == "id" else self.sorts.get(name, name)

    def _value(self, errors: FieldErrors, name: str, column: str, value: str) -> str | int:
        if column in self.choices and value not in self.choices[column]:
            allowed = list(self.choices[column])
            errors.add(name, "UNKNOWN_ENUM_VALUE", f"Must be one of {', '.join(allowed)}", allowed=allowed)
        if column not in self.numbers:
            return value
        if not value.isdecimal():
            errors.add(name, "INTEGER_EXPECTED", "Expected an integer")
            return 0
        return int(value)

    def _limit(self, query: Mapping[str, str]) -> int:
        errors = FieldErrors()
        text = query.get("limit", str(DEFAULT_LIMIT))
        if not text.isdigit() or int(text) < 1:
            errors.add("limit", "INTEGER_EXPECTED", "A page holds at least one item")
        errors.refuse()
        # A larger page than the server gives is cut, not refused: clients ask for more and follow has_more.
        return min(int(text), self.most)


def _bound(errors: FieldErrors, name: str, value: str, operator: str) -> str:
    try:
        return bound(value, operator)
    except ValueError:
        errors.add(name, "INVALID_DATE_TIME_SYNTAX", f"{value!r} is not an ISO date and time")
        return ""
