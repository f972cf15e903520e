"""What was decided of each group of marks, to be compared with the marks that are right."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

# Which marks of two lists are about the same thing: their places in each list.
PairUp = Callable[[Sequence[Any], Sequence[Any]], Sequence[tuple[int, int]]]


class Claim(NamedTuple):
    """What was decided of a group of marks: which mark is there; or that nothing is, and where. No mark: nothing else
    is to be marked."""

    mark: Any
    is_there: bool


def hold(claims: Sequence[Claim], true: Sequence[Any], same: PairUp, near: PairUp) -> list[bool]:
    """Which claims hold, where these marks are right: a mark that is there is the `same` as one of them, of its class.

    A right mark that none is the same as makes one claim wrong: of those `near` it, or that nothing was overlooked.
    """
    found = [True] * len(claims)
    kept = [place for place, claim in enumerate(claims) if claim.is_there]
    taken = {kept[one]: other for one, other in same([claims[place].mark for place in kept], true)}
    for place in kept:
        found[place] = place in taken and true[taken[place]].name == claims[place].mark.name
    left = [mark for other, mark in enumerate(true) if other not in taken.values()]
    free = [place for place, claim in enumerate(claims) if claim.mark is not None and place not in taken]
    missed = near([claims[place].mark for place in free], left)
    for one, _ in missed:
        found[free[one]] = False
    for place, claim in enumerate(claims):
        if claim.mark is None:
            found[place] = len(missed) == len(left)
    return found
