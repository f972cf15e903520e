"""Quality control as arithmetic: what was counted of a worker in, values out, and whether a rule holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hitl_assets.emulators.toloka.admission.filters import compare
from hitl_assets.emulators.toloka.pools.configuration import Rule

# A count, a rate in percent, or the name of something.
Value = float | str


@dataclass(frozen=True)
class Tally:
    """Observations, and how many of them were right; an answer may be partly right."""

    total: int
    correct: float

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.total + other.total, self.correct + other.correct)

    def rates(self, prefix: str = "") -> dict[str, Value]:
        """Percentages; there is no rate of nothing."""
        if not self.total:
            return {}
        rate = 100 * self.correct / self.total
        return {f"{prefix}correct_answers_rate": rate, f"{prefix}incorrect_answers_rate": 100 - rate}


@dataclass(frozen=True)
class Vote:
    """An answer to a task that has all its answers: how many gave this one, and how many the commonest."""

    votes: int
    top_votes: int


def golden_values(golden: Tally, training: Tally) -> dict[str, Value]:
    """GOLDEN_SET over control and training tasks."""
    both = golden + training
    return {
        "total_answers_count": both.total,
        **both.rates(),
        "golden_set_answers_count": golden.total,
        **golden.rates("golden_set_"),
    }


def majority_values(counted: Tally) -> dict[str, Value]:
    """MAJORITY_VOTE. Tasks where no answer reaches the threshold are not among those counted."""
    return {"total_answers_count": counted.total, **counted.rates()}


def acceptance_values(accepted: int, rejected: int) -> dict[str, Value]:
    """ACCEPTANCE_RATE over reviewed suites."""
    total = accepted + rejected
    if not total:
        return {"total_assignments_count": 0}
    return {
        "total_assignments_count": total,
        "accepted_assignments_rate": 100 * accepted / total,
        "rejected_assignments_rate": 100 * rejected / total,
    }


def captcha_values(captchas: Tally) -> dict[str, Value]:
    """CAPTCHA over the captchas that a worker met."""
    if not captchas.total:
        return {"stored_results_count": 0}
    rate = 100 * captchas.correct / captchas.total
    return {"stored_results_count": captchas.total, "success_rate": rate, "fail_rate": 100 - rate}


def training_values(suites: int, answers: Tally, has_more: bool) -> dict[str, Value]:
    """TRAINING over a worker's first answers."""
    counts = {"submitted_assignments_count": suites, "total_answers_count": answers.total}
    return {**counts, **answers.rates(), "next_assignment_available": float(has_more)}


def suite_values(statuses: Sequence[str], event: str) -> dict[str, Value]:
    """ASSIGNMENTS_ASSESSMENT over the assignments of one suite, after an event."""
    return {
        "pending_assignments_count": statuses.count("SUBMITTED"),
        "accepted_assignments_count": statuses.count("ACCEPTED"),
        "rejected_assignments_count": statuses.count("REJECTED"),
        "assessment_event": event,
    }


def revocation_values(reason: str, skill_id: str | None) -> dict[str, Value]:
    """USERS_ASSESSMENT when a worker loses a pool; the skill is known if it was the reason."""
    values: dict[str, Value] = {"pool_access_revoked_reason": reason}
    return values if skill_id is None else {**values, "skill_id": skill_id}


def count_votes(answers: Sequence[str]) -> list[Vote]:
    """The votes that each of a task's answers got, in the order of the answers."""
    counts = Counter(answers)
    top = max(counts.values(), default=0)
    return [Vote(counts[answer], top) for answer in answers]


def holds(rule: Rule, values: Mapping[str, Value]) -> bool:
    """Whether all conditions of a rule hold. Numbers may come as strings, as the real service allows."""
    return all(
        condition.key in values
        and compare(_comparable(values[condition.key]), condition.operator, _comparable(condition.value))
        for condition in rule.conditions
    )


def _comparable(value: object) -> float | str:
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is a name
    except (TypeError, ValueError):
        return str(value)
