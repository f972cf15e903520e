"""What is seen of the accuracy that a budget buys, when a batch starts."""

from hitl_assets.labeling.money.budget_curve import Curve
from hitl_assets.labeling.money.curve_words import tell_ground, tell_targets, tell_unknown
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.reports.tables import Metadata, table

COLUMNS = [
    ("answers", "float"), ("right", "float"), ("at_least", "float"), ("at_most", "float"), ("per_item", "float"),
    ("price", "float"),
]  # fmt: skip


def forecast(curve: Curve, project: Project, items: int) -> Metadata:
    """How many labels are right on how many answers an item, what that costs for this batch, and what a target costs:
    by earlier batches. Each limit is passed in one of ten cases."""
    if not curve.points:
        return {"accuracy_of_a_budget": tell_unknown(curve, project)}
    rows = [
        (each.answers, each.right, each.low, each.high, float(each.per_item), float(each.price(items)))
        for each in curve.points
    ]
    return {
        "accuracy_of_a_budget": table(COLUMNS, rows),
        "price_of_a_target": "; ".join(tell_targets(curve, items)),
        "forecast_stands_on": tell_ground(curve),
    }
