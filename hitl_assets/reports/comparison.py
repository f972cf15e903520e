"""What is seen of a comparison of methods of aggregation."""

from collections.abc import Sequence

from hitl_assets.labeling.aggregation.comparison import Trial, share_of_equal_labels
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.reports.tables import Metadata, table


def comparison(trials: Sequence[Trial], own: str, kind: Kind) -> Metadata:
    """A row for each method, and how often each two of them give the same label. `own`: the project's method."""
    reference = next((trial for trial in trials if trial.method == own), None)
    columns = [("method", "string"), ("labels", "int"), (f"same_as_{own}", "float"), ("golden_accuracy", "float")]
    rows = [
        (
            each.method,
            len(each.labels),
            rounded(share_of_equal_labels(each, reference, kind)) if reference else None,
            rounded(each.golden_accuracy),
            None if each.problem else round(each.confidence, 4),
            round(each.seconds, 3),
            each.problem,
        )
        for each in trials
    ]
    return {
        "method": own,
        "labels": max((len(each.labels) for each in trials), default=0),
        "golden_tasks": max((each.golden_total for each in trials), default=0),
        "methods": table([*columns, ("confidence", "float"), ("seconds", "float"), ("problem", "string")], rows),
        "same_labels": matrix([each for each in trials if not each.problem], kind),
        **{f"golden_accuracy_{t.method}": rounded(t.golden_accuracy) for t in trials if t.golden_accuracy is not None},
    }


def matrix(trials: Sequence[Trial], kind: Kind) -> object:
    """The share of equal labels of each two methods."""
    columns = [("method", "string"), *((each.method, "float") for each in trials)]
    shares = ((one.method, [share_of_equal_labels(one, other, kind) for other in trials]) for one in trials)
    return table(columns, [(method, *map(rounded, row)) for method, row in shares])


def rounded(value: float | None) -> float | None:
    """A share as it is shown."""
    return None if value is None else round(value, 4)
