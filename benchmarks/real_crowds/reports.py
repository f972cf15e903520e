"""How right labels are and what that takes, as tables."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchmarks.real_crowds.accuracy import COUNTS, Result, accuracy_of, gain
from benchmarks.real_crowds.effort import Effort
from benchmarks.real_crowds.methods import MAJORITY, OWN
from benchmarks.real_crowds.tables import count_name, header, row


def select(results: Sequence[Result], method: str, answers: int, data: str | None = None) -> list[Result]:
    """The results of one method with so many answers, on one set or on all."""
    return [
        each
        for each in results
        if each.method == method and each.answers == answers and (data is None or each.data == data)
    ]


def names(results: Sequence[Result]) -> tuple[list[str], list[str]]:
    """The sets and the methods, as they came."""
    return list(dict.fromkeys(each.data for each in results)), list(dict.fromkeys(each.method for each in results))


def mean_table(results: Sequence[Result]) -> Iterator[str]:
    """Accuracy of each method, the mean of all sets; a method that failed on one has no mean."""
    sets, methods = names(results)
    yield from header("accuracy, %, mean of the sets; answers per item:", *map(count_name, COUNTS))
    for method in methods:
        found = [np.mean([accuracy_of(select(results, method, answers, data)) for data in sets]) for answers in COUNTS]
        yield row(method, *("-" if np.isnan(mean) else f"{mean:.1f}" for mean in found))


def set_table(results: Sequence[Result]) -> Iterator[str]:
    """Each set: ours, the majority, crowd-kit's best there; ours minus the majority with its standard error."""
    sets, methods = names(results)
    yield from header("set", "answers", "ours", "majority", "ours minus majority", "best of the others", "")
    for data in sets:
        for answers in COUNTS:
            found = {method: select(results, method, answers, data) for method in methods}
            points, error = gain(found[OWN], found[MAJORITY])
            others = {name: accuracy_of(each) for name, each in found.items() if name not in (OWN, MAJORITY) and each}
            best = max(others, key=lambda name: others[name])
            yield row(
                data,
                count_name(answers),
                f"{accuracy_of(found[OWN]):.1f}",
                f"{accuracy_of(found[MAJORITY]):.1f}",
                f"{points:+.1f} \u00b1 {error:.1f}",
                f"{others[best]:.1f} {best}",
                "**worse**" if points < -2 * error else "better" if points > 2 * error else "",
            )


def effort_table(efforts: Iterable[Effort]) -> Iterator[str]:
    """Seconds and megabytes side by side."""
    yield from header("answers", "labels", "method", "CPU, s", "memory, MB")
    for each in efforts:
        yield row(f"{each.answers:,}", each.classes, each.method, f"{each.seconds:.3f}", f"{each.megabytes:.0f}")
