"""Was nothing lost on the way to the labels and the dataset, do people agree, are labels spread as before?"""

from collections import Counter
from collections.abc import Mapping

import dagster as dg

from hitl_assets.checks.verdicts import ask
from hitl_assets.events import key_of
from hitl_assets.io_managers import read_directory, read_earlier
from hitl_assets.labeling.labels.concatenation import count_labeled_before, row_of
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.labels.withdrawal import part
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredRawData, StoredTasks
from hitl_assets.labeling.verdicts import (
    Verdict,
    judge_agreement,
    judge_balance,
    judge_counts,
    judge_dataset,
    judge_evidence,
    judge_labels,
    judge_repeats,
)
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.intake.changes import find_withdrawn, labeled_before

LABELED, COUNTS, AGREE, BALANCE = (
    "every_item_has_a_label",
    "no_item_is_lost",
    "people_agree",
    "labels_are_spread_as_before",
)
EVIDENCE = "confidence_has_evidence"
ONCE, COMPLETE = "no_item_twice", "every_label_is_in_the_dataset"


def label_checks(project: Project) -> dg.AssetChecksDefinition:
    """Questions about the labels of a batch."""
    checks = project.configuration.checks
    questions = {
        LABELED: "Each item of the batch has exactly one label.",
        COUNTS: "Each item of the raw data is one task, and has a label or is listed without one.",
        AGREE: f"Labels have at least {checks.agreement:.0%} of the votes.",
        BALANCE: f"At most {checks.balance_shift:.0%} of the labels would have to be others to be spread as before.",
    }
    overlap = project.configuration.overlap
    if overlap:
        questions[EVIDENCE] = f"Golden tasks show that labels can be as sure as {overlap.confidence}."

    def judge(pachyderm: Pachyderm, batch: str) -> Mapping[str, Verdict]:
        labels = read_directory(pachyderm, key_of(project, "aggregated_labels"), batch, StoredLabels)
        tasks = read_directory(pachyderm, key_of(project, "tasks"), batch, StoredTasks)
        raw = read_directory(pachyderm, key_of(project, "raw_data"), batch, StoredRawData)
        earlier = read_earlier(pachyderm, key_of(project, "concatenated_dataset"), StoredDataset)
        planned, labeled = [task.item_key for task in tasks.tasks], [label.item_key for label in labels.labels]
        unlabeled = [item.item_key for item in labels.unlabeled]
        so_far = earlier.rows if earlier else labeled_before(pachyderm, project).rows
        kind = project.kind
        others = kind.count(kind.cell(row.label) for row in so_far if row.batch != batch)
        return {
            LABELED: judge_labels(planned, labeled),
            COUNTS: judge_counts(
                Counter(item.item_key for item in raw.raw_data.items), Counter(planned), Counter([*labeled, *unlabeled])
            ),
            AGREE: judge_agreement(labels.labels, checks, kind),
            BALANCE: judge_balance(kind.count(label.label for label in labels.labels), others, checks),
            **({EVIDENCE: judge_evidence(labels.calibration, overlap.confidence)} if overlap else {}),
        }

    return ask(project, "aggregated_labels", questions, judge, blocking=[COUNTS])


def dataset_checks(project: Project) -> dg.AssetChecksDefinition:
    """Questions about the dataset. Whether other batches lost rows is told by its `rows_removed`."""
    asset, labeled = key_of(project, "concatenated_dataset"), key_of(project, "aggregated_labels")
    questions = {
        ONCE: "No item of the batches is in the dataset twice, nor was it labeled before them.",
        COMPLETE: "Each label of the batch is in the dataset, but for those that are held back or withdrawn.",
    }

    def judge(pachyderm: Pachyderm, batch: str) -> Mapping[str, Verdict]:
        rows = read_directory(pachyderm, asset, asset.path[-1], StoredDataset).rows
        labels = read_directory(pachyderm, labeled, batch, StoredLabels).labels
        has = [row.item_key for row in rows if row.batch == batch]
        withdrawal = find_withdrawn(pachyderm, project)
        every = [row_of(batch, label) for label in labels if not label.held_back]
        due = [row.item_key for row in part(every, withdrawal, project.identity).kept]
        return {
            ONCE: judge_repeats([row.item_key for row in rows if row.item_key], len(rows), count_labeled_before(rows)),
            COMPLETE: judge_dataset(has, due),
        }

    return ask(project, "concatenated_dataset", questions, judge, about="aggregated_labels")
