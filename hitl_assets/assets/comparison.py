"""An asset that is asked for by hand: which method of aggregation would do best on the answers that are there."""

import time
from collections.abc import Mapping
from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.events import key_of
from hitl_assets.failures import explained
from hitl_assets.labeling.aggregation.comparison import compare_methods
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredAnswers, StoredReview
from hitl_assets.run_config import ComparisonConfig

COMPARISON = "aggregator_comparison"


def comparison_asset(project: Project, asset: Any) -> dg.AssetsDefinition:
    """The comparison of methods. `asset`: dg.asset with the project's defaults."""
    answered = "reviewed_answers" if project.configuration.review else "raw_answers"
    every = Mapping[str, StoredReview] if project.configuration.review else Mapping[str, StoredAnswers]

    @asset(
        name=COMPARISON, kinds={"pandas"}, ins={"answers": dg.AssetIn(key_of(project, answered), dagster_type=every)}
    )
    def compare(context: dg.AssetExecutionContext, config: ComparisonConfig, answers: Any) -> dg.MaterializeResult:
        """Methods of aggregation, compared on all answers.

        How often they agree, how right they are on golden tasks, how long they take. It is made when you ask for
        it; it changes nothing and costs nothing."""
        given = {batch: list(read_answers(each.assignments)) for batch, each in answers.items()}
        with explained(context.run.run_id, context.instance):
            trials = compare_methods(project, given, config.chosen(), time.perf_counter)
        return dg.MaterializeResult(
            metadata=reports.comparison(trials, project.configuration.aggregation.method, project.kind)
        )

    return compare
