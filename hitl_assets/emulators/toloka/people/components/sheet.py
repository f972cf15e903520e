"""One task on its way to a worker and back: its data, the answers so far, the fields it has and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# What a helper makes of lists and references can be much larger than the configuration.
MOST_COMPONENTS = 5000

Path = tuple[str, ...]


class TooLargeError(Exception):
    """The interface has more components than a page should have."""


@dataclass(frozen=True)
class Scope:
    """Where a component stands: the values of a list that is being transformed, and the row of a `field.list`."""

    local: Mapping[str, Any] = field(default_factory=dict)
    row: Path = ()

    def of(self, **local: Any) -> Scope:
        """The same place, with local values."""
        return replace(self, local={**self.local, **local})


@dataclass(frozen=True)
class Bound:
    """A component of the configuration and its place. Data that only looks like a component is never one."""

    node: Mapping[str, Any]
    scope: Scope


@dataclass(frozen=True)
class Field:
    """A control on the page: where its value goes (`o` output, `i` internal), and how to read what was posted.

    Simulated workers need more: how to post a value (None: the control cannot have it), and what to choose from. `kind`
    and `traits` are those of the crowd's `Asked`.
    """

    store: str
    path: Path
    read: Callable[[list[str]], Any]
    write: Callable[[Any], list[str] | None] = lambda value: None
    kind: str = "json"
    options: tuple[Any, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    # Nobody can change what is disabled, and people cannot draw here.
    is_disabled: bool = False
    is_for_people: bool = True


@dataclass
class Sheet:
    """Filled while a task is rendered. `posted` is what came from the page, by control; None: nothing came yet."""

    config: Mapping[str, Any]
    position: int
    inputs: Mapping[str, Any]
    posted: Mapping[str, list[str]] = field(default_factory=dict)
    output: Mapping[str, Any] = field(default_factory=dict)
    internal: Mapping[str, Any] = field(default_factory=dict)
    # Whether to look for mistakes, and those that are known already: message by output field.
    is_checked: bool = False
    complaints: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    found: dict[tuple[str, Path], Any] = field(default_factory=dict)
    # Controls of what only actions set.
    settable: dict[str, Field] = field(default_factory=dict)
    mistakes: int = 0
    # What is wrong, by control.
    wrong: dict[str, str] = field(default_factory=dict)
    # What this emulator does not know, to be told.
    notes: list[str] = field(default_factory=list)
    # Whether the component that is being rendered looked at answers: it must be rendered again when they change.
    depends: bool = False
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    players: int = 0
    components: int = 0

    @property
    def seen(self) -> set[str]:
        """The controls that were on the page that posted."""
        return set(self.posted.get(f"{self.position}.seen", ()))

    def name(self, store: str, path: Path) -> str:
        """The control's name in the form."""
        return ".".join((str(self.position), store, *path))

    def count(self) -> None:
        """One more component. TooLargeError if it is one too many."""
        self.components += 1
        if self.components > MOST_COMPONENTS:
            raise TooLargeError

    def note(self, text: str) -> None:
        """Tell once."""
        if text not in self.notes:
            self.notes.append(text)

    def next_key(self) -> str | None:
        """The next digit for an option, if one is left."""
        free = next((key for key in "123456789" if key not in self.taken), None)
        if free is not None:
            self.taken.add(free)
        return free


def read_path(data: Any, path: Path) -> Any:
    """The value at a path, None if there is none."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


class _Branch(dict[str, Any]):
    """Made of path steps; an answer that is an object itself is a plain dict."""


def assemble(found: Mapping[tuple[str, Path], Any], store: str) -> dict[str, Any]:
    """The answers of one store as Toloka sends them: `("items", "0")` is the first of a list."""
    tree = _Branch()
    for (owner, path), value in found.items():
        if owner != store or value is None:
            continue
        place = tree
        for step in path[:-1]:
            inner = place.get(step)
            if not isinstance(inner, _Branch):
                inner = place[step] = _Branch()
            place = inner
        place[path[-1]] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, _Branch):
        return value
    items = {name: _listed(item) for name, item in value.items()}
    # Steps that are all numbers are the places of a list.
    if all(name.isdigit() for name in items):
        return [items[name] for name in sorted(items, key=int)]
    return items
