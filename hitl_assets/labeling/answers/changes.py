"""What changed among answers that were collected before: by the ids of assignments, and their revisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AnswerChanges:
    """The ids of the assignments that are new, that are not as they were, and that are there no more."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def compare_assignments(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> AnswerChanges:
    """What is not as it was. What vanished is found by its id: nothing else tells of it."""
    old, new = ({str(each["id"]): each.get("revision") for each in every} for every in (before, now))
    return AnswerChanges(
        added=tuple(id_ for id_ in new if id_ not in old),
        changed=tuple(id_ for id_, revision in new.items() if id_ in old and old[id_] != revision),
        gone=tuple(id_ for id_ in old if id_ not in new),
    )
