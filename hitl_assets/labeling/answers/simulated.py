"""Answers that no person gave: an emulator says so with each assignment, and whether its people knew what is right.

Nothing depends on it but what is said: the loop is the same."""

from collections.abc import Iterable, Mapping
from typing import Any

# What an emulator's assignment has, and a real one has not.
FIELD = "simulated"
KNOWN, MADE_UP = "answer_key", "made_up"
SENTENCES: Mapping[str, str] = {
    KNOWN: "Simulated answers: an emulator's people gave them, who know the right answers of an answer key and err now "
    "and then.",
    MADE_UP: "Simulated answers, and the truth is made up: an emulator's people gave them without an answer key. The "
    "labels mean nothing.",
}


def kind_of(assignments: Iterable[Mapping[str, Any]]) -> str:
    """MADE_UP if an answer is of simulated people who didn't know what is right, KNOWN if of simulated people who did;
    empty if all are by people."""
    return worst(str(each.get(FIELD) or "") for each in assignments)


def worst(kinds: Iterable[str]) -> str:
    """The one that is to be told of several."""
    found = set(kinds)
    return next((kind for kind in (MADE_UP, KNOWN) if kind in found), "")


def sentence(kind: str) -> str:
    """What is to be told of it; empty if people answered."""
    return SENTENCES.get(kind, "")
