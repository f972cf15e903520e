"""The tables, as Markdown."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from benchmarks.real_crowds.accuracy import COUNTS, Result, accuracy_of, gain
from benchmarks.real_crowds.crowds import ALL
from benchmarks.real_crowds.effort import Effort
from benchmarks.real_crowds.methods import MAJORITY, OWN

SURE = (0.9, 0.95, 0.99)
LEAST = 30


def row(*cells: object) -> str:
    """One line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def header(*cells: str) -> list[str]:
    """The head of a table."""
    return ["", row(*cells), row(*["---"] * len(cells))]


def count_name(answers: int) -> str:
    """How many answers an item has, in words for a table."""
    return "all" if answers == ALL else str(answers)


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


def reliability_table(results: Sequence[Result]) -> Iterator[str]:
    """Of labels that say so much, how many are right: medians of the sets that have enough of them."""
    sets, methods = names(results)
    yield from header("answers", "method", "over-sure, points", *(f"right of those >= {sure}, %" for sure in SURE))
    for answers in COUNTS:
        for method in methods:
            each = [reliability(select(results, method, answers, data)) for data in sets]
            if not all(np.isnan(one[0]) for one in each):
                over, *right = np.nanmedian(each, axis=0)
                kept = [f"{value:.1f} (kept on {kept_on(each, at)})" for at, value in enumerate(right)]
                yield row(count_name(answers), method, f"{over:+.1f}", *kept)


def reliability(results: Sequence[Result]) -> list[float]:
    """Mean confidence minus accuracy, and how many are right of those that are so sure; NaN where they are few."""
    if not results:
        return [np.nan] * (1 + len(SURE))
    right = pd.concat([each.right for each in results])
    confidence = pd.concat([each.confidence for each in results])
    sure = [right[confidence >= least] for least in SURE]
    shares = [100 * float(each.mean()) if len(each) >= LEAST * len(results) else np.nan for each in sure]
    return [100 * float((confidence - right).mean()), *shares]


def kept_on(found: Sequence[list[float]], at: int) -> str:
    """On how many of the sets as many are right as say so."""
    right = [each[1 + at] for each in found if not np.isnan(each[1 + at])]
    return f"{sum(value >= 100 * SURE[at] for value in right)} of {len(right)}"


def effort_table(efforts: Iterable[Effort]) -> Iterator[str]:
    """Seconds and megabytes side by side."""
    yield from header("answers", "labels", "method", "CPU, s", "memory, MB")
    for each in efforts:
        yield row(f"{each.answers:,}", each.classes, each.method, f"{each.seconds:.3f}", f"{each.megabytes:.0f}")
