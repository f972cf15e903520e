"""Audits: how surely they find a bad model, in one batch and over several, and what they cost."""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.model_evidence import earlier
from hitl_assets.labeling.model.audits import Terms, audit_size, judge_audit
from hitl_assets.labeling.model.evidence import AUDITED, Evidence, reconsider
from hitl_assets.labeling.project.automation import Audit

TARGETS = (0.95, 0.99)
BATCHES = (100, 200, 400, 1000)
ACCURACIES = (0.51, 0.6, 0.7, 0.8, 0.9)
IN_A_ROW = 10


def fails_before(size: int, accuracy: float, target: float, chance: np.random.Generator) -> bool:
    """Whether an audit of 0.1.0 failed."""
    return earlier.audit_fails(list(chance.random(size) < accuracy), target)


def fails_at(size: int, accuracy: float, target: float, chance: np.random.Generator, batches: int = 1) -> int:
    """At which of so many batches of one version an audit fails; one more if none does."""
    known: list[Evidence] = []
    for number in range(1, batches + 1):
        found = [reconsider(0.99, bool(each < accuracy), 1.0, AUDITED) for each in chance.random(size)]
        if judge_audit(found, target, Terms(tuple(known))).has_failed:
            return number
        known += found
    return batches + 1


def one_batch(seeds: int) -> Iterator[tuple[str, ...]]:
    """How often the audit of one batch fails, before and now."""
    chance = np.random.default_rng(1)
    for target in TARGETS:
        for batch in BATCHES:
            sizes = earlier.audit_size(batch), audit_size(batch, Audit(), target)
            cells = []
            for accuracy in (*ACCURACIES, target):
                before = np.mean([fails_before(sizes[0], accuracy, target, chance) for _ in range(seeds)])
                now = np.mean([fails_at(sizes[1], accuracy, target, chance) == 1 for _ in range(seeds)])
                cells.append(f"{before:.0%}, {now:.0%}")
            yield (str(target), str(batch), f"{sizes[0]}, {sizes[1]} ({sizes[1] / batch:.0%})", *cells)


def many_batches(seeds: int) -> Iterator[tuple[str, ...]]:
    """How often a bad model is found within so many batches of one version, and a good one is stopped."""
    chance = np.random.default_rng(2)
    for target in TARGETS:
        for batch in BATCHES[1:]:
            size = audit_size(batch, Audit(), target)
            cells = []
            for accuracy in slowly(target):
                found = [fails_at(size, accuracy, target, chance, IN_A_ROW) for _ in range(seeds)]
                cells.append(", ".join(f"{np.mean([each <= last for each in found]):.0%}" for last in (1, 3, IN_A_ROW)))
            yield (str(target), str(batch), str(size), *cells)


def slowly(target: float) -> Sequence[float]:
    """Models that are just right, and wrong twice, three and five times as often as allowed."""
    return [1 - (1 - target) * times for times in (1, 2, 3, 5)]
