"""One text out of several of the same: word by word what most votes speak for, along the text that is most like all.

After Fiscus, A post-processing system to yield reduced word error rates (ROVER), 1997; but texts are aligned with one
of theirs instead of one after the other, and votes weigh what their workers do.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

# Words stand where the chosen text has them unless others weigh more than it, by so much.
AHEAD = 1e-6
WORD = re.compile(r"\S+")


def put_together(texts: Sequence[str], weights: Sequence[float], chosen: int) -> str:
    """The text `chosen` (its place) with the words that the others, each by its weight, have instead."""
    words = WORD.findall(texts[chosen])
    instead: list[dict[str, float]] = [defaultdict(float) for _ in words]
    between: list[dict[str, float]] = [defaultdict(float) for _ in range(len(words) + 1)]
    for place, (other, weight) in enumerate(zip(texts, weights, strict=True)):
        own = weight + AHEAD if place == chosen else weight
        gone, added = align(words, WORD.findall(other))
        for at, word in enumerate(gone):
            instead[at][word] += own
        for at, added_here in enumerate(added):
            between[at][added_here] += own
    found = ""
    for votes, more, space in zip([*instead, {"": 1.0}], between, WORD.split(texts[chosen]), strict=True):
        for piece in (heaviest(more), heaviest(votes)):
            found += (space or " " if found else "") + piece if piece else ""
    return found


def heaviest(votes: Mapping[str, float]) -> str:
    """What most votes speak for."""
    return max(votes, key=lambda word: votes[word])


def align(words: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    """What other words have instead of each of these (nothing: they leave it out), and what they have in each gap
    between two of these, before the first and after the last."""
    from rapidfuzz.distance import Levenshtein

    instead, between = list(words), [""] * (len(words) + 1)
    for step in Levenshtein.opcodes(words, others):
        here, there = slice(step.src_start, step.src_end), slice(step.dest_start, step.dest_end)
        if step.tag == "insert":
            between[step.src_start] = " ".join(others[there])
        elif step.tag != "equal":
            lacking = (step.src_end - step.src_start) - (step.dest_end - step.dest_start)
            instead[here] = [*others[there], *[""] * lacking]
    return instead, between
