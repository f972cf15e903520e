"""What a batch's labels are made from: the answers that count, and what is known of those who gave them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hitl_assets.labeling.aggregation.calibration import Trial
from hitl_assets.labeling.aggregation.knowledge import Knowledge, Records, add_records, golden_records
from hitl_assets.labeling.aggregation.trials import golden_trials
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Task

NO_RECORDS: Records = {}


@dataclass(frozen=True)
class Gathered:
    """A batch's answers: all, and the `votes` that become labels. `golden`: what golden tasks of this batch show of the
    workers; `knowledge`: that, what earlier batches showed, and the labels that there may be."""

    answers: Sequence[Answer]
    votes: Sequence[Answer]
    golden: Records
    knowledge: Knowledge


def gather(
    project: Project, tasks: Iterable[Task], answers: Iterable[Answer], earlier: Records = NO_RECORDS
) -> Gathered:
    """What there is. `earlier`: what earlier batches showed of the workers."""
    given = list(answers)
    kind, keys = project.kind, {task.item_key for task in tasks}
    golden = golden_records(given, kind)
    votes = [vote for vote in counted(given, kind) if vote.item_key in keys]
    return Gathered(given, votes, golden, Knowledge(add_records(golden, earlier), {}, kind.labels))


def try_method(project: Project, gathered: Gathered) -> list[Trial]:
    """The trials of the project's method on the batch's golden items.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    return golden_trials(
        gathered.answers,
        gathered.votes,
        project.kind,
        project.configuration.aggregation,
        gathered.knowledge,
    )
