"""YAML, JSON and text of a project's folder, read as plain JSON values. Complaints name file and place."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

# A project is a page or two. More than this is aliases that multiply each other, or a mistake.
MOST_VALUES, DEEPEST = 100_000, 50
# Toloka's whole numbers have 64 bits.
LARGEST = 2**63
TIMESTAMP = "tag:yaml.org,2002:timestamp"
# What PyYAML lets through when a scalar does not fit its tag, as in `!!int x` or `!!bool x`.
UNFIT = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Mistake:
    """Something in a project that is wrong: where, and of which field with which value if it is about one.

    `text` is a sentence that names field and value as well.
    """

    file: str
    text: str
    field: str = ""
    value: Any = None

    def __str__(self) -> str:
        return f"{self.file}: {self.text}" if self.file else self.text


class ConfigurationError(ValueError):
    """A project that cannot be loaded. The message names file, field, value and what is allowed."""

    def __init__(self, message: str, mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(message)
        self.mistakes = tuple(mistakes) or (Mistake("", message),)


def refuse(mistakes: Sequence[Mistake]) -> None:
    """Complain of all of them at once; of none, nothing happens."""
    if mistakes:
        raise ConfigurationError("\n".join(map(str, mistakes)), mistakes)


@contextmanager
def noted(mistakes: list[Mistake]) -> Iterator[None]:
    """Go on after a mistake, which is added to the list: there may be more of them."""
    try:
        yield
    except ConfigurationError as error:
        mistakes += error.mistakes


class PlainLoader(yaml.SafeLoader):
    """YAML without what JSON lacks: dates stay text, and no name may be there twice (PyYAML takes the last one)."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own attribute, which it reads from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node."""
        try:
            return super().construct_object(node, deep)
        except UNFIT as error:
            problem = f"a value that does not fit its tag {node.tag}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """The value of a mapping node, whose names must differ."""
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for name, _ in node.value:
                if not isinstance(name, yaml.ScalarNode):
                    continue  # PyYAML refuses it, or it is of no use as a name.
                if name.value in seen and name.value != "<<":
                    problem = f"the name {name.value!r:.80} a second time in one section"
                    raise yaml.constructor.ConstructorError(None, None, problem, name.start_mark)
                seen.add(name.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """The one YAML document of a file. No tag runs anything."""
    text = read_text(path)
    try:
        return yaml.load(text, PlainLoader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not YAML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path} is nested too deep. A project has a handful of levels.") from error


def read_json(path: Path) -> Any:
    """The JSON of a file; money stays exact."""
    text = read_text(path)
    try:
        value = json.loads(text, parse_float=Decimal, object_pairs_hook=unique)
    except ValueError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path} is nested too deep. At most {DEEPEST} levels are.") from error
    check_plain(value, path)
    return value


def unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names differ."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the name {name!r:.80} is there twice in one object")
        members[name] = value
    return members


def read_text(path: Path) -> str:
    """A UTF-8 file, without a byte order mark."""
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 (byte {error.start}).") from error


def read_bytes(path: Path) -> bytes:
    """The content of a file."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} does not exist.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a NUL in the name
        raise ConfigurationError(f"{str(path)!r} cannot be read: {error}.") from error


def check_plain(value: Any, path: Path) -> None:
    """Refuse what cannot be sent on as JSON, and what is so much that it must be a mistake.

    Aliases count as often as they stand for something, so that a small file cannot become a large project.
    """
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    count = 0
    while waiting:
        place, each = waiting.pop()
        count += 1
        if count > MOST_VALUES or len(place) > DEEPEST:
            raise ConfigurationError(
                f"{path}: more than {MOST_VALUES} values or {DEEPEST} levels, at {'.'.join(place[:10])}. "
                "Do the aliases repeat each other?"
            )
        if isinstance(each, dict):
            check_names(each, place, path)
            waiting += [((*place, name), inner) for name, inner in each.items()]
        elif isinstance(each, list):
            waiting += [((*place, str(number)), inner) for number, inner in enumerate(each)]
        elif (problem := find_problem(each)) is not None:
            raise ConfigurationError(f"{path}: field {'.'.join(place)} = {each!r:.80} {problem}.")


def check_names(section: Iterable[Any], place: Iterable[str], path: Path) -> None:
    """Refuse names in a section that are no text."""
    for name in section:
        if not isinstance(name, str) or not is_writable(name):
            where = ".".join(place) or "the whole"
            raise ConfigurationError(f"{path}: in {where} the name {name!r:.80} is no plain text. Put it in quotes.")


def find_problem(value: Any) -> str | None:
    """Why JSON, or Toloka, cannot take a single value; None when they can."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if is_writable(value) else "holds half a character, or a NUL"
    if isinstance(value, int):
        return None if abs(value) < LARGEST else "has more than 64 bits"
    if isinstance(value, float | Decimal):
        return None if math.isfinite(float(value)) else "is no finite number"
    kind = type(value).__name__
    return f"is of the type {kind}, which JSON lacks. Write text (in quotes), numbers, true, false, lists, sections"


def is_writable(text: str) -> bool:
    """Whether a text can be sent and stored: no NUL, no half characters."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
