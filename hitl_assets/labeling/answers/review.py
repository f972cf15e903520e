"""Manual review: which assignments are good enough to be paid, which are not, and which a person must look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hitl_assets.labeling.answers.answers import cell_in, golden_accuracy, read_answers
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.model.bounds import upper_bound
from hitl_assets.labeling.project.declaration import Review
from hitl_assets.labeling.records import Answer

Decision = Literal["accept", "reject", "wait"]
DECIDED: Mapping[str, Decision] = {"ACCEPTED": "accept", "REJECTED": "reject"}


# What is thought of a worker before any golden task: so often right, which is worth so many of them.
ACCURACY, WORTH = 0.8, 10


@dataclass(frozen=True)
class Vote:
    """A worker's answer to an item, and how many times more probable it makes this label than another one."""

    label: str
    odds: float


@dataclass(frozen=True)
class Verdict:
    """What becomes of one assignment, and what it is based on.

    `golden_right` of `golden_total` are the worker's answers to golden tasks of the whole pool; `agreement` is how
    probable the assignment's other answers are right on average, by what other workers answered (None: nobody did).
    `decision` is `wait` as long as a person has to decide.
    """

    assignment_id: str
    worker_id: str
    golden_right: int
    golden_total: int
    agreement: float | None
    decision: Decision
    reason: str


def suggest(assignments: Sequence[Mapping[str, Any]], review: Review, kind: Kind) -> tuple[Verdict, ...]:
    """A verdict for each assignment that was handed in; what is decided in Toloka already is as it is there."""
    golden = golden_by_worker(assignments, kind)
    votes = weigh_votes(votes_by_task(assignments, kind), golden)
    handed_in = [each for each in assignments if each["status"] in ("SUBMITTED", *DECIDED)]
    return tuple(judge(each, golden[str(each["user_id"])], votes, review, kind) for each in handed_in)


def judge(
    assignment: Mapping[str, Any],
    golden: tuple[int, int],
    votes: Mapping[str, Mapping[str, Vote]],
    review: Review,
    kind: Kind,
) -> Verdict:
    """The verdict on one assignment."""
    agreement = agreement_with_others(read_answers([assignment]), votes, kind)
    right, total = golden
    status = str(assignment["status"])
    decision, reason = DECIDED.get(status), f"{status} in Toloka"
    if decision is None:
        decision = decide(right, total, agreement, review)
        reason = describe(right, total, agreement, decision)
    return Verdict(assignment["id"], str(assignment["user_id"]), right, total, agreement, decision, reason)


def decide(right: int, total: int, agreement: float | None, review: Review) -> Decision:
    """Accept what is good by every measure that there is, reject what is bad by every one, leave the rest to a person.

    Good is a worker whose share of right golden tasks (`right` of `total`) reaches the mark. Bad is one whose true
    share is below it even at the upper end of its interval: one wrong answer to one golden task shows nothing. Without
    any measure a person decides.
    """
    is_good = [right / total >= review.accept.golden_accuracy] if total else []
    # On agreement alone nobody is rejected: the others may be wrong.
    is_bad = [upper_bound(right, total) < review.reject.golden_accuracy] if total else [False]
    if agreement is not None:
        is_good.append(agreement >= review.accept.agreement)
        is_bad.append(agreement < review.reject.agreement)
    if is_good and all(is_good):
        return "accept"
    return "reject" if all(is_bad) else "wait"


def describe(right: int, total: int, agreement: float | None, decision: Decision) -> str:
    """Why, in a sentence."""
    golden = f"{right} of {total} golden tasks right" if total else "no golden tasks"
    others = "nobody to compare with" if agreement is None else f"{agreement:.0%} probable by the others"
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


def golden_by_worker(assignments: Iterable[Mapping[str, Any]], kind: Kind) -> Mapping[str, tuple[int, int]]:
    """Right answers to golden tasks, and all, of each worker."""
    own: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for assignment in assignments:
        own[str(assignment["user_id"])].append(assignment)
    return {worker: golden_accuracy(each, kind) for worker, each in own.items()}


def votes_by_task(assignments: Iterable[Mapping[str, Any]], kind: Kind) -> Mapping[str, Mapping[str, str]]:
    """What each worker answered to each real task: by item key, then by worker."""
    votes: dict[str, dict[str, str]] = defaultdict(dict)
    for answer in read_answers(assignments):
        cell = None if answer.is_golden or answer.status == "REJECTED" else cell_in(answer, kind)
        if cell is not None:
            votes[answer.item_key][answer.worker_id] = cell
    return votes


def weigh_votes(
    votes: Mapping[str, Mapping[str, str]], golden: Mapping[str, tuple[int, int]]
) -> Mapping[str, Mapping[str, Vote]]:
    """The votes with how many times more probable each makes its label than one of the others.

    A worker is thought to be right in four of five, which is worth ten golden tasks, and what golden tasks show.
    """
    labels = max(2, len({name for own in votes.values() for name in own.values()}))
    weighed = {}
    for key, own in votes.items():
        weighed[key] = {worker: Vote(name, odds_of(*golden[worker], labels)) for worker, name in own.items()}
    return weighed


def odds_of(right: int, total: int, labels: int) -> float:
    """How many times more probable a worker's answer makes its label than another one."""
    accuracy = (right + ACCURACY * WORTH) / (total + WORTH)
    return accuracy * (labels - 1) / (1 - accuracy)


def agreement_with_others(
    answers: Iterable[Answer], votes: Mapping[str, Mapping[str, Vote]], kind: Kind
) -> float | None:
    """How probable these answers (of one assignment) are right, on average, by the votes of other workers."""
    found = []
    for answer in answers:
        given = None if answer.is_golden else cell_in(answer, kind)
        if given is None:
            continue
        others = [vote for worker, vote in votes.get(answer.item_key, {}).items() if worker != answer.worker_id]
        if others:
            found.append(probability_of(given, others, kind))
    return sum(found) / len(found) if found else None


def probability_of(name: str, votes: Sequence[Vote], kind: Kind) -> float:
    """How probable a label is by votes (naive Bayes), if it is one of theirs or this one. A vote speaks for each of
    them as far as it is like it."""
    odds = dict.fromkeys([name, *(vote.label for vote in votes)], 1.0)
    for label in odds:
        for vote in votes:
            odds[label] *= vote.odds ** kind.likeness(vote.label, label)
    # Nobody but this worker said it: there may be a label that nobody said, too.
    others = sum(odds.values()) + (1.0 if len(odds) == 1 else 0.0)
    return odds[name] / others
