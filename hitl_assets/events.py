"""What the events of an asset tell later: the pool of a batch, whether what was set up is up to date."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dagster as dg

from hitl_assets.labeling.pools.watched import PublishedBatch, Stop
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.steps.evaluation import GoldenAnswers

# Metadata of a `pools` materialization that the next steps read.
POOL_ID = "pool_id"
PROJECT_ID = "toloka_project_id"
CREATED = "pool_created"
SUITES = "suites"
ANSWERS = "answers_planned"
CAP = "cap"
# What the project's other pools left of the cap per project when this one was published.
ROOM = "left_for_this_pool"
# Metadata of an observation of `pools`: a round that began, with as many answers planned (ANSWERS) as it makes.
ROUND = "round"
ITEMS_ASKED = "items_asked"
# Metadata of a `rounds` materialization: why nobody was asked again although a label is not sure enough.
REFUSED = "refused"
# Metadata of `pools`: the pool's status when it was published. What is newer is the `status` of observations.
STATUS_THEN = "status_when_published"
# Metadata of an observation of `pools`: which opening of the pool (its time) we ended at the cap.
STOPPED = "stopped_at_cap"

# What is there before us, as external assets: the commits of the source repo, and what was labeled before.
SOURCE, LABELED_BEFORE = "source", "labeled_before"
DATASET = "concatenated_dataset"
# Which version of the classifier the next batch is predicted with, as an external asset: see assets/model.py.
APPROVED = "approved_classifier"

# Metadata of `concatenated_dataset` and `classifier` that tell when to train again.
ROWS_TO_LEARN, LABELS_TO_LEARN, BY_PEOPLE = "rows_to_learn_from", "labels_to_learn", "rows_labeled_by_people"
# How many materializations of a batch's pool a person may have reported in the UI, one after the other.
MOST_REPORTED = 20
# How many of the newest batches tell how well people do.
GOLDEN_BATCHES = 20

# What the UI calls the columns of an asset, and what they are made from.
SCHEMA, LINEAGE = "dagster/column_schema", "dagster/column_lineage"

CODE_VERSION_TAG = "dagster/code_version"

# Of a batch that a person left out.
DISMISSED = "dismissed"


@dataclass(frozen=True)
class BegunRound:
    """A round of a batch that `rounds` has opened its pool for, and how many answers the batch will have then."""

    batch: str
    number: int
    answers: int


def key_of(project: Project, name: str) -> dg.AssetKey:
    """The key of one of the project's assets."""
    return dg.AssetKey([project.name, name])


def setup_names(project: Project) -> list[str]:
    """The assets that are created once."""
    golden = ["golden_tasks"] if project.configuration.golden_tasks else []
    training = ["training_tasks"] if project.training is not None else []
    return [*golden, *training, *setup_parts(project)]


def setup_parts(project: Project) -> list[str]:
    """Those of them that are in the labeling service, in their order."""
    return [f"{project.service.name}_{part.name}" for part in project.parts]


def outdated_setup(instance: dg.DagsterInstance, project: Project) -> list[dg.AssetKey]:
    """All the assets that are created once if one of them is missing or of another configuration; else none."""
    keys = [key_of(project, name) for name in setup_names(project)]
    for key in keys:
        event = instance.get_latest_materialization_event(key)
        materialization = event.asset_materialization if event else None
        if materialization is None or (materialization.tags or {}).get(CODE_VERSION_TAG) != project.setup_hash[:16]:
            return keys
    return []


def published_batches(
    instance: dg.DagsterInstance, project: Project, after: int, limit: int
) -> tuple[list[PublishedBatch], int]:
    """The batches whose `pools` was materialized after the event with storage id `after`, oldest first; and the last
    event's id."""
    wanted = dg.AssetRecordsFilter(key_of(project, "pools"), after_storage_id=after)
    records = instance.fetch_materializations(wanted, limit=limit, ascending=True).records
    last = max([after, *(record.storage_id for record in records)])
    return [read_record(record) for record in records if is_ours(record)], last


def newest_published(instance: dg.DagsterInstance, project: Project) -> int:
    """The storage id of the newest materialization of `pools`; 0 if there is none."""
    records = instance.fetch_materializations(key_of(project, "pools"), limit=1).records
    return records[0].storage_id if records else 0


def published_batch(instance: dg.DagsterInstance, project: Project, batch: str) -> PublishedBatch | None:
    """The newest `pools` materialization of a batch."""
    wanted = dg.AssetRecordsFilter(key_of(project, "pools"), asset_partitions=[batch])
    records = instance.fetch_materializations(wanted, limit=MOST_REPORTED).records
    return next(map(read_record, filter(is_ours, records)), None)


def is_ours(record: dg.EventLogRecord) -> bool:
    """Whether a materialization of `pools` says which pool: one that a person reported in the UI says nothing."""
    materialization = record.asset_materialization
    return bool(materialization and materialization.partition and POOL_ID in materialization.metadata)


def begun_rounds(
    instance: dg.DagsterInstance, project: Project, after: int, limit: int
) -> tuple[list[BegunRound], int]:
    """The rounds that were opened after the event with storage id `after`, oldest first; and the last event's id."""
    wanted = dg.AssetRecordsFilter(key_of(project, "pools"), after_storage_id=after)
    records = instance.fetch_observations(wanted, limit=limit, ascending=True).records
    begun = []
    for record in records:
        observation = record.event_log_entry.asset_observation
        # Those of the sensor are here, too.
        if observation is not None and observation.partition is not None and ITEMS_ASKED in observation.metadata:
            number, answers = (int(str(observation.metadata[name].value)) for name in (ROUND, ANSWERS))
            begun.append(BegunRound(observation.partition, number, answers))
    return begun, max([after, *(record.storage_id for record in records)])


def last_stop(instance: dg.DagsterInstance, project: Project, batch: str) -> Stop | None:
    """Where the batch's pool was closed at its cap, if that is the last that was seen of it."""
    wanted = dg.AssetRecordsFilter(key_of(project, "pools"), asset_partitions=[batch])
    for record in instance.fetch_observations(wanted, limit=1).records:
        observation = record.event_log_entry.asset_observation
        metadata = {name: value.value for name, value in observation.metadata.items()} if observation else {}
        if metadata.get(STOPPED):
            return Stop(str(metadata[STOPPED]), Decimal(str(metadata[CAP])))
    return None


def golden_answers(instance: dg.DagsterInstance, project: Project) -> GoldenAnswers:
    """How people did on golden tasks in the newest batches."""
    records = instance.fetch_materializations(key_of(project, "raw_answers"), limit=GOLDEN_BATCHES).records
    right = total = 0
    for record in records:
        metadata = record.asset_materialization.metadata if record.asset_materialization else {}
        answers = metadata.get("golden_answers")
        accuracy = metadata.get("golden_accuracy")
        if answers is not None and accuracy is not None:
            total += int(str(answers.value))
            right += round(int(str(answers.value)) * float(str(accuracy.value)))
    return GoldenAnswers(right, total)


def read_record(record: dg.EventLogRecord) -> PublishedBatch:
    """What a `pools` materialization says."""
    materialization = record.asset_materialization
    if materialization is None or materialization.partition is None:
        raise ValueError(f"Event {record.storage_id} is no materialization of a batch.")
    metadata: dict[str, Any] = {name: value.value for name, value in materialization.metadata.items()}
    return PublishedBatch(
        batch=materialization.partition,
        pool_id=str(metadata.get(POOL_ID) or ""),
        toloka_project_id=str(metadata.get(PROJECT_ID) or ""),
        created=str(metadata.get(CREATED) or ""),
        answers=int(metadata.get(ANSWERS) or 0),
        storage_id=record.storage_id,
        cap=Decimal(str(metadata[CAP])) if CAP in metadata else None,
        room=Decimal(str(metadata[ROOM])) if ROOM in metadata else None,
        at=record.timestamp,
    )


def materialized_before(
    instance: dg.DagsterInstance, key: dg.AssetKey, partitions: dg.DynamicPartitionsDefinition, batch: str
) -> list[str]:
    """The batches before this one of which the asset was materialized, oldest first."""
    done = instance.get_materialized_partitions(key)
    names = partitions.get_partition_keys(dynamic_partitions_store=instance)
    return [name for name in names[: names.index(batch)] if name in done]
