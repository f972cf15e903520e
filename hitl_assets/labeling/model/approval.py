"""May a classifier be used? Not if it is worse than the one before or than people, nor if too little is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_assets.labeling.classifier import FEWEST_ROWS
from hitl_assets.labeling.values.plurals import plural

# What chance explains this often, or more often, is no reason to stop a classifier.
SIGNIFICANT = 0.1
ENOUGH, BEFORE, PEOPLE = "enough_evidence", "not_worse_than_before", "not_worse_than_people"


@dataclass(frozen=True)
class Judgment:
    """One question about a classifier: its name (the asset check's), the answer, and why, with what to do."""

    name: str
    passed: bool
    description: str


def judge_evidence(rows: int) -> Judgment:
    """Is there enough to judge it by?"""
    if rows >= FEWEST_ROWS:
        return Judgment(ENOUGH, True, f"It was tried on {plural(rows, 'row')} that it has not learned from.")
    return Judgment(
        ENOUGH,
        False,
        f"It was tried on {plural(rows, 'row')} that it has not learned from; {FEWEST_ROWS} are needed. Add rows to "
        "the file of "
        "model.test, or wait for more labels. Until then people label everything.",
    )


def judge_before(new: Sequence[bool], old: Sequence[bool]) -> Judgment:
    """Is it no worse than the one before, on the same rows? Each says whether the row's prediction is right.

    A sign test on the rows where one of them is right and the other is wrong (one-sided).
    """
    from scipy.stats import binomtest

    lost = sum(before and not now for now, before in zip(new, old, strict=True))
    won = sum(now and not before for now, before in zip(new, old, strict=True))
    if not new:
        return Judgment(BEFORE, True, "There are no rows that the classifier before and this one can be compared on.")
    told = f"Of {plural(len(new), 'row')} that neither has learned from, it is right on {sum(new)}, "
    told += f"the one before on {sum(old)}"
    if lost == 0 or binomtest(lost, lost + won, 0.5, alternative="greater").pvalue > SIGNIFICANT:
        return Judgment(BEFORE, True, f"{told}.")
    return Judgment(
        BEFORE,
        False,
        f"{told}: too few for chance. The one before stays in use. Look at the labels that came since (a batch with "
        "careless workers, changed instructions?), correct them, and train again.",
    )


def judge_people(probabilities: Sequence[float], is_right: Sequence[bool], right: int, total: int) -> Judgment:
    """Is it no worse than one worker, at least where it is surest?

    It labels only what it is sure of, so it is compared on the surer half of its rows with the answers to golden tasks,
    of which `right` of `total` are right. Fisher's exact test (one-sided).
    """
    from scipy.stats import fisher_exact

    ranked = [each for _, each in sorted(zip(probabilities, is_right, strict=True), reverse=True)]
    surest = ranked[: (len(ranked) + 1) // 2]
    if not surest or not total:
        return Judgment(PEOPLE, True, "Nobody has answered a golden task yet: there is nothing to compare it with.")
    table = [[sum(surest), len(surest) - sum(surest)], [right, total - right]]
    told = (
        f"Where it is surest it is right on {sum(surest)} of {len(surest)} rows; people are on {right} of {total} "
        "golden tasks"
    )
    if fisher_exact(table, alternative="less")[1] > SIGNIFICANT:
        return Judgment(PEOPLE, True, f"{told}.")
    return Judgment(
        PEOPLE,
        False,
        f"{told}: too few for chance. People label everything, or the classifier before stays in use. Give it more "
        "labels to learn from, or name a class in model.classifier that suits the data.",
    )
