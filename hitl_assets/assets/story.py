"""THE STORY, top to bottom, in the order of the data: from a commit of raw data to one labeled dataset.

An asset says what happens; how is in labeling/, and with whom in steps/ and services/.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.assets.comparison import comparison_asset
from hitl_assets.assets.compilation import assess_batch, calibrate_batch, compile_dataset, label_batch, labels_of
from hitl_assets.assets.inputs import (
    answered_inputs,
    golden_input,
    inputs,
    predicted,
    reopened,
    served_by,
    with_people,
)
from hitl_assets.assets.model import prediction_assets, prefilled, routes_of, training_assets
from hitl_assets.assets.setup import known_assets, service_assets
from hitl_assets.assets.sources import tags_of
from hitl_assets.attempts import ATTEMPT_TAG, is_given_up
from hitl_assets.events import (
    DISMISSED,
    LABELED_BEFORE,
    SOURCE,
    key_of,
    last_stop,
    materialized_before,
    published_batch,
    setup_parts,
)
from hitl_assets.failures import RETRY_POLICY, explained
from hitl_assets.io_managers import read_earlier
from hitl_assets.labeling.aggregation.batch_calibration import StoredCalibration
from hitl_assets.labeling.answers.answers import find_unreadable
from hitl_assets.labeling.answers.changes import compare_assignments
from hitl_assets.labeling.items.addresses import with_addresses
from hitl_assets.labeling.items.items import describe_rejected
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.labels.quality import StoredQuality
from hitl_assets.labeling.pools.rounds import count_rounds
from hitl_assets.labeling.pools.tasks import asked_of_people, compose_tasks
from hitl_assets.labeling.pools.unsure import find_instead, find_unsure
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import digest
from hitl_assets.labeling.storage.files import (
    StoredAnswers,
    StoredKnownTasks,
    StoredPool,
    StoredRawData,
    StoredReview,
    StoredRounds,
    StoredTasks,
)
from hitl_assets.locks import alone
from hitl_assets.partitions import batches, later_batches
from hitl_assets.resources import PachydermResource, labeler
from hitl_assets.run_config import AggregationConfig, IntakeConfig, PoolConfig, ReviewConfig
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Batch, PoolOpenError
from hitl_assets.steps.addressing import find_writer, with_links
from hitl_assets.steps.collection import read_accounts
from hitl_assets.steps.forecast import earlier_curve
from hitl_assets.steps.intake.changes import dismiss, take_in
from hitl_assets.steps.intake.familiar import freed, known_elsewhere
from hitl_assets.steps.intake.unpublished import check_owner

Context = dg.AssetExecutionContext
Asset = Any  # dg.asset with the project's defaults: mypy cannot follow the decorator through partial()


def labeling_assets(project: Project) -> list[dg.AssetsDefinition]:
    """The assets of one labeling project, keyed `[project, name]`."""
    asset = partial(
        dg.asset,
        key_prefix=project.name,
        group_name=project.name,
        owners=project.configuration.owners,
        io_manager_key="pachyderm_io_manager",
        retry_policy=RETRY_POLICY,
        pool=project.name,  # One run of a project at a time: what was looked up before a purchase must stay true.
    )
    once = partial(asset, code_version=project.setup_hash[:16], tags=tags_of(project, "setup"))
    per_batch = partial(asset, partitions_def=batches(project))
    publishing = partial(per_batch, tags=tags_of(project, "publish"))
    collecting = partial(per_batch, tags=tags_of(project, "collect"))
    labeling = partial(per_batch, tags=tags_of(project, "label"))
    return [
        *known_assets(project, once),
        *service_assets(project, once),
        *publishing_assets(project, publishing),
        *collecting_assets(project, collecting),
        *reviewing_assets(project, collecting),
        calibration_asset(project, partial(labeling, code_version=labeling_version(project))),
        *asking_assets(project, collecting),
        labels_asset(project, partial(labeling, code_version=labeling_version(project))),
        quality_asset(project, labeling),
        dataset_asset(project, partial(asset, tags=tags_of(project, "label"))),
        comparison_asset(project, partial(asset, tags=tags_of(project, "label"))),
        *training_assets(project, partial(asset, tags=tags_of(project, "learn"))),
    ]


def labeling_version(project: Project) -> str:
    """Changes when the same answers would become other labels: those made before are stale then.

    Raw data and pools have no such version: a batch that was published keeps what it was published with.
    """
    decisive = [project.configuration.aggregation.model_dump(), project.kind.version, project.minimum_overlap]
    return digest(decisive)[:16]


def publishing_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """From a commit to people: run when a commit is there."""

    @asset(
        kinds={"pachyderm"},
        deps=[key_of(project, SOURCE)],
        metadata=reports.columns_of(project, "raw_data"),
        required_resource_keys=with_people(project),
    )
    def raw_data(context: Context, config: IntakeConfig) -> StoredRawData:
        """The new items of a commit; bad rows are put aside."""
        given_up = partial(is_given_up, context.instance, batches(project))
        before = materialized_before(context.instance, context.asset_key, batches(project), context.partition_key)
        with explained(context.run.run_id, context.instance):
            client, batch = context.resources.pachyderm.client(), context.partition_key
            gone = partial(freed, client, labeler(context, project).client(), project, before, given_up)
            if config.dismiss:
                found = dismiss(client, project, batch)
            else:
                found = take_in(client, project, batch, given_up, before, known_elsewhere(client, project), gone)
        for line in describe_rejected(found.rejected[: reports.ROWS], str(found.commit)):
            context.log.warning(f"Skipped {line}")
        context.add_output_metadata({**reports.raw_data(found, batch), **({DISMISSED: True} if config.dismiss else {})})
        return StoredRawData(found)

    @asset(
        kinds={"pachyderm"},
        ins=inputs(project, "raw_data"),
        deps=predicted(project),
        metadata=reports.columns_of(project, "tasks"),
    )
    def tasks(context: Context, pachyderm: PachydermResource, raw_data: StoredRawData) -> StoredTasks:
        """What is asked about each item, and who answers."""
        with explained(context.run.run_id, context.instance):
            routes = routes_of(pachyderm.client(), project, context.partition_key)
        composed = compose_tasks(raw_data.raw_data.items, routes)
        context.add_output_metadata(reports.tasks(composed))
        return StoredTasks(composed)

    @asset(
        kinds={project.service.name, "pachyderm"},
        description=reports.POOLS[project.traits.is_paid].format(project.service.title),
        ins={**inputs(project, "tasks"), **golden_input(project)},
        deps=[key_of(project, name) for name in setup_parts(project)[-1:]],
        required_resource_keys=with_people(project),
    )
    def pools(context: Context, config: PoolConfig, tasks: StoredTasks, **known: StoredKnownTasks) -> StoredPool:
        asked = asked_of_people(tasks.tasks)
        if not asked:
            context.add_output_metadata(reports.no_pool())
            return StoredPool({"pool_id": ""})
        golden = known["golden_tasks"].tasks if known else ()
        batch = Batch(context.partition_key, asked, golden)
        stop = last_stop(context.instance, project, context.partition_key)
        before = published_batch(context.instance, project, context.partition_key)
        now = datetime.now(timezone.utc)
        with explained(context.run.run_id, context.instance), alone(context, project) as lock:
            pachyderm, service = context.resources.pachyderm.client(), labeler(context, project).client(lock.check)
            keys, later = [task.item_key for task in asked], later_batches(context.instance, project, batch.name)
            check_owner(pachyderm, service, project, batch.name, keys, later)
            batch = prefilled(pachyderm, project, batch)
            batch = with_links(pachyderm, project, batch, served_by(context, project, now))
            accounts, pool_id = read_accounts(pachyderm, project), before.pool_id if before else ""
            published = service.publish(project, batch, now, accounts, config.resume, stop, config.open, pool_id)
            curve = earlier_curve(pachyderm, project, context.partition_key) if project.traits.is_paid else None
        seen = {**reports.pool(published, project), **(reports.forecast(curve, project, len(asked)) if curve else {})}
        context.add_output_metadata(seen)
        goes_on = config.resume or stop is not None
        again = reopened(pachyderm, project, context.asset_key, batch.name, goes_on)
        return StoredPool({**reports.plan(published, project), **again}, published.rejected)

    return [raw_data, *prediction_assets(project, asset), tasks, pools]


def collecting_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """From people to labels: run when a pool is really done."""

    @asset(
        kinds={project.service.name, "pachyderm"},
        deps=[key_of(project, "pools")],
        metadata=reports.columns_of(project, "raw_answers"),
        output_required=False,
        required_resource_keys=with_people(project),
    )
    def raw_answers(context: Context) -> Iterator[dg.Output[StoredAnswers]]:
        """Each answer as it was given, with worker and times."""
        published = published_batch(context.instance, project, context.partition_key)
        with explained(context.run.run_id, context.instance):
            if published is None:
                raise ServiceError(f"Batch {context.partition_key} has no pool yet. Materialize pools first.")
            pachyderm, service = context.resources.pachyderm.client(), labeler(context, project).client()
            accounts = read_accounts(pachyderm, project) if project.has_rounds else {}
            before, pool_id = accounts.get(context.partition_key), published.pool_id
            try:
                collected = service.collect(project, pool_id, before) if pool_id else None
            except PoolOpenError as open_again:
                if ATTEMPT_TAG not in context.run.tags:
                    raise
                # The run before this one was killed when it had asked again. The sensor comes back.
                context.log.info(str(open_again))
                return
        assignments = collected.assignments if collected else ()
        for each in find_unreadable(assignments, project.kind)[: reports.ROWS]:
            context.log.warning(f"Counts for nothing: {each}")
        seen = reports.answers(collected, project, context.partition_key)
        if project.traits.answers_change:
            earlier = read_earlier(pachyderm, context.asset_key, StoredAnswers, context.partition_key)
            found = compare_assignments(earlier.assignments if earlier else (), assignments)
            seen = {**seen, **reports.changes(found)}
        yield dg.Output(StoredAnswers(assignments, collected.account if collected else None), metadata=seen)

    return [raw_answers]


def reviewing_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """Manual review, for projects that look at answers before they are paid."""

    @asset(
        kinds={project.service.name, "pachyderm"},
        ins=inputs(project, "raw_answers"),
        metadata=reports.columns_of(project, "reviewed_answers"),
        required_resource_keys=with_people(project),
    )
    def reviewed_answers(context: Context, config: ReviewConfig, raw_answers: StoredAnswers) -> StoredReview:
        """Answers that were looked at before they are paid.
        Good ones are paid, bad ones asked for again, the rest is yours to decide: materialize this with `accept`
        and `reject` (ids of assignments), or with `rest` for all of it."""
        account = raw_answers.account
        if account is None:
            return StoredReview(())
        with explained(context.run.run_id, context.instance), alone(context, project) as lock:
            accounts = read_accounts(context.resources.pachyderm.client(), project)
            service = labeler(context, project).client(lock.check)
            reviewed = service.decide(project, account.pool_id, config.decided(), config.rest, accounts)
        context.add_output_metadata(reports.reviewed(reviewed))
        return StoredReview(reviewed.assignments, reviewed.verdicts)

    return [reviewed_answers] if project.configuration.review else []


def calibration_asset(project: Project, asset: Asset) -> dg.AssetsDefinition:
    """From answers to what they are worth."""

    @asset(
        kinds={"csv", "pachyderm"},
        ins=answered_inputs(project),
        deps=predicted(project),
        metadata=reports.columns_of(project, "calibration"),
    )
    def calibration(
        context: Context, config: AggregationConfig, pachyderm: PachydermResource, tasks: StoredTasks, answers: Any
    ) -> StoredCalibration:
        """What confidence is worth, by golden tasks.
        Judged as if nobody knew them, they show how often labels are right that are so sure. Audits count, too."""
        with explained(context.run.run_id, context.instance):
            changed, client = config.apply_to(project), pachyderm.client()
            found, seen = calibrate_batch(context.instance, client, changed, context.partition_key, tasks, answers)
        context.add_output_metadata(seen)
        return found

    return calibration


def asking_assets(project: Project, asset: Asset) -> list[dg.AssetsDefinition]:
    """Asking again, for projects that begin with few answers."""
    overlap = project.configuration.overlap

    @asset(
        kinds={project.service.name, "pachyderm"},
        ins=answered_inputs(project),
        deps=[*predicted(project), key_of(project, "calibration")],
        metadata=reports.columns_of(project, "rounds"),
        output_required=False,
        required_resource_keys=with_people(project),
    )
    def rounds(context: Context, tasks: StoredTasks, answers: Any) -> Iterator[dg.Output[StoredRounds]]:
        """More answers where a label is not sure enough.
        In the same pool, until it is sure or the last round is over. While somebody is asked there is nothing here."""
        published = published_batch(context.instance, project, context.partition_key)
        with explained(context.run.run_id, context.instance), alone(context, project) as lock:
            client, batch = context.resources.pachyderm.client(), context.partition_key
            accounts = read_accounts(client, project)
            decided, _ = labels_of(context.instance, client, project, batch, tasks, answers, accounts)
            labels = decided.labels.labels
            unsure = find_unsure(project, tasks.tasks, labels, answers.assignments, decided.disputed)
            pool_id = published.pool_id if published else ""
            instead = find_instead(tasks.tasks, labels)
            service = labeler(context, project).client(lock.check)
            served = served_by(context, project, datetime.now(timezone.utc))
            shown = with_addresses(project, instead, find_writer(client, project, batch, served))
            asked = service.ask(project, pool_id, unsure, accounts, shown) if pool_id else None
        if asked is not None and not asked.is_over:
            seen = reports.asked(asked, labels)
            context.log_event(
                dg.AssetObservation(key_of(project, "pools"), partition=context.partition_key, metadata=seen)
            )
            return
        every = count_rounds(labels, decided.asked, overlap) if overlap else ()
        yield dg.Output(StoredRounds(every), metadata=reports.rounds(asked, labels, every, project))

    return [rounds] if project.has_rounds else []


def labels_asset(project: Project, asset: Asset) -> dg.AssetsDefinition:
    """From answers to labels."""

    @asset(
        kinds={"csv", "pachyderm"},
        ins=answered_inputs(project),
        deps=[*predicted(project), key_of(project, "rounds" if project.has_rounds else "calibration")],
        metadata=reports.columns_of(project, "aggregated_labels"),
    )
    def aggregated_labels(
        context: Context, config: AggregationConfig, pachyderm: PachydermResource, tasks: StoredTasks, answers: Any
    ) -> StoredLabels:
        """One label for each item that has enough answers."""
        with explained(context.run.run_id, context.instance):
            changed, client = config.apply_to(project), pachyderm.client()
            labels, seen = label_batch(context.instance, client, changed, context.partition_key, tasks, answers)
        context.add_output_metadata(seen)
        return labels

    return aggregated_labels


def quality_asset(project: Project, asset: Asset) -> dg.AssetsDefinition:
    """The health of what people and the model gave."""

    @asset(
        kinds={"pandas", "pachyderm"},
        ins=inputs(project, "tasks", "raw_answers", "aggregated_labels"),
        metadata=reports.columns_of(project, "quality_report"),
    )
    def quality_report(
        context: Context, tasks: StoredTasks, raw_answers: StoredAnswers, aggregated_labels: StoredLabels
    ) -> StoredQuality:
        """How good a batch is: workers, labels, agreement, price."""
        quality, metadata = assess_batch(project, tasks, raw_answers, aggregated_labels)
        context.add_output_metadata(metadata)
        return quality

    return quality_report


def dataset_asset(project: Project, asset: Asset) -> dg.AssetsDefinition:
    """The end of the story."""

    @asset(
        kinds={"csv", "pachyderm"},
        ins=inputs(project, "aggregated_labels"),
        deps=[key_of(project, LABELED_BEFORE)] if project.configuration.dataset else [],
        metadata=reports.columns_of(project, "concatenated_dataset"),
        freshness_policy=freshness_of(project),
    )
    def concatenated_dataset(
        context: Context, pachyderm: PachydermResource, aggregated_labels: Mapping[str, StoredLabels]
    ) -> StoredDataset:
        """What was labeled before, then every batch in its order."""
        with explained(context.run.run_id, context.instance):
            dataset, seen, before = compile_dataset(pachyderm.client(), project, aggregated_labels)
        for line in describe_rejected(before.rejected[: reports.ROWS], before.commit):
            context.log.warning(f"Left out {line}")
        context.add_output_metadata(seen)
        return dataset

    return concatenated_dataset


def freshness_of(project: Project) -> dg.FreshnessPolicy | None:
    """How often a batch is to be expected, if the project says so: without new commits nothing is late by itself."""
    days = project.configuration.checks.fresh_within_days
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=days)) if days else None
