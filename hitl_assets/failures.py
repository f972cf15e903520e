"""Where errors become Dagster's: one question decides, will a rerun help?"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from hitl_assets.labeling.aggregation.aggregation import AggregationError
from hitl_assets.labeling.money.budget import OverBudgetError
from hitl_assets.labeling.project.loading import ConfigurationError
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.services.errors import ServiceError, TimedOutError, TransientServiceError

# A run that failed says here whether asking again is of use; sensors read it.
FAILURE_TAG = "hitl/failure"
FINAL, TRANSIENT = "final", "transient"

FINAL_ERRORS = (ServiceError, UnreadableFileError, OverBudgetError, AggregationError, ConfigurationError)

# What is transient is tried again by Dagster: after about 1, 2 and 4 seconds. Then the sensors wait longer.
RETRY_POLICY = dg.RetryPolicy(max_retries=3, delay=1, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@contextmanager
def explained(run_id: str, instance: dg.DagsterInstance) -> Iterator[None]:
    """Let transient errors be retried, and end the run at once on final ones; the run is tagged with which it was.

    What was waited for long enough is not waited for again in this run: it would hold the project's slot meanwhile.
    """
    try:
        yield
    except TimedOutError as error:
        instance.add_run_tags(run_id, {FAILURE_TAG: TRANSIENT})
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except TransientServiceError:
        instance.add_run_tags(run_id, {FAILURE_TAG: TRANSIENT})
        raise
    except FINAL_ERRORS as error:
        instance.add_run_tags(run_id, {FAILURE_TAG: FINAL})
        raise dg.Failure(description=str(error), allow_retries=False) from error
