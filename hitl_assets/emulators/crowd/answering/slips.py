"""What somebody who errs answers where there is nothing to choose from: something near what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.crowd.answering.marking import mismark
from hitl_assets.emulators.crowd.answering.pages import Asked
from hitl_assets.emulators.crowd.chance import chance, pick

MOST_SLIPS = 5
# Of those who err about several options, how many forget one, and how many add one.
FORGOTTEN, ADDED = 0.6, 0.25
# From so many words on a text has mistakes in several: so many of its words are left out or mistyped, one at least.
SEVERAL_WORDS, LEFT_OUT, MISTYPED = 4, 0.15, 0.3
# Below this whole numbers are counted, above it they are read.
COUNTED = 20


def slip(asked: Asked, right: Any, seed: int, *name: object) -> Iterator[Any]:
    """Wrong answers, in the order in which they are tried: a letter too few, a number beside it, a piece missed."""
    if asked.kind == "spans":
        yield from mismark(right, asked.traits, seed, *name)
    elif asked.kind == "flags" and isinstance(right, Mapping):
        ticked = [flag for flag, is_ticked in right.items() if is_ticked]
        wrong = mistick(ticked, [*asked.options, *right], seed, *name)
        yield from ({**dict.fromkeys(right, False), **dict.fromkeys(flags, True)} for flags in wrong)
    elif asked.kind in ("text", "lines", "json", "number"):
        yield from _slips(right, seed, *name)


def mistick(right: Sequence[Any], options: Sequence[Any], seed: int, *name: object) -> Iterator[list[Any]]:
    """Sets of options with one mistake: most often one is forgotten, else one is added, or taken for another."""
    known = list(dict.fromkeys(options))
    others = _in_any_order([option for option in known if option not in right], seed, *name)
    mine = _in_any_order([option for option in known if option in right], seed, *name)
    forgotten = [[option for option in mine if option != lost] for lost in mine]
    added = [[*mine, more] for more in others]
    swapped = [[*rest, more] for rest, more in zip(forgotten, others, strict=False)]
    way = chance(seed, *name, "tick")
    first = forgotten if way < FORGOTTEN else added if way < FORGOTTEN + ADDED else swapped
    for wrong in [*first, *forgotten, *added, *swapped]:
        yield sorted(wrong, key=known.index)


def _slips(right: Any, seed: int, *name: object) -> Iterator[Any]:
    if isinstance(right, str):
        write = _miswrite if len(right.split()) >= SEVERAL_WORDS else _mistype
        wrong = (write(right, seed, *name, number) for number in range(MOST_SLIPS))
        yield from (text for text in wrong if text and text != right)
    elif isinstance(right, list) and right:
        at = int(chance(seed, *name, "which") * len(right))
        yield from ([*right[:at], item, *right[at + 1 :]] for item in _slips(right[at], seed, *name))
    elif isinstance(right, int | float) and not isinstance(right, bool):
        yield from _misread(right, seed, *name)


def _misread(right: float, seed: int, *name: object) -> Iterator[float]:
    """A number with one mistake: miscounted by one or two where that is all there is to it, else a digit that is left
    out, doubled, another one or swapped with the next, or the point in another place."""
    near = [right + step for step in _in_any_order([1, -1, 2, -2], seed, *name)]
    if isinstance(right, int) and abs(right) < COUNTED:
        yield from near
        return
    digits = f"{abs(right):.10f}".rstrip("0").rstrip(".")
    at = [place for place, each in enumerate(digits) if each.isdigit()]
    place = at[int(chance(seed, *name, "digit") * len(at))]
    here = digits[place]
    wrong = [digits[:place] + other + digits[place + 1 :] for other in ("", 2 * here, str((int(here) + 1) % 10))]
    swapped = [*digits[:place], *reversed(digits[place : place + 2]), *digits[place + 2 :]]
    wrong.append("".join(swapped) if digits[place + 1 : place + 2].isdigit() else "")
    found = [type(right)(each) for each in wrong if each and each != "."]
    moved = [] if isinstance(right, int) else [round(abs(right) * 10, 10), round(abs(right) / 10, 10)]
    for each in [*_in_any_order([*found, *moved], seed, *name), *near]:
        if each != abs(right):
            yield -each if right < 0 else each


def _miswrite(text: str, seed: int, *name: object) -> str:
    """A text of several words by somebody who does not look again: words are left out, others have typing mistakes."""
    words, out = text.split(" "), []
    sure = int(chance(seed, *name, "sure") * len(words))
    for place, word in enumerate(words):
        way = 0.0 if place == sure else chance(seed, *name, place, "word")
        if way < LEFT_OUT:
            continue
        out.append(_mistype(word, seed, *name, place) if word and way < LEFT_OUT + MISTYPED else word)
    return " ".join(out)


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
