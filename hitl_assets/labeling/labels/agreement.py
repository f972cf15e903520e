"""How far those who answered the same item agree beyond chance. crowd-kit has it, too: to import that takes longer than
all of Dagster, and every batch would wait for it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, combinations

Distance = Callable[[str, str], float]


def krippendorff_alpha(items: Iterable[Sequence[str]], distance: Distance | None = None) -> float | None:
    """Krippendorff's alpha, from the labels that each item was given and from how far apart two labels are (0: the
    same, 1: nothing in common; without it they are equal or not): 1 for perfect agreement, 0 for chance; None without
    two labels of one item.

    Each ordered pair of labels of one item counts 1 / (labels of the item - 1): Krippendorff, Computing Krippendorff's
    Alpha-Reliability, 2011. If all say the same everywhere there is nothing to agree about by chance, and the formula
    has no value: it is 1.
    """
    shared = [labels for labels in items if len(labels) > 1]
    counts, every = [Counter(labels) for labels in shared], Counter(chain.from_iterable(shared))
    total = every.total()
    if not total:
        return None
    by_chance = unlikeness(every, distance)
    observed = sum(unlikeness(each, distance) / (each.total() - 1) for each in counts)
    return 1 - (total - 1) * observed / by_chance if by_chance else 1.0


def unlikeness(counts: Counter[str], distance: Distance | None) -> float:
    """The distances of all ordered pairs of these labels, added up."""
    if distance is None:  # Texts that people write freely may all be different: no pair is looked at.
        return counts.total() ** 2 - sum(count**2 for count in counts.values())
    return 2 * sum(n * m * distance(one, other) for (one, n), (other, m) in combinations(counts.items(), 2))
