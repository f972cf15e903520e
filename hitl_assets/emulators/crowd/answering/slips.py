"""What somebody who errs answers where there is nothing to choose from: something near what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hitl_assets.emulators.crowd.answering.drawing import misdraw, mismark
from hitl_assets.emulators.crowd.answering.pages import Asked
from hitl_assets.emulators.crowd.chance import chance, pick

MOST_SLIPS = 5


def slip(asked: Asked, right: Any, seed: int, *name: object) -> Iterator[Any]:
    """Wrong answers, in the order in which they are tried: a letter too few, a number beside it, an area missed."""
    if asked.kind == "regions":
        yield from misdraw(right, asked.traits, seed, *name)
    elif asked.kind == "spans":
        yield from mismark(right, asked.traits, seed, *name)
    elif asked.kind in ("text", "lines", "json", "number", "flags"):
        yield from _slips(right, seed, *name)


def _slips(right: Any, seed: int, *name: object) -> Iterator[Any]:
    if isinstance(right, str):
        wrong = (_mistype(right, seed, *name, number) for number in range(MOST_SLIPS))
        yield from (text for text in wrong if text and text != right)
    elif isinstance(right, Mapping) and right and all(isinstance(value, bool) for value in right.values()):
        yield from ({**right, flag: not right[flag]} for flag in _in_any_order(list(right), seed, *name))
    elif isinstance(right, list) and right:
        at = int(chance(seed, *name, "which") * len(right))
        yield from ([*right[:at], item, *right[at + 1 :]] for item in _slips(right[at], seed, *name))
    elif isinstance(right, int | float) and not isinstance(right, bool):
        yield from (right + step for step in _in_any_order([1, -1, 2, -2], seed, *name))


def _mistype(text: str, seed: int, *name: object) -> str:
    """A text with one mistake, where somebody who types makes them: a letter left out, doubled, or swapped."""
    at = int(chance(seed, *name, "place") * len(text))
    here, following = text[at : at + 1], text[at + 1 : at + 2]
    way = pick(("", here + here, following + here), seed, *name, "slip")
    # Two places are replaced only where two are swapped.
    rest = text[at + 2 :] if way == following + here else text[at + 1 :]
    return text[:at] + way + rest


def _in_any_order(items: list[Any], seed: int, *name: object) -> list[Any]:
    return sorted(items, key=lambda item: chance(seed, *name, item, "order"))
