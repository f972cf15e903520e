"""What the right answers are: from the task itself, from an answer key, or made up and then kept to."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hitl_assets.emulators.crowd.chance import chance, pick
from hitl_assets.emulators.crowd.suites import Questionnaire, Task

NAMES = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)
INPUTS, OUTPUTS = ("INPUT:", ""), ("GOLDEN:", "OUTPUT:", "")


class AnswerKey:
    """Rows of a CSV with inputs and right outputs; columns are `name`, or `INPUT:name` and `GOLDEN:name`."""

    def __init__(self, rows: Sequence[Mapping[str, str]] = ()) -> None:
        self._rows = rows
        self._columns = tuple(rows[0]) if rows else ()
        self._indexes: dict[tuple[str, ...], dict[tuple[str, ...], Mapping[str, str]]] = {}

    @classmethod
    def read(cls, path: Path | None) -> AnswerKey:
        """The key in a file; without a file, the key that knows nothing."""
        if path is None:
            return cls()
        with path.open(newline="", encoding="utf-8-sig") as file:
            return cls(list(csv.DictReader(file, restval="")))

    def look_up(self, questionnaire: Questionnaire, input_values: Mapping[str, Any]) -> dict[str, Any]:
        """The right outputs that the key has for an item."""
        columns = self._matching(questionnaire.input_spec, INPUTS)
        if not columns:
            return {}
        row = self._index(tuple(columns.values())).get(tuple(str(input_values.get(name)) for name in columns))
        if row is None:
            return {}
        outputs = self._matching(questionnaire.output_spec, OUTPUTS)
        values = {name: _typed(row[column], questionnaire.output_spec[name]) for name, column in outputs.items()}
        return {name: value for name, value in values.items() if value is not None}

    def options(self, questionnaire: Questionnaire, name: str) -> tuple[Any, ...]:
        """The values that the key has for an output field."""
        column = self._matching({name: None}, OUTPUTS).get(name)
        if column is None or not self._matching(questionnaire.input_spec, INPUTS):
            return ()
        values = [_typed(text, questionnaire.output_spec[name]) for text in sorted({row[column] for row in self._rows})]
        return tuple(value for value in values if value is not None)

    def _matching(self, names: Mapping[str, Any], prefixes: tuple[str, ...]) -> dict[str, str]:
        found = {name: [prefix + name for prefix in prefixes if prefix + name in self._columns] for name in names}
        return {name: columns[0] for name, columns in found.items() if columns}

    def _index(self, columns: tuple[str, ...]) -> dict[tuple[str, ...], Mapping[str, str]]:
        if columns not in self._indexes:
            self._indexes[columns] = {tuple(row[column] for column in columns): row for row in self._rows}
        return self._indexes[columns]


def options_of(questionnaire: Questionnaire, key: AnswerKey, name: str) -> tuple[Any, ...]:
    """The answers that a worker can choose from in an output field; empty if it is free text."""
    declared = questionnaire.output_spec[name]
    if declared.get("allowed_values"):
        return tuple(declared["allowed_values"])
    if declared["type"].endswith("boolean"):
        return (True, False)
    # By their text, as values may be objects.
    known = {str(value): value for value in (*questionnaire.options.get(name, ()), *key.options(questionnaire, name))}
    if known:
        return tuple(known[text] for text in sorted(known))
    if declared["type"].endswith(("integer", "float", "number")):
        low = int(declared.get("min_value") or 0)
        return tuple(range(low, int(declared.get("max_value") or low + 9) + 1))[:100]
    return ()


def truth_of(questionnaire: Questionnaire, key: AnswerKey, seed: int, task: Task) -> dict[str, Any]:
    """The right answer to a task, in every output field."""
    given = dict(task.solution or key.look_up(questionnaire, task.input_values))
    return {
        name: given[name] if name in given else _invent(questionnaire, key, seed, task, name)
        for name in questionnaire.output_spec
    }


def name_of(task: Task) -> str:
    """A text that is the same for the same question."""
    return NAMES.encode(task.input_values)


def _invent(questionnaire: Questionnaire, key: AnswerKey, seed: int, task: Task, name: str) -> Any:
    options = options_of(questionnaire, key, name)
    value = f"answer {int(chance(seed, name, name_of(task)) * 10_000)}"
    if options:
        value = pick(options, seed, name, name_of(task))
    return [value] if questionnaire.output_spec[name]["type"].startswith("array_") else value


def _typed(text: str, declared: Mapping[str, Any]) -> Any:
    """A cell as a value of the field; None if it is empty or cannot be one."""
    kind = declared["type"]
    if not text:
        return None
    try:
        if kind == "boolean":
            return text.strip().lower() in ("true", "1", "yes")
        if kind in ("integer", "float", "number"):
            return int(text) if kind == "integer" else float(text)
        return json.loads(text) if kind == "json" or kind.startswith("array_") else text
    except ValueError:
        return None
