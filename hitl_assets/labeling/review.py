"""Manual review: which assignments are good enough to be paid, which are not, and which a person must look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hitl_assets.labeling.answers import golden_accuracy, read_answers
from hitl_assets.labeling.project import Review
from hitl_assets.labeling.records import Answer
from hitl_assets.labeling.tables import format_value

Decision = Literal["accept", "reject", "wait"]
DECIDED: Mapping[str, Decision] = {"ACCEPTED": "accept", "REJECTED": "reject"}


@dataclass(frozen=True)
class Verdict:
    """What becomes of one assignment, and what it is based on.

    `golden_right` of `golden_total` are the worker's answers to golden tasks of the whole pool; `agreement` is the
    share of the assignment's other answers that most of the other workers gave, too (None: nobody else answered).
    `decision` is `wait` as long as a person has to decide.
    """

    assignment_id: str
    worker_id: str
    golden_right: int
    golden_total: int
    agreement: float | None
    decision: Decision
    reason: str


def suggest(assignments: Sequence[Mapping[str, Any]], review: Review, label: str) -> tuple[Verdict, ...]:
    """A verdict for each assignment that was handed in; what is decided in Toloka already is as it is there."""
    golden = golden_by_worker(assignments, label)
    votes = votes_by_task(assignments, label)
    handed_in = [each for each in assignments if each["status"] in ("SUBMITTED", *DECIDED)]
    return tuple(judge(each, golden[str(each["user_id"])], votes, review, label) for each in handed_in)


def judge(
    assignment: Mapping[str, Any],
    golden: tuple[int, int],
    votes: Mapping[str, Counter[str]],
    review: Review,
    label: str,
) -> Verdict:
    """The verdict on one assignment."""
    agreement = agreement_with_others(read_answers([assignment]), votes, label)
    right, total = golden
    accuracy = right / total if total else None
    status = str(assignment["status"])
    decision, reason = DECIDED.get(status), f"{status} in Toloka"
    if decision is None:
        decision = decide(accuracy, agreement, review)
        reason = describe(accuracy, agreement, decision)
    return Verdict(assignment["id"], str(assignment["user_id"]), right, total, agreement, decision, reason)


def decide(accuracy: float | None, agreement: float | None, review: Review) -> Decision:
    """Accept what is good by every measure that there is, reject what is bad by every one, leave the rest to a person.

    Without any measure a person decides.
    """
    measures = [
        (value, good, bad)
        for value, good, bad in (
            (accuracy, review.accept.golden_accuracy, review.reject.golden_accuracy),
            (agreement, review.accept.agreement, review.reject.agreement),
        )
        if value is not None
    ]
    if measures and all(value >= good for value, good, _ in measures):
        return "accept"
    # On agreement alone nobody is rejected: the majority may be wrong.
    if accuracy is not None and all(value < bad for value, _, bad in measures):
        return "reject"
    return "wait"


def describe(accuracy: float | None, agreement: float | None, decision: Decision) -> str:
    """Why, in a sentence."""
    golden = "no golden tasks" if accuracy is None else f"{accuracy:.0%} of the golden tasks right"
    others = "nobody to compare with" if agreement is None else f"{agreement:.0%} as the others"
    return f"{golden}, {others}" + ("; a person decides" if decision == "wait" else "")


def settle(verdicts: Iterable[Verdict], decisions: Mapping[str, Decision], rest: Decision) -> tuple[Verdict, ...]:
    """The verdicts with what a person decided: about single assignments, and about all that still wait (`rest`).

    Raises:
        ValueError: a decision is about an assignment that is not there, or is decided otherwise.
    """
    verdicts = tuple(verdicts)
    final = {verdict.assignment_id: verdict.reason for verdict in verdicts if verdict.reason.endswith("in Toloka")}
    unknown = sorted(set(decisions) - {verdict.assignment_id for verdict in verdicts})
    if unknown:
        raise ValueError(f"there is no assignment {unknown[0]} to decide on in this batch")
    for verdict in verdicts:
        wanted = decisions.get(verdict.assignment_id, verdict.decision)
        # A rejected assignment may still be accepted; nothing else can be taken back.
        if verdict.assignment_id in final and (verdict.decision, wanted) == ("accept", "reject"):
            raise ValueError(f"assignment {verdict.assignment_id} is {final[verdict.assignment_id]}; it stays so")
    return tuple(decided(verdict, decisions, rest) for verdict in verdicts)


def decided(verdict: Verdict, decisions: Mapping[str, Decision], rest: Decision) -> Verdict:
    """One verdict with what a person decided."""
    wanted = decisions.get(verdict.assignment_id)
    if wanted is not None and wanted != verdict.decision:
        return replace(verdict, decision=wanted, reason=f"decided by a person ({verdict.reason})")
    if verdict.decision == "wait" and wanted is None and rest != "wait":
        return replace(verdict, decision=rest, reason=f"decided with the rest ({verdict.reason})")
    return verdict


def rejected_answers(assignments: Iterable[Mapping[str, Any]], rejected: Iterable[str]) -> Mapping[str, int]:
    """How many answers to each real task (by its id) were rejected: so many more are to be asked for."""
    ids = set(rejected)
    answers = read_answers(each for each in assignments if each["id"] in ids)
    return Counter(answer.task_id for answer in answers if not answer.is_golden)


def golden_by_worker(assignments: Iterable[Mapping[str, Any]], label: str) -> Mapping[str, tuple[int, int]]:
    """Right answers to golden tasks, and all, of each worker."""
    own: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for assignment in assignments:
        own[str(assignment["user_id"])].append(assignment)
    return {worker: golden_accuracy(each, label) for worker, each in own.items()}


def votes_by_task(assignments: Iterable[Mapping[str, Any]], label: str) -> Mapping[str, Counter[str]]:
    """The votes on each real task, by item key."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for answer in read_answers(assignments):
        if answer.status != "REJECTED" and not answer.is_golden and answer.values.get(label) is not None:
            votes[answer.item_key][format_value(answer.values[label])] += 1
    return votes


def agreement_with_others(answers: Iterable[Answer], votes: Mapping[str, Counter[str]], label: str) -> float | None:
    """The share of these answers (of one assignment) that most others gave; a tie counts as half."""
    shares: list[float] = []
    for answer in answers:
        given = answer.values.get(label)
        if answer.is_golden or given is None:
            continue
        others = votes[answer.item_key] - Counter({format_value(given): 1})
        if others:
            top = max(others.values())
            best = [name for name, count in others.items() if count == top]
            shares.append((format_value(given) in best) / len(best))
    return sum(shares) / len(shares) if shares else None
