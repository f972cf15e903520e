"""Quality control as arithmetic: observations of a worker in, values out, and whether a rule holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hitl_assets.emulators.toloka.configuration import Rule
from hitl_assets.emulators.toloka.filters import compare

# A count, a rate in percent, or the name of something.
Value = float | str


@dataclass(frozen=True)
class Graded:
    """An answer to a task whose solution is known: how right it was, 0 to 1."""

    is_golden: bool
    correct: float


@dataclass(frozen=True)
class Vote:
    """An answer to a task that has all its answers: how many gave this one, and how many the commonest."""

    votes: int
    top_votes: int


def golden_values(window: Sequence[Graded]) -> dict[str, Value]:
    """GOLDEN_SET. Rates are percentages; there is no rate of nothing."""
    golden = [one.correct for one in window if one.is_golden]
    return {
        "total_answers_count": len(window),
        **_rates("", [one.correct for one in window]),
        "golden_set_answers_count": len(golden),
        **_rates("golden_set_", golden),
    }


def majority_values(window: Sequence[Vote], threshold: int) -> dict[str, Value]:
    """MAJORITY_VOTE. Tasks where no answer reaches the threshold count for nobody."""
    counted = [float(vote.votes >= threshold) for vote in window if vote.top_votes >= threshold]
    return {"total_answers_count": len(counted), **_rates("", counted)}


def submit_time_values(seconds: Sequence[float], threshold: float) -> dict[str, Value]:
    """ASSIGNMENT_SUBMIT_TIME over suites."""
    return {
        "total_submitted_count": len(seconds),
        "fast_submitted_count": sum(one < threshold for one in seconds),
    }


def skipped_values(latest_first: Sequence[str]) -> dict[str, Value]:
    """SKIPPED_IN_ROW_ASSIGNMENTS over the statuses of finished suites."""
    count = 0
    for status in latest_first:
        if status != "SKIPPED":
            break
        count += 1
    return {"skipped_in_row_count": count}


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


def captcha_values(solved: Sequence[bool]) -> dict[str, Value]:
    """CAPTCHA over the captchas that a worker met."""
    if not solved:
        return {"stored_results_count": 0}
    rate = 100 * sum(solved) / len(solved)
    return {"stored_results_count": len(solved), "success_rate": rate, "fail_rate": 100 - rate}


def training_values(suites: int, correct: Sequence[float], has_more: bool) -> dict[str, Value]:
    """TRAINING over a worker's first answers."""
    counts = {"submitted_assignments_count": suites, "total_answers_count": len(correct)}
    return {**counts, **_rates("", correct), "next_assignment_available": float(has_more)}


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


def _rates(prefix: str, correct: Sequence[float]) -> dict[str, Value]:
    if not correct:
        return {}
    rate = 100 * sum(correct) / len(correct)
    return {f"{prefix}correct_answers_rate": rate, f"{prefix}incorrect_answers_rate": 100 - rate}
