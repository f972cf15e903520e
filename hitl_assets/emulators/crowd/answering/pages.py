"""A task's page as a worker has it: what it asks, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Path = tuple[str, ...]
# Where a mistake is that is in no control and no field.
WHOLE = ""


@dataclass(frozen=True)
class Asked:
    """A control of a page. `path` is where its answer goes in the output; empty: it is not handed in.

    `kind` is how people answer: `choice` of one option, `choices` of several, `flag`, `flags` (one for each option),
    `text`, `number`, `date`, `moment`, `email`, `phone`, `file`, `files`, `lines`, `regions`, `spans`, `rows` (how many
    a list has) or `json`. `traits` are limits, labels and what else matters to that kind.
    """

    name: str
    path: Path
    kind: str
    options: tuple[Any, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    """What is filled in already."""


@dataclass(frozen=True)
class Look:
    """A page with some controls filled in. `mistakes` say, by control or output field, why it cannot be handed in,
    `notes` what may be wrong with the page itself."""

    asked: Sequence[Asked]
    output: Mapping[str, Any]
    mistakes: Mapping[str, str]
    notes: Sequence[str] = ()


class Page(Protocol):
    """What a worker can do with one task."""

    def look(self, given: Mapping[str, Any]) -> Look:
        """The page with these answers, by control; None: left empty."""

    def fits(self, asked: Asked, value: Any) -> bool:
        """Whether a control can be given this answer, and its field can have it; how long a list is does not matter."""


class DeclaredPage:
    """The page of a project of which only the output fields are known: it takes any answer."""

    def __init__(self, output_spec: Mapping[str, Mapping[str, Any]]) -> None:
        self._asked = [Asked(name, (name,), kind_of(declared)) for name, declared in output_spec.items()]

    def look(self, given: Mapping[str, Any]) -> Look:
        """All fields at once."""
        return Look(self._asked, {name: value for name, value in given.items() if value is not None}, {})

    def fits(self, asked: Asked, value: Any) -> bool:
        """Any answer does."""
        return True


def kind_of(declared: Mapping[str, Any]) -> str:
    """How people answer in a field of which only the declaration is known."""
    kind = declared["type"]
    return {"json": "json", "file": "file", "array_file": "files"}.get(kind, "text")
