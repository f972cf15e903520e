"""The labels of a batch, with what earlier batches taught about its workers. No Dagster."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.audits import ORDINARY, Terms
from hitl_assets.labeling.decisions import Decided, decide_labels
from hitl_assets.labeling.files import name_of
from hitl_assets.labeling.knowledge import Records, add_records, read_records
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import Prediction, Task
from hitl_assets.services.pachyderm import Pachyderm


def decide(
    pachyderm: Pachyderm,
    project: Project,
    before: Collection[str],
    tasks: Sequence[Task],
    assignments: Sequence[Mapping[str, Any]],
    predictions: Mapping[str, Prediction],
    terms: Terms = ORDINARY,
) -> Decided:
    """The labels of a batch. `before`: the batches that were labeled before it; `predictions`: by item key; `terms`:
    what their audit is judged by.

    Raises:
        AggregationError: the project's method cannot handle these answers.
    """
    earlier = earlier_records(pachyderm, project, before)
    return decide_labels(project, tasks, read_answers(assignments), predictions, earlier, terms)


def earlier_records(pachyderm: Pachyderm, project: Project, before: Collection[str]) -> Records:
    """What these batches showed of the workers; nothing for a method that makes no use of it."""
    if not project.configuration.aggregation.has_priors or not before:
        return {}
    repo = f"{project.name}_aggregated_labels"
    head = pachyderm.head(repo)
    files = pachyderm.read_matching(repo, head, "/*/workers.csv") if head else {}
    return add_records(*(read_records(files[path]) for path in sorted(files) if name_of(path.split("/")[1]) in before))
