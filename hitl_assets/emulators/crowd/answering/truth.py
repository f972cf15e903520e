"""What the right answers are: from the task itself, from an answer key, or made up and then kept to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hitl_assets.emulators.crowd.answering.drawing import areas_of
from hitl_assets.emulators.crowd.answering.filling import Filled, fill
from hitl_assets.emulators.crowd.answering.inventing import declared_at, invent, is_list
from hitl_assets.emulators.crowd.answering.marking import as_marked
from hitl_assets.emulators.crowd.answering.pages import Asked, DeclaredPage, Page
from hitl_assets.emulators.crowd.suites import Questionnaire, Task

NAMES = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)
# So many different texts may be options, however seldom each is.
FEW = 10
# What people put together or draw is no option, and known answers are none either.
MADE_ANEW = ("flags", "regions", "spans", "rows", "file", "files")
INPUTS, OUTPUTS = ("INPUT:", ""), ("GOLDEN:", "OUTPUT:", "")


class AnswerKey:
    """Rows of a CSV with inputs and right outputs; columns are `name`, or `INPUT:name` and `GOLDEN:name`. What one file
    doesn't know, the next may."""

    def __init__(
        self, rows: Sequence[Mapping[str, str]] = (), next_key: AnswerKey | None = None, name: str = ""
    ) -> None:
        self._next = next_key
        self._hold(rows, name)

    def _hold(self, rows: Sequence[Mapping[str, str]], name: str) -> None:
        self._rows, self._name = rows, name
        self._columns = tuple(rows[0]) if rows else ()
        self._options: dict[tuple[object, ...], tuple[Any, ...]] = {}
        self._indexes: dict[tuple[str, ...], dict[tuple[str, ...], Mapping[str, str]]] = {}

    @classmethod
    def read(cls, *paths: Path) -> AnswerKey:
        """The key in some files; without a file, the key that knows nothing."""
        key = cls()
        for path in paths:
            key.add(str(path), path.read_text(encoding="utf-8-sig"))
        return key

    @property
    def names(self) -> list[str]:
        """The files."""
        return [*([self._name] if self._name else []), *(self._next.names if self._next else [])]

    def add(self, name: str, content: str) -> None:
        """Know one file more, or a file of that name as it is now."""
        if self._name in ("", name):
            self._hold(list(csv.DictReader(io.StringIO(content, newline=""), restval="")), name)
        else:
            self._next = self._next or AnswerKey()
            self._next.add(name, content)

    def look_up(self, questionnaire: Questionnaire, input_values: Mapping[str, Any]) -> dict[str, Any]:
        """The right outputs that the key has for an item."""
        known = self._look_up(questionnaire, input_values)
        return known if known or self._next is None else self._next.look_up(questionnaire, input_values)

    def _look_up(self, questionnaire: Questionnaire, input_values: Mapping[str, Any]) -> dict[str, Any]:
        columns = self._matching(questionnaire.input_spec, INPUTS)
        if not columns:
            return {}
        index = self._index(tuple(columns.values()))
        readings = product(*(_readings(input_values.get(name)) for name in columns))
        row = next((index[each] for each in readings if each in index), None)
        if row is None:
            return {}
        outputs = self._matching(questionnaire.output_spec, OUTPUTS)
        values = {name: _typed(row[column], questionnaire.output_spec[name]) for name, column in outputs.items()}
        return {name: value for name, value in values.items() if value is not None}

    def options(self, questionnaire: Questionnaire, name: str) -> tuple[Any, ...]:
        """The values that the key has for an output field, if they are some to choose from: texts that people write,
        each another one, are not."""
        kind = questionnaire.output_spec[name]["type"]
        place = (name, kind, tuple(questionnaire.input_spec))
        if place not in self._options:
            column = self._matching({name: None}, OUTPUTS).get(name)
            if not self._matching(questionnaire.input_spec, INPUTS):
                column = None
            texts = [] if column is None else [row[column] for row in self._rows]
            values = (_typed(text, {"type": kind}) for text in (sorted(set(texts)) if is_repeated(texts) else ()))
            self._options[place] = tuple(value for value in values if value is not None)
        following = self._next.options(questionnaire, name) if self._next is not None else ()
        return self._options[place] or following

    def _matching(self, names: Mapping[str, Any], prefixes: tuple[str, ...]) -> dict[str, str]:
        found = {name: [prefix + name for prefix in prefixes if prefix + name in self._columns] for name in names}
        return {name: columns[0] for name, columns in found.items() if columns}

    def _index(self, columns: tuple[str, ...]) -> dict[tuple[str, ...], Mapping[str, str]]:
        if columns not in self._indexes:
            self._indexes[columns] = {tuple(row[column] for column in columns): row for row in self._rows}
        return self._indexes[columns]


def _readings(value: Any) -> tuple[str, ...]:
    """As what a key may hold a value: as it is; an address as the path of a file, or as its name alone."""
    text = str(value)
    if not text.startswith(("http://", "https://")):
        return (text,)
    path = unquote(urlsplit(text).path)
    tails = [path[at:] for at, letter in enumerate(path) if letter == "/"]
    return (text, *tails, *(tail[1:] for tail in tails))


def is_repeated(texts: Sequence[str]) -> bool:
    """Whether values look like some to choose from: few, or most of them more than once."""
    different = len(set(texts))
    return different <= FEW or different <= len(texts) / 2


def options_of(questionnaire: Questionnaire, key: AnswerKey, name: str) -> tuple[Any, ...]:
    """The answers that a worker can choose from in an output field; empty if it is free text."""
    declared = questionnaire.output_spec[name]
    if declared.get("allowed_values"):
        return tuple(declared["allowed_values"])
    if declared["type"].endswith("boolean"):
        return (True, False)
    if declared["type"].endswith(("float", "number")):
        return ()
    seen = questionnaire.options.get(name, ())
    seen = seen if is_repeated([str(value) for value in seen]) else ()
    known = in_order((*seen, *key.options(questionnaire, name)))
    if known:
        return known
    if declared["type"].endswith("integer") and declared.get("max_value") is not None:
        low = int(declared.get("min_value") or 0)
        return tuple(range(low, int(declared["max_value"]) + 1))[:100]
    return ()


def in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """Each value once, by its text, as values may be objects."""
    known = {str(value): value for value in values}
    return tuple(known[text] for text in sorted(known))


def choices_of(questionnaire: Questionnaire, key: AnswerKey, page: Page, asked: Asked) -> tuple[Any, ...]:
    """The answers that a worker can choose from in a control; empty if they write what they like."""
    is_field = len(asked.path) == 1 and asked.path[0] in questionnaire.output_spec
    declared = questionnaire.output_spec[asked.path[0]] if is_field else {}
    if asked.options and not declared.get("allowed_values"):
        options = in_order(asked.options)
    elif is_field:
        options = options_of(questionnaire, key, asked.path[0])
    else:
        options = tuple(declared_at(questionnaire.output_spec, asked.path).get("allowed_values") or asked.options)
    if asked.kind in MADE_ANEW or not options:
        return ()
    wrapped = is_list(asked, declared)
    return tuple(option for option in options if page.fits(asked, [option] if wrapped else option))


def page_of(questionnaire: Questionnaire, task: Task) -> Page:
    """A task's page; where none is known, one that takes anything."""
    return task.page or DeclaredPage(questionnaire.output_spec)


def truth_of(questionnaire: Questionnaire, key: AnswerKey, seed: int, task: Task) -> dict[str, Any]:
    """The right answer to a task, as it can be handed in.

    Raises:
        UnanswerableError: no answer can be.
    """
    return find_truth(questionnaire, key, seed, task).output


def find_truth(questionnaire: Questionnaire, key: AnswerKey, seed: int, task: Task) -> Filled:
    """The page with the right answers: those that are known, and made up ones in all other controls."""
    page = page_of(questionnaire, task)
    known = known_of(questionnaire, key, task)

    def wishes(asked: Asked) -> Iterator[Any]:
        if asked.path and asked.path[0] in known:
            yield _known(known, asked)
        yield from invent_for(questionnaire, key, page, asked, seed, name_of(task))

    return fill(page, wishes)


def known_of(questionnaire: Questionnaire, key: AnswerKey, task: Task) -> dict[str, Any]:
    """What is known to be right, by output field: from the task itself, or from the key."""
    return dict(task.solution or key.look_up(questionnaire, task.input_values))


def is_known(questionnaire: Questionnaire, key: AnswerKey, task: Task) -> bool:
    """Whether somebody knows what is right of a task, in one field at least."""
    return bool(known_of(questionnaire, key, task))


def invent_for(
    questionnaire: Questionnaire, key: AnswerKey, page: Page, asked: Asked, seed: int, *item: object
) -> Iterator[Any]:
    """Answers that are made up for a control of a task."""
    options = choices_of(questionnaire, key, page, asked)
    declared = declared_at(questionnaire.output_spec, asked.path)
    if asked.default is not None and not options:
        # What somebody wrote or drew before is as good as anything.
        yield asked.default
    yield from invent(asked, declared, options, seed, place_of(asked), *item)


def place_of(asked: Asked) -> str:
    """A control's name, the same in all tasks."""
    return ".".join(asked.path) or asked.name


def name_of(task: Task) -> str:
    """A text that is the same for the same question."""
    return NAMES.encode(task.input_values)


def _known(known: Mapping[str, Any], asked: Asked) -> Any:
    """The part of a known answer that belongs into a control; None if that stays empty."""
    value: Any = known
    for step in asked.path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    if asked.kind == "regions":
        return areas_of(value)
    if asked.kind == "spans":
        return as_marked(value, str(asked.traits.get("content") or ""))
    return len(value) if asked.kind == "rows" and isinstance(value, list) else value


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
