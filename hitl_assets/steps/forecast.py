"""What accuracy a budget buys, by the batches that are labeled already: as they are stored in Pachyderm. No Dagster."""

from collections.abc import Iterator
from itertools import islice

from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.money.budget_curve import UNKNOWN, Curve, Truth, draw_curve, settled_truths
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer
from hitl_assets.labeling.storage.files import StoredAnswers, directory_of
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.collection import read_accounts

# Older batches had other workers.
MOST_BATCHES = 3


def earlier_curve(pachyderm: Pachyderm, project: Project, but: str = "") -> Curve:
    """What accuracy answers have bought in the newest batches that are labeled, without the batch `but`; no points
    where there is none, or too little is known of them."""
    answers: list[Answer] = []
    truths: dict[str, Truth] = {}
    try:
        for name in newest_batches(pachyderm, project, but):
            own, labels = read_batch(pachyderm, project, name)
            answers += own
            truths |= settled_truths(labels.labels)
    except UnreadableFileError:
        return UNKNOWN  # Whoever needs these files says what is wrong with them. A forecast stops nothing.
    return draw_curve(answers, truths, project) if answers else UNKNOWN


def newest_batches(pachyderm: Pachyderm, project: Project, but: str) -> Iterator[str]:
    """The batches whose pools ended last and that have labels, newest first."""
    accounts = read_accounts(pachyderm, project)
    ended = sorted(accounts, key=lambda batch: accounts[batch].ending.split(" ")[-1], reverse=True)
    repo = f"{project.name}_aggregated_labels"
    head = pachyderm.head(repo) if ended else None
    if head is None:
        return iter(())
    others = (batch for batch in ended if batch != but)
    return islice((name for name in others if pachyderm.directory_hash(repo, head, directory_of(name))), MOST_BATCHES)


def read_batch(pachyderm: Pachyderm, project: Project, batch: str) -> tuple[list[Answer], StoredLabels]:
    """What people answered in a batch, and its labels."""
    answers, labels = (
        pachyderm.read_directory(repo, str(pachyderm.head(repo)), directory_of(batch))
        for repo in (f"{project.name}_raw_answers", f"{project.name}_aggregated_labels")
    )
    stored = StoredAnswers.from_files(answers)
    return list(read_answers(stored.assignments)), StoredLabels.from_files(labels)
