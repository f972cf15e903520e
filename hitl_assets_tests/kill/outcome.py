"""What a loop ended with, counted at the services themselves and not by what Dagster remembers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import dagster as dg

from hitl_assets.events import key_of
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD, item_key
from hitl_assets.local.status.progress import FINISHED, failure_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

BALANCE = Decimal(1000)


@dataclass(frozen=True)
class Outcome:
    """Numbers for the table, and a sentence for everything that is not as it must be."""

    batches: int
    pools: int
    planned: int
    paid: int
    labels_lost: int
    problems: tuple[str, ...]


def look(
    instance: dg.DagsterInstance,
    project: Project,
    pachyderm: Pachyderm,
    toloka: Toloka,
    commits: Sequence[str],
    truth: Mapping[str, str],
) -> Outcome:
    """Count everything. `truth` has all items with their labels."""
    problems = [*ends(instance, commits), *open_commits(pachyderm)]
    paid, per_item, pools = 0, Counter[str](), 0
    problems += created_once(toloka)
    project_id = toloka.find_project(project_mark(project))
    for pool in toloka.reader.get_pools(project_id=project_id):
        pools += 1
        for assignment in toloka.assignments(pool.id):
            if assignment["status"] in ("ACTIVE", "SUBMITTED"):
                problems.append(f"Assignment {assignment['id']} is {assignment['status']}.")
            if assignment["status"] == "ACCEPTED":
                paid += 1
                per_item.update(task["input_values"][KEY_FIELD] for task in assignment["tasks"])
        twice = [key for key, count in toloka.task_identities(pool.id).items() if count > 1]
        problems += [f"Task {key} is {count} times in pool {pool.id}." for key, count in twice]
    keys = {item_key({name: text}): label for text, label in truth.items() for name in project.inputs}
    # In rounds, experts give all that may be given: no label is as sure as the project asks for.
    overlap = project.most_answers
    problems += [f"Item {key} has {per_item[key]} paid answers." for key in keys if per_item[key] != overlap]
    problems += spending(toloka, project, paid)
    lost, wrong = dataset(pachyderm, project, keys)
    planned = len(keys) // project.terms.mixer_config.real_tasks_count * overlap
    if pools != len(commits):
        problems.append(f"{pools} pools for {len(commits)} batches.")
    if paid != planned:
        problems.append(f"{paid} assignments were paid, {planned} planned.")
    return Outcome(len(commits), pools, planned, paid, lost, (*problems, *wrong))


def ends(instance: dg.DagsterInstance, commits: Sequence[str]) -> list[str]:
    """Runs that aren't over, and batches that were given up."""
    unfinished = [status for status in dg.DagsterRunStatus if status not in FINISHED]
    runs = instance.get_runs(dg.RunsFilter(statuses=unfinished))
    failures = {commit: failure_of(instance, commit) for commit in commits}
    return [
        *(f"Run {run.run_id} is {run.status.value}." for run in runs),
        *(f"Batch {commit} was given up: {failure}" for commit, failure in failures.items() if failure),
    ]


def open_commits(pachyderm: Pachyderm) -> list[str]:
    """Commits that nobody finished."""
    repos = [info.repo.name for info in pachyderm.client.list_repo()]
    infos = ((repo, info) for repo in repos for info in pachyderm.client.list_commit(repo, all=True))
    return [
        f"{repo}@{info.commit.id} is open: {info.description}" for repo, info in infos if not info.HasField("finished")
    ]


def created_once(toloka: Toloka) -> list[str]:
    """Whether there is one project and one training, and no other."""
    projects = list(toloka.reader.get_projects())
    trainings = [training for project in projects for training in toloka.reader.get_trainings(project_id=project.id)]
    counts = {"projects": len(projects), "trainings": len(trainings)}
    return [f"There are {count} {name}." for name, count in counts.items() if count != 1]


def spending(toloka: Toloka, project: Project, paid: int) -> list[str]:
    """Whether the account lost what these assignments cost, and nothing else."""
    cost = paid * project.terms.reward_per_assignment * (1 + project.configuration.budget.fee)
    spent = BALANCE - toloka.balance()
    return [] if spent == cost else [f"{spent} were spent, {paid} assignments cost {cost}."]


def dataset(pachyderm: Pachyderm, project: Project, keys: Mapping[str, str]) -> tuple[int, list[str]]:
    """How many labels are missing, and what else is wrong with the dataset."""
    asset = key_of(project, "concatenated_dataset")
    try:
        rows = read_directory(pachyderm, asset, asset.path[-1], StoredDataset).rows
    except ServiceError as error:
        return len(keys), [str(error)]
    counts = Counter(row.item_key for row in rows)
    labels = {row.item_key: row.label for row in rows}
    wrong = [f"Item {key} is {count} times in the dataset." for key, count in counts.items() if count > 1]
    wrong += [f"Item {key} is in the dataset and in no batch." for key in counts if key not in keys]
    wrong += [
        f"Item {key} is {labels[key]}, not {label}."
        for key, label in keys.items()
        if key in labels and labels[key] != label
    ]
    lost = len(keys.keys() - counts.keys())
    return lost, wrong + ([f"{lost} labels are lost."] if lost else [])
