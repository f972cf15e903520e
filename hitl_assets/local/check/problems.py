"""A problem of a project, as `hitl check` tells it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hitl_assets.labeling.documents import Mistake
from hitl_assets.local.rehearsal.runs import Finding

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """What is wrong, and what to change. An error keeps the project from working; with a warning it works.

    `kind` is a word for it; file, field and value are there if it is about one.
    """

    severity: Severity
    kind: str
    what: str
    change: str = ""
    file: str = ""
    field: str = ""
    value: Any = None


def from_mistake(mistake: Mistake) -> Problem:
    """A project that does not load."""
    return Problem("error", "configuration", mistake.text, "", mistake.file, mistake.field, mistake.value)


def from_findings(findings: Iterable[Finding]) -> Iterator[Problem]:
    """What a rehearsal tells without anybody working: all of it works, for better or worse."""
    for each in findings:
        yield Problem("warning", each.kind, each.what, each.change)
