"""Where lineage begins: the commits of the source repo, and the repo of what was labeled before, as external assets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from hitl_assets import reports
from hitl_assets.events import APPROVED, DATASET, LABELED_BEFORE, SOURCE, key_of
from hitl_assets.labeling.items.batch_names import DIGITS, title
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit
from hitl_assets.labeling.sections import Source
from hitl_assets.labeling.storage.files import directory_of
from hitl_assets.partitions import batches
from hitl_assets.services.pachyderm import Pachyderm

DATA_VERSION_TAG = "dagster/data_version"


def source_specs(project: Project) -> list[dg.AssetSpec]:
    """The external assets upstream of a project."""
    source, dataset = project.configuration.source, project.configuration.dataset
    commits = spec(
        project,
        SOURCE,
        source,
        "Where items are committed: each commit is a batch.\n\n"
        f"The commits of {source.repo}@{source.branch}. Whoever has items to label commits them here; a commit that is "
        "finished is taken up.",
    ).replace_attributes(partitions_def=batches(project))
    learned = [approved_spec(project)] if project.has_classifier else []
    if dataset is None:
        return [commits, *learned]
    before = f"What was labeled before the first batch.\n\nThe head of {dataset.repo}@{dataset.branch}."
    return [commits, spec(project, LABELED_BEFORE, dataset, before), *learned]


def spec(project: Project, name: str, source: Source, description: str) -> dg.AssetSpec:
    """One repo that others write."""
    return dg.AssetSpec(
        key_of(project, name),
        deps=datasets_in(project, source.repo),
        description=description,
        group_name=project.name,
        owners=project.configuration.owners,
        kinds={"pachyderm", "csv"},
        tags=tags_of(project, "source"),
        metadata={**place(source), **reports.columns_of(project, name)},
    )


def datasets_in(project: Project, repo: str) -> list[dg.AssetKey]:
    """The dataset of another project, if that is what a repo holds: lineage goes on from there."""
    owner = repo.removesuffix(f"_{DATASET}")
    return [dg.AssetKey([owner, DATASET])] if owner not in (repo, project.name) else []


def approved_spec(project: Project) -> dg.AssetSpec:
    """The classifier that is in use."""
    return dg.AssetSpec(
        key_of(project, APPROVED),
        description="The classifier that is in use.\n\nThe version that the evaluation approved: the next batch is "
        "predicted with it.",
        group_name=project.name,
        owners=project.configuration.owners,
        kinds={"pachyderm", "scikitlearn"},
        tags=tags_of(project, "learn"),
        metadata={"repo": f"{project.name}_classifier"},
    )


def tags_of(project: Project, stage: str) -> Mapping[str, str]:
    """By what assets can be searched for: `tag:"hitl/stage"="publish"` finds what costs money, for example."""
    return {"hitl/project": project.name, "hitl/stage": stage}


def place(source: Source) -> Mapping[str, str]:
    """Where a repo's data is."""
    return {"repo": source.repo, "branch": source.branch, "glob": source.glob}


@dataclass(frozen=True)
class Found:
    """What a look at the repos has found: the first new commits, the head of what was labeled before (empty: nothing
    there), where, and which of the commits are batches by their whole ids."""

    commits: Sequence[Commit]
    before: str
    address: str
    by_id: frozenset[str] = frozenset()


def look_at_sources(pachyderm: Pachyderm, project: Project, after: str | None, most: int) -> Found:
    """The commits after the one with this id, `most` of them, and the head of what was labeled before: two requests,
    and two more if there are new commits."""
    source, dataset = project.configuration.source, project.configuration.dataset
    commits = pachyderm.commits_since(source.repo, source.branch, after)[:most]
    before = pachyderm.head(dataset.repo, dataset.branch) if dataset else None
    return Found(commits, before or "", pachyderm.address, find_by_id(pachyderm, project, commits))


def find_by_id(pachyderm: Pachyderm, project: Project, commits: Sequence[Commit]) -> frozenset[str]:
    """Those of these commits that were taken in under their whole ids, by a version before 0.2. Whoever has lost
    Dagster's storage goes on with them as they are called in Pachyderm and Toloka."""
    repo = f"{project.name}_raw_data"
    head = pachyderm.head(repo) if commits else None
    if head is None:
        return frozenset()
    file = "item_keys.txt"
    there = pachyderm.list_files(repo, head, f"/{{{','.join(each.id for each in commits)}}}/{file}")
    return frozenset(each.id for each in commits if f"{directory_of(each.id)}/{file}" in there)


def is_only(pachyderm: Pachyderm, commit: Commit) -> bool:
    """Whether no other commit of its repo has the same name as a batch."""
    second = commit.started.replace(microsecond=0)
    return len(pachyderm.commits_in(commit.repo, second, commit.id[:DIGITS])) <= 1


def source_events(
    project: Project, found: Found, taken: Mapping[str, Commit], before: str | None
) -> list[dg.AssetMaterialization]:
    """An event for each commit that becomes a batch (`taken`: by batch), and one if what was labeled before is not what
    it was."""
    changed = [head_before(project, found.before, found.address)] if found.before not in ("", before) else []
    return [*(arrival(project, *each, found.address) for each in taken.items()), *changed]


def arrival(project: Project, batch: str, commit: Commit, address: str) -> dg.AssetMaterialization:
    """A new commit in the source repo. A commit never changes, so its id is its data version."""
    return dg.AssetMaterialization(
        key_of(project, SOURCE),
        partition=batch,
        metadata={
            "batch": title(batch, committed=commit.started),
            "commit": str(commit),
            "committed": dg.MetadataValue.timestamp(commit.started),
            "commit_description": reports.cell(commit.description),
            "address": address,
        },
        tags={DATA_VERSION_TAG: commit.id},
    )


def head_before(project: Project, commit: str, address: str) -> dg.AssetMaterialization:
    """The head of what was labeled before."""
    # Not an observation: whether something is stale is told by those of observable assets only.
    return dg.AssetMaterialization(
        key_of(project, LABELED_BEFORE),
        metadata={"commit": commit, "address": address},
        tags={DATA_VERSION_TAG: commit},
    )
