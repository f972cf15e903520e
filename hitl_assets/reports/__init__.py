"""What people see of a materialization: the metadata of each asset, a module for each subject."""

from hitl_assets.reports.answers import answers, changes, reviewed, simulated
from hitl_assets.reports.calibration import calibration, worth
from hitl_assets.reports.columns import columns_of
from hitl_assets.reports.comparison import comparison
from hitl_assets.reports.dataset import dataset, exported, withdrawn
from hitl_assets.reports.forecast import forecast
from hitl_assets.reports.intake import known_tasks, raw_data, rejected_table, tasks
from hitl_assets.reports.labeled import scores
from hitl_assets.reports.labels import labels
from hitl_assets.reports.model import classifier, evaluation, learnable, predictions, unreadable
from hitl_assets.reports.pools import POOLS, no_pool, plan, pool, prepared
from hitl_assets.reports.quality import quality
from hitl_assets.reports.rounds import asked, rounds
from hitl_assets.reports.tables import ROWS, cell, markdown, table

__all__ = [
    "POOLS",
    "ROWS",
    "answers",
    "asked",
    "calibration",
    "cell",
    "changes",
    "classifier",
    "columns_of",
    "comparison",
    "dataset",
    "evaluation",
    "exported",
    "forecast",
    "known_tasks",
    "labels",
    "learnable",
    "markdown",
    "no_pool",
    "plan",
    "pool",
    "predictions",
    "prepared",
    "quality",
    "raw_data",
    "rejected_table",
    "reviewed",
    "rounds",
    "scores",
    "simulated",
    "table",
    "tasks",
    "unreadable",
    "withdrawn",
    "worth",
]
