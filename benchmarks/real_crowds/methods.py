"""The methods that are compared: ours, the majority, and all of crowd-kit's for labels."""

import pandas as pd

from hitl_assets.labeling.aggregation.aggregation import AGGREGATORS, AggregationError, judge
from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs
from hitl_assets.labeling.project.declaration import Aggregation

OWN, MAJORITY = "bayesian_dawid_skene", "majority_vote"
CROWDKIT = tuple(name for name in AGGREGATORS if name not in (OWN, MAJORITY))
# Fast enough for a first look: the others take minutes on a hundred thousand answers.
QUICK = (OWN, MAJORITY, "dawid_skene", "wawa")


def label_items(method: str, votes: pd.DataFrame, beliefs: Beliefs) -> pd.DataFrame | None:
    """The columns label and confidence by task code; None where the method cannot handle these answers.

    Only our own method makes use of the beliefs.
    """
    try:
        judged = judge(votes, Aggregation.model_validate({"method": method}), beliefs)
    except AggregationError:
        return None
    return pd.DataFrame({"label": judged.labels, "confidence": judged.stated[:, 0]}, index=judged.tasks)
