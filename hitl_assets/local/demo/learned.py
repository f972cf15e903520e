"""The model's part of `hitl demo --model`: the wait for what a batch teaches, and what it was worth in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from rich.console import Console
from rich.table import Table

from hitl_assets.events import BY_PEOPLE, ROWS_TO_LEARN, key_of
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.model.routing import AUDIT, CROWD, MODEL
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.pools.pools import estimate_pool
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.demo.screen import agreement_with_key
from hitl_assets.local.state import State
from hitl_assets.local.status.progress import Batch, Stage, final_failure, metadata_of, newest_record
from hitl_assets.sensors.retraining import find_need

LABELED_BY = {MODEL: "the model", AUDIT: "people, to audit the model", CROWD: "people"}


@dataclass(frozen=True)
class Lesson:
    """What is learned from a dataset: the metadata of the classifier and of its evaluation, None before there are any;
    `missing` says why nothing is."""

    classifier: Mapping[str, Any] | None
    evaluation: Mapping[str, Any] | None
    missing: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it is known who labels the next batch."""
        return self.evaluation is not None or bool(self.missing)

    def stages(self) -> list[Stage]:
        """What is learned, and whether it is used."""
        return [
            Stage("learned", self.learned_text(), self.classifier is not None),
            Stage("approved", self.approved_text(), self.evaluation is not None),
        ]

    def learned_text(self) -> str:
        """From how many labels."""
        if self.classifier is None:
            return f"nothing. {self.missing}." if self.missing else "waiting for the retraining sensor"
        rows, by_people = self.classifier[ROWS_TO_LEARN], self.classifier[BY_PEOPLE]
        return f"from {rows} labels: {rows - by_people} from before, {by_people} by people"

    def approved_text(self) -> str:
        """How good it is on what it has not learned from, and what follows."""
        if self.evaluation is None:
            return ""
        found = self.evaluation
        used = "it may label" if found["is_approved"] else "that is not enough, people go on labeling everything"
        return f"right on {found['cross_validation_accuracy']:.1%} of them when they are kept from it; {used}"


def read_lesson(instance: dg.DagsterInstance, project: Project) -> Lesson:
    """What is learned from the newest dataset."""
    need = find_need(instance, project)  # before the events: what is asked for meanwhile is waited for
    dataset = newest_record(instance, key_of(project, "concatenated_dataset"))
    records = [newest_record(instance, key_of(project, name)) for name in ("classifier", "evaluation")]
    classifier, evaluation = (
        metadata_of(each) if each and dataset and each.storage_id > dataset.storage_id else None for each in records
    )
    return Lesson(classifier, evaluation, "" if need.mark or classifier else need.reason)


def training_failure(instance: dg.DagsterInstance, project: Project) -> str | None:
    """Why there will be no classifier, or None."""
    return final_failure(instance, dg.RunsFilter(job_name=f"{project.name}_train"))


def print_saved(
    console: Console, project: Project, batches: Sequence[Batch], rows: Sequence[LabeledRow], state: State
) -> None:
    """Print who labeled the batches that the model was asked about, how right that is, and what it saved."""
    asked = [batch for batch in batches if batch.by_model]
    names = {batch.name for batch in asked}
    of_them = [row for row in rows if row.batch in names]
    if not of_them:
        console.print("\nNothing proved enough of a model: people labeled everything.", highlight=False)
        return
    table = Table("With a model to ask", "items", "as in the answer key", "answers", show_edge=False, pad_edge=False)
    for source, who in LABELED_BY.items():
        own = [row for row in of_them if row.source == source]
        right, known = agreement_with_key(project, own, state)
        share = f"{right} of {known}: {right / known:.1%}" if known else ""
        table.add_row(who, str(len(own)), share, str(count_answers(own)))
    console.print("", table, "", highlight=False)
    for batch in asked:
        console.print(f"The audit says                {batch.audit}", highlight=False, soft_wrap=True)
    whole = [estimate_pool(batch.new_items, project) for batch in asked]
    planned, price = sum(each.answers for each in whole), sum(each.minimum for each in whole)
    spent = sum(batch.raw_answers["spent"] for batch in asked if batch.raw_answers)
    console.print(
        f"People alone                  {planned} answers, {cents(price)} USD at least\n"
        f"With the model                {count_answers(of_them)} answers, {cents(spent)} USD: "
        f"{1 - spent / float(price):.0%} less",
        highlight=False,
    )


def count_answers(rows: Sequence[LabeledRow]) -> int:
    """How many answers their labels stand on."""
    return sum(sum(row.votes.values()) for row in rows)
