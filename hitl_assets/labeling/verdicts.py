"""What checks decide about a batch: a sentence with numbers that says what to do. Nothing is read here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.aggregation.aggregation import agreement
from hitl_assets.labeling.aggregation.batch_calibration import StoredCalibration, describe_calibration, supports
from hitl_assets.labeling.aggregation.calibration import TOLERANCE, calibrate, items_needed
from hitl_assets.labeling.answers.simulated import MADE_UP, sentence
from hitl_assets.labeling.answers.workers import Worker
from hitl_assets.labeling.items.items import (
    LEFT,
    REPEATED,
    SAME,
    WITHDRAWN,
    RawData,
    SourceFile,
    Specification,
    describe_rejected,
)
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.offers import find_refusal
from hitl_assets.labeling.project.thresholds import Checks
from hitl_assets.labeling.records import Item, KnownTask, Label, RejectedRow
from hitl_assets.labeling.values.identity import is_key_of
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.values.values import BadValueError, check_typed

# How many files a verdict names, and how many rows.
MOST_FILES, SHOWN = 10, 3
# On fewer answers, or labels, a share is chance.
ENOUGH_ANSWERS, ENOUGH_LABELS = 50, 30
# How sure it is that workers are worse than a limit when a batch stops: one side of a 90 % interval.
SURE = 0.95


@dataclass(frozen=True)
class Verdict:
    """What a check found. `stops`: what comes next in the same run must not happen."""

    passed: bool
    description: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = False


def judge_form(items: Sequence[Item], inputs: Specification, file_field: str | None = None) -> Verdict:
    """Whether items are what workers are to be shown: the fields that there are, values that these allow, and the
    identity that belongs to them. `file_field` has the place of a file, whose identity its values don't tell."""
    faults = ((item, find_fault(item, inputs, file_field)) for item in items)
    wrong = [(item, reason) for item, reason in faults if reason]
    numbers = {"items": len(items), "items_wrong": len(wrong)}
    if not wrong:
        return Verdict(
            True, f"{plural(len(items), 'item has', 'items have')} the fields that workers are shown.", numbers
        )
    first, reason = wrong[0]
    what = f"{len(wrong)} of {len(items)} items don't fit input_spec. The first: {first.file} row {first.row}: {reason}"
    return Verdict(False, f"{what}. Put input_spec right, or commit the rows anew.", numbers, stops=True)


def judge_files(raw_data: RawData, glob: str) -> Verdict:
    """Whether each file of a commit that looks like a table brought rows."""
    unread = raw_data.unread
    numbers = {"files": len(raw_data.files), "files_without_rows": len(unread)}
    if not raw_data.files:
        what = "This commit changed no file: one is read again only if it changed, or has another name."
        return Verdict(True, what, numbers)
    if not unread:
        return Verdict(
            True, f"{plural(len(raw_data.files), 'file was', 'files were')} looked at, none in vain.", numbers
        )
    said = [f"{each.file} {each.left_out or 'has a header and no rows'}" for each in unread]
    return Verdict(False, f"{'; '.join(said[:MOST_FILES])}. {advise_files(unread, glob)}", numbers)


def judge_rejected(rejected: Sequence[RejectedRow], place: str) -> Verdict:
    """Whether every row could be used. All that could not are in `place`."""
    numbers = {"rejected_rows": len(rejected)}
    if not rejected:
        return Verdict(True, "Every row could be used.", numbers)
    what = f"{plural(len(rejected), 'row was', 'rows were')} put aside, listed in {place}."
    wrong = [row for row in rejected if not row.reason.startswith((REPEATED, SAME, WITHDRAWN, LEFT))]
    if not wrong:
        return Verdict(False, f"{what} They repeat others, or were withdrawn: there is nothing to do.", numbers)
    first = "; ".join(line.removeprefix(":") for line in describe_rejected(wrong[:SHOWN], ""))
    way_on = "Correct them and commit them again; a file that is right as it is, under another name."
    return Verdict(False, f"{what} {way_on} The first: {first}", numbers)


def advise_files(unread: Iterable[SourceFile], glob: str) -> str:
    """What to do about files that brought nothing."""
    if not any(each.left_out for each in unread):
        return "Commit them with their rows."
    way_on = f"Commit what is to be labeled under a name that matches source.glob ({glob})."
    return f"{way_on} If you change that, commit it under another name all the same: what did not change is not read."


def find_fault(item: Item, inputs: Specification, file_field: str | None = None) -> str:
    """What is wrong with an item, or nothing."""
    surplus = sorted(set(item.values) - set(inputs))
    if surplus:
        return f"{surplus[0]} is no field"
    for name, spec in inputs.items():
        if name not in item.values:
            if spec.get("required", True):
                return f"{name} is missing"
            continue
        try:
            check_typed(item.values[name], spec)
        except BadValueError as error:
            return f"{name}: {error}"
    if file_field:
        return "" if read_place(item.values[file_field]) else f"{file_field} is no place of a file"
    return "" if is_key_of(item.item_key, item.values) else "item_key is not the digest of its values"


def judge_golden_tasks(golden: Sequence[KnownTask], project: Project) -> Verdict:
    """Whether a suite can be filled with golden tasks, and whether workers see others in the next one."""
    per_suite, wanted = project.terms.mixer_config.golden_tasks_count, project.configuration.checks.golden_tasks
    numbers = {"golden_tasks": len(golden), "golden_tasks_per_suite": per_suite}
    what = f"There are {len(golden)} golden tasks, a suite has {per_suite}."
    file = project.configuration.golden_tasks
    impossible = [task for task in golden if find_refusal(project.offers, task.answer[project.label])]
    if impossible:
        first = impossible[0]
        what = f"{len(impossible)} of {len(golden)} golden tasks have an answer that nobody can give in the interface. "
        what += f"The first: {dict(first.values)}; {find_refusal(project.offers, first.answer[project.label])}."
        return Verdict(False, f"{what} Honest people would be banned: correct {file}.", numbers, stops=True)
    if len(golden) < per_suite:
        return Verdict(False, f"{what} No suite can be made: write more into {file}.", numbers, stops=True)
    if per_suite and len(golden) < wanted:
        advice = f"Workers get to know them: write at least {wanted} into {file}, or lower checks.golden_tasks."
        return Verdict(False, f"{what} {advice}", numbers)
    return Verdict(True, what, numbers)


def judge_estimate(maximum: Decimal, cap: Decimal) -> Verdict:
    """Whether what a pool may cost is under the cap, as it is now."""
    numbers = {"estimate_maximum": float(maximum), "cap_per_batch": float(cap), "share_of_cap": float(maximum / cap)}
    what = f"The pool may cost {cents(maximum)}, the cap per batch is {cents(cap)}."
    if maximum <= cap:
        return Verdict(True, what, numbers)
    return Verdict(
        False, f"{what} It was made under a higher one: the pool is closed before it passes {cents(cap)}.", numbers
    )


def judge_golden_answers(right: int, total: int, checks: Checks) -> Verdict:
    """Whether workers were careful. Their answers don't become labels by themselves when fewer than
    `golden_accuracy_stop` are right, unless these are so few that careful people may have given them by chance: their
    90 % interval reaches up to `golden_accuracy`."""
    accuracy = right / total if total else 1.0
    most = upper_limit(right, total)
    numbers = {
        "golden_answers": total,
        "golden_accuracy": round(accuracy, 4),
        "golden_accuracy_at_most": round(most, 4),
    }
    what = f"{right} of {total} answers to golden tasks are right."
    if accuracy >= checks.golden_accuracy:
        return Verdict(True, what, numbers)
    what += " Look at the golden tasks that most workers got wrong, and at the instructions."
    enough = max(checks.golden_accuracy, checks.golden_accuracy_stop)
    if accuracy >= checks.golden_accuracy_stop or most >= enough:
        return Verdict(False, what, numbers)
    what += f" That is no chance: with 95 % certainty workers are right in fewer than {most:.0%} of the cases."
    way_on = "To make labels of these answers all the same, materialize aggregated_labels and concatenated_dataset."
    return Verdict(False, f"{what} {way_on}", numbers, stops=True)


def upper_limit(right: int, total: int) -> float:
    """The upper limit of the 90 % interval of a share (0 to 1) of which `right` of `total` were seen.

    Clopper, Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial. Biometrika 26
    (1934): a quantile of a beta distribution.
    """
    from scipy.special import betaincinv

    return 1.0 if right >= total else float(betaincinv(right + 1, total - right, SURE))


def judge_shares(workers: Sequence[Worker], checks: Checks) -> Verdict:
    """Whether one worker gave too many of the answers."""
    answers = sum(worker.answers for worker in workers)
    if not answers:
        return Verdict(True, "Nobody was asked.")
    most = max(workers, key=lambda worker: worker.share)
    numbers = {"largest_share": round(most.share, 4), "workers": len(workers)}
    what = f"Worker {most.worker_id:.80} gave {most.share:.0%} of {answers} answers."
    if most.share <= checks.worker_share or answers < ENOUGH_ANSWERS:
        return Verdict(True, what, numbers)
    advice = "A mistake of theirs is everywhere: let a rule of the pool limit the income, or raise the overlap."
    return Verdict(False, f"{what} {advice}", numbers)


def judge_truth(kind: str) -> Verdict:
    """Whether somebody knew what is right; `kind` is that of answers/simulated.py."""
    if kind != MADE_UP:
        return Verdict(True, sentence(kind) or "People gave all answers.")
    return Verdict(False, f"{sentence(kind)} Give `hitl dev` an --answer-key, or answer yourself on Toloka's page.")


def judge_agreement(labels: Sequence[Label], checks: Checks, kind: Kind) -> Verdict:
    """Whether people agree; labels without votes (of a model) say nothing about that."""
    voted = [label for label in labels if label.votes]
    if not voted:
        return Verdict(True, "No label has votes.")
    share = agreement(voted, kind)
    numbers = {"agreement": round(share, 4)}
    what = f"A label has {share:.0%} of its item's votes on average."
    if share >= checks.agreement:
        return Verdict(True, what, numbers)
    advice = "See the disputed items, and whether the instructions say what to do about them."
    return Verdict(False, f"{what} {advice}", numbers)


def judge_balance(batch: Counter[str], dataset: Counter[str], checks: Checks) -> Verdict:
    """Whether the labels of a batch are spread as those of the dataset so far: by the share that would have to be
    others (total variation distance)."""
    here, there = batch.total(), dataset.total()
    if min(here, there) < ENOUGH_LABELS:
        return Verdict(True, f"{plural(here, 'label')} and {plural(there, 'row')} are too few to compare.")
    shift = sum(abs(batch[name] / here - dataset[name] / there) for name in batch.keys() | dataset.keys()) / 2
    numbers = {"balance_shift": round(shift, 4)}
    what = f"{shift:.0%} of the labels would have to be others to be spread as in the dataset so far."
    if shift <= checks.balance_shift:
        return Verdict(True, what, numbers)
    advice = "Either the items are of another kind, or the answers are wrong: see some of each."
    return Verdict(False, f"{what} {advice}", numbers)


def judge_counts(items: Counter[str], tasks: Counter[str], ends: Counter[str]) -> Verdict:
    """Whether each item (by its key) became one task, and each task has a label or is listed without one (`ends`)."""
    numbers = {"items": items.total(), "tasks": tasks.total(), "labels_or_unlabeled": ends.total()}
    what = f"{plural(items.total(), 'item')}, {plural(tasks.total(), 'task')}, {ends.total()} with a label or without."
    if items == tasks == ends:
        return Verdict(True, what, numbers)
    step, lost = ("tasks", items - tasks) if items != tasks else ("aggregated_labels", tasks - ends)
    key = next(iter(lost or (tasks - items if items != tasks else ends - tasks)))
    advice = f"The first that does not match is item {key}: materialize {step} of this batch again."
    return Verdict(False, f"{what} {advice}", numbers, stops=True)


def judge_labels(planned: Sequence[str], labeled: Sequence[str]) -> Verdict:
    """Whether each task (by item key) has exactly one label."""
    missing = len(set(planned) - set(labeled))
    numbers = {"items": len(planned), "labels": len(labeled), "items_without_label": missing}
    what = f"{plural(len(labeled), 'label')} for {plural(len(planned), 'item')}."
    if missing:
        none = plural(missing, "item has", "items have")
        what += f" {none} none: see pool_ended_well, and unlabeled.csv beside the labels."
    return Verdict(sorted(planned) == sorted(labeled), what, numbers)


def judge_repeats(keys: Sequence[str], rows: int, before: int = 0) -> Verdict:
    """Whether no item is twice among the rows that batches brought. `before`: how many of these repeat one that was
    labeled before the first batch. Earlier versions asked about such items: that is told, and stops nothing."""
    twice = len(keys) - len(set(keys))
    what = (
        f"{plural(twice, 'row repeats', 'rows repeat')} an item of another batch."
        if twice
        else "No item is there twice."
    )
    if before:
        what = (
            f"{plural(twice, 'row repeats', 'rows repeat')} an item of another batch, {plural(before, 'row')} one "
            "that was labeled before the first batch. "
            "Take these out of what was labeled before, or live with both labels."
        )
    numbers = {"rows": rows, "items_twice": twice, "items_labeled_before": before}
    return Verdict(not twice and not before, what, numbers, stops=bool(twice))


def judge_dataset(keys: Iterable[str], wanted: Iterable[str]) -> Verdict:
    """Whether the dataset has a row for each label of a batch (by item key) and for nothing else."""
    has, due = Counter(keys), Counter(wanted)
    lost, surplus = (due - has).total(), (has - due).total()
    numbers = {"labels": due.total(), "rows": has.total(), "labels_lost": lost, "rows_without_label": surplus}
    what = f"{plural(due.total(), 'label')} of the batch, {plural(has.total(), 'row')}."
    if not lost and not surplus:
        return Verdict(True, what, numbers)
    return Verdict(
        False,
        f"{what} {plural(lost, 'label is', 'labels are')} lost, {plural(surplus, 'row has', 'rows have')} none: "
        "materialize concatenated_dataset.",
        numbers,
    )


def judge_evidence(found: StoredCalibration | None, target: float) -> Verdict:
    """Whether any label can be as sure as a project asks; else its items are asked about up to the maximum."""
    calibration = found.calibration if found else calibrate(())
    items, needed = sum(calibration.items.values()), items_needed(target)
    numbers = {"items": items, "items_needed": needed, "highest_lower_bound": round(calibration.highest_limit, 4)}
    what = describe_calibration(calibration, target)
    if supports(calibration, target):
        return Verdict(True, what, numbers)
    if calibration.highest_limit >= target - TOLERANCE:
        highest = calibration.highest_confidence
        return Verdict(
            False,
            f"{what} No label is surer than {highest:.4f}: lower overlap.confidence. Until then overlap.max is spent.",
            numbers,
        )
    more = (
        f"Write at least {plural(needed - items, 'golden task')} more"
        if items < needed
        else "The surest labels of golden tasks are wrong too often: look at these tasks and who answered, write more"
    )
    return Verdict(False, f"{what} {more}, or lower overlap.confidence. Until then overlap.max is spent.", numbers)
