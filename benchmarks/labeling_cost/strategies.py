"""Ways to get labels for the same headlines from the same crowds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchmarks.labeling_cost.crowd import Crowd
from benchmarks.labeling_cost.headlines import Headline, project_with, tasks_of, truth_of
from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.batch_calibration import calibrate_batch
from hitl_assets.labeling.aggregation.calibration import Trial
from hitl_assets.labeling.aggregation.knowledge import Records, add_records
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.classifier import TextClassifier, input_frame, out_of_fold
from hitl_assets.labeling.labels.decisions import Decided, decide_labels
from hitl_assets.labeling.model.audits import Terms
from hitl_assets.labeling.model.evaluation import Tried
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.model.routing import MODEL, Trust, judge_trust, route_items
from hitl_assets.labeling.pools.round_plans import Need, find_needs, plan_round
from hitl_assets.labeling.project.declaration import Aggregation, Project
from hitl_assets.labeling.records import Answer, Label, Prediction, Task

EXAMPLE_OVERLAP = 5
# From so many rows on the product trains a classifier.
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Outcome:
    """What a strategy has cost and brought: paid answers an item, the share of right labels, the share of labels by
    the model, and whether the audit sent them to people."""

    paid: float
    accuracy: float
    by_model: float = 0.0
    fell_back: bool = False


@dataclass(frozen=True)
class Taught:
    """A classifier that was trained on these labels, and how it did on those that it had not seen."""

    classifier: TextClassifier
    evidence: tuple[Evidence, ...]


def teach(headlines: Sequence[str], labels: Sequence[str], confidences: Sequence[float] = ()) -> Taught | None:
    """The shipped classifier, trained and cross-validated; None as long as there are too few rows or one label.

    `confidences` say how sure the labels are; without them, they are the truth.
    """
    if len(labels) < FEWEST_ROWS or min(labels.count(name) for name in {*labels}) == len(labels):
        return None
    frame = input_frame([{"headline": text} for text in headlines], ["headline"])
    unseen = out_of_fold(TextClassifier, frame, labels)
    sure = tuple(confidences) or (1.0,) * len(labels)
    tried = Tried(tuple(sorted(set(labels))), unseen, tuple(labels), sure)
    return Taught(TextClassifier().fit(frame, labels), tried.evidence())


def predict(taught: Taught, headlines: Sequence[Headline]) -> dict[str, Prediction]:
    """The prediction for each headline by its key."""
    frame = input_frame([{"headline": each.text} for each in headlines], ["headline"])
    rows = taught.classifier.predict_proba(frame)
    names = [str(taught.classifier.classes_[row.argmax()]) for row in rows]
    return {
        each.key: Prediction(each.key, name, float(row.max()), "model")
        for each, name, row in zip(headlines, names, rows, strict=True)
    }


def example(headlines: Sequence[Headline], crowd: Crowd) -> Outcome:
    """The public example's way: five answers to each, Dawid-Skene with 20 iterations."""
    truth, paid = truth_of(headlines), crowd.paid
    answers = crowd.answer(dict.fromkeys(truth, EXAMPLE_OVERLAP), truth, {})
    project = project_with()
    votes = counted(answers, project.kind)
    values = {each.key: {"headline": each.text} for each in headlines}
    labels = aggregate_answers(votes, values, project.kind, Aggregation(method="dawid_skene", iterations=20))
    return outcome(headlines, labels, crowd.paid - paid)


def outcome(headlines: Sequence[Headline], labels: Sequence[Label], paid: int) -> Outcome:
    """The share of right labels: an item without one is not right."""
    truth = truth_of(headlines)
    right = sum(label.label == truth[label.item_key] for label in labels)
    by_model = sum(label.source == MODEL for label in labels)
    return Outcome(paid / len(truth), right / len(truth), by_model / len(truth))


@dataclass
class Loop:
    """Batches of one project, as the pipeline labels them: what it knows of the workers, and of what confidence is
    worth (`trials` by batch), grows with each."""

    project: Project
    crowd: Crowd
    records: Records = field(default_factory=dict)
    trials: dict[str, Sequence[Trial]] = field(default_factory=dict)

    def label(self, headlines: Sequence[Headline], taught: Taught | None = None) -> tuple[Outcome, Decided]:
        """One batch: routed, asked about in rounds, audited, and given to people if the audit fails."""
        model, paid = self.project.configuration.model, self.crowd.paid
        predictions = predict(taught, headlines) if taught and model else {}
        every = list(predictions.values())
        trust = judge_trust(every, taught.evidence, model) if taught and model else Trust(None)
        how = (trust.threshold, model.audit, model.target_accuracy, trust.least) if model else ()
        tasks = tasks_of(headlines, route_items(every, *how) if how else {})
        first = [task.item_key for task in tasks if task.route != MODEL]
        decided = self.ask(tasks, first, truth_of(headlines), predictions, trust.terms)
        self.records = add_records(self.records, decided.records)
        found = outcome(
            headlines, [label for label in decided.labels.labels if not label.held_back], self.crowd.paid - paid
        )
        return Outcome(found.paid, found.accuracy, found.by_model, fell_back=decided.audit.has_failed), decided

    def ask(
        self,
        tasks: Sequence[Task],
        first: Sequence[str],
        truth: Mapping[str, str],
        predictions: Mapping[str, Prediction],
        terms: Terms,
    ) -> Decided:
        """Ask, and ask again until the labels are sure enough."""
        overlap = self.project.configuration.overlap
        assert overlap is not None
        answers: list[Answer] = []
        asked = set(first)
        wanted = dict.fromkeys(first, overlap.start)
        before: dict[str, set[str]] = {}
        while True:
            new = self.crowd.answer(wanted, truth, before)
            answers += new
            for each in new:
                before.setdefault(each.item_key, set()).add(each.worker_id)
            known = (self.project, tasks, answers, predictions, self.records)
            worth = calibrate_batch(*known, self.trials)
            decided = decide_labels(*known, worth.calibration, terms=terms)
            if decided.audit.has_failed and len(asked) < len(tasks):
                wanted = {task.item_key: overlap.start for task in tasks if task.item_key not in asked}
                asked |= set(wanted)
                continue
            plans = [
                self.plan(decided, group, {key: len(before[key]) for key in group}, tasks)
                for group in (set(first), asked - set(first))
            ]
            wanted = {key: count for plan in plans for key, count in plan.items()}
            if not wanted and terms.is_final:
                self.trials[str(len(self.trials))] = worth.trials
                return decided
            terms = terms if wanted else replace(terms, is_final=True)

    def plan(
        self, decided: Decided, items: Collection[str], given: Mapping[str, int], tasks: Sequence[Task]
    ) -> Mapping[str, int]:
        """How many more answers each of these items gets. Items that people label instead of a model have rounds of
        their own."""
        overlap = self.project.configuration.overlap
        assert overlap is not None
        ordered = first_to_last(items, tasks)
        disputed = {key: Need(1, 0.5) for key in ordered if key in decided.disputed}
        return plan_round(
            given, {**disputed, **find_needs(decided.labels.labels, ordered, overlap, self.project.kind)}, overlap
        )


def first_to_last(keys: Collection[str], tasks: Sequence[Task]) -> list[str]:
    """These items in the order of the batch."""
    return [task.item_key for task in tasks if task.item_key in keys]
