"""Where workers err, and what they answer then: one rule for the emulator, the rehearsal and the benchmarks.

All of it follows from a seed, the worker and the item: whoever asks again gets the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hitl_assets.emulators.crowd.chance import chance, choose, normal, pick
from hitl_assets.emulators.crowd.workers import Worker

# The mean of a logistic function over normal log-odds: by how much their variance flattens it (Zeger, Liang and
# Albert, Models for longitudinal data, 1988).
FLATTENING = 16 * math.sqrt(3) / (15 * math.pi)


def is_right(worker: Worker, seed: int, item: str, answers: Sequence[Any], options: Sequence[Any] = ()) -> bool:
    """Whether a worker gets an item right.

    Args:
        worker: whoever answers. A spammer is never right on purpose.
        seed: of the crowd.
        item: its name.
        answers: what is right, in each output field.
        options: what can be answered in the first field; needed for classes that are harder than others.
    """
    if worker.spam is not None:
        return False
    drawn = chance(seed, *decider(worker, seed, item), item, "right")
    return drawn < probability(worker, seed, item, answers, options)


def probability(worker: Worker, seed: int, item: str, answers: Sequence[Any], options: Sequence[Any] = ()) -> float:
    """How likely a worker is right on this item, 0 to 1.

    The log-odds of the worker's accuracy less the item's difficulty (Rasch, Probabilistic models, 1960), less what the
    class adds for all and the worker's own leaning; so scaled that the mean over items stays the worker's accuracy.
    """
    accuracy, mistakes, leaning = worker.accuracy_for(answers), worker.mistakes, worker.group.leaning
    spread = math.hypot(mistakes.difficulty, leaning, mistakes.classes)
    if spread == 0 or not 0 < accuracy < 1:
        return accuracy
    odds = math.log(accuracy / (1 - accuracy)) * math.hypot(1, FLATTENING * spread)
    odds -= mistakes.difficulty * normal(seed, item, "difficulty")
    odds -= leaning * normal(seed, worker.number, *answers, "leaning")
    odds -= mistakes.classes * hardness(answers[0] if answers else None, options, seed)
    return 1 / (1 + math.exp(-odds))


def hardness(answer: Any, options: Sequence[Any], seed: int) -> float:
    """How hard a class is among the others: -1 the easiest, 1 the hardest, 0 if it is the only one or unknown."""
    names = sorted(map(str, options), key=lambda name: chance(seed, name, "hardness"))
    if len(names) < 2 or str(answer) not in names:
        return 0.0
    return 2 * names.index(str(answer)) / (len(names) - 1) - 1


def decider(worker: Worker, seed: int, item: str) -> tuple[object, ...]:
    """Who decides about this item: the worker, or the clique with all who err as this one does."""
    mistakes = worker.mistakes
    if chance(seed, worker.number, item, "together") >= mistakes.together:
        return (worker.number,)
    return ("clique", int(mistakes.cliques * chance(seed, worker.number, "clique")))


def other(worker: Worker, seed: int, options: Sequence[Any], right: Any, field: str, item: str) -> Any:
    """What a worker who is not right answers in a field."""
    if worker.spam is not None:
        return press(worker, seed, options, field, item)
    return mistake(worker, seed, options, right, field, item)


def press(worker: Worker, seed: int, options: Sequence[Any], field: str, item: str) -> Any:
    """What a spammer answers in a field."""
    if not options:
        return "ok"
    if worker.spam == "fast":
        return options[0]
    return pick(options, seed, worker.number, field, *([item] if worker.spam == "random" else []))


def mistake(worker: Worker, seed: int, options: Sequence[Any], right: Any, field: str, item: str) -> Any:
    """What a worker who errs answers in a field: something else than what is right."""
    wrong = [option for option in options if option != right and [option] != right]
    if not wrong:
        return options[0] if options else f"not {right}"
    who = decider(worker, seed, item)
    weights = worker.group.confusion.get(str(right), {})
    likely = {index: weights[str(option)] for index, option in enumerate(wrong) if str(option) in weights}
    if likely:
        return wrong[choose(likely, seed, *who, field, item)]
    lure = chance(seed, *who, field, item, "lure")
    if lure < worker.mistakes.twins:
        return twin(options, right)
    if lure < worker.mistakes.twins + worker.mistakes.decoys:
        return pick(wrong, seed, field, item, "decoy")
    return pick(wrong, seed, *who, field, item)


def twin(options: Sequence[Any], right: Any) -> Any:
    """What this answer is taken for: options come in pairs, and the last of an odd number is taken for the first."""
    at = next((index for index, option in enumerate(options) if right in (option, [option])), 0)
    other = at ^ 1
    return options[other] if other < len(options) else options[0]
