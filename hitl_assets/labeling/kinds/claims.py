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


def hold(claims: Sequence[Claim], true: Sequence[Any], pair_up: PairUp) -> list[bool]:
    """Which claims hold, where these marks are right: a mark that is there belongs to one of them, of its class."""
    order = sorted(range(len(claims)), key=lambda place: not claims[place].is_there)
    at = [place for place in order if claims[place].mark is not None]
    kept = [place for place in at if claims[place].is_there]
    taken = {kept[one]: other for one, other in pair_up([claims[place].mark for place in kept], true)}
    left = [place for place in range(len(true)) if place not in taken.values()]
    others = at[len(kept) :]
    lost = {others[one] for one, _ in pair_up([claims[place].mark for place in others], [true[each] for each in left])}
    found = []
    for place, claim in enumerate(claims):
        if claim.mark is None:
            found.append(len(taken) + len(lost) == len(true))
        elif claim.is_there:
            found.append(place in taken and true[taken[place]].name == claim.mark.name)
        else:
            found.append(place not in lost)
    return found
