"""What is seen of calibration: whether confidence can be trusted, on what that stands, and the curve."""

from hitl_assets.labeling.aggregation.batch_calibration import Point, StoredCalibration, describe_calibration
from hitl_assets.labeling.aggregation.calibration import calibrate, items_needed
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.reports import plots
from hitl_assets.reports.tables import Metadata, table

CURVE = [("stated", "float"), ("confidence", "float"), ("right", "float"), ("items", "float")]


def calibration(found: StoredCalibration, project: Project) -> Metadata:
    """The numbers of a batch's calibration, and what it leaves to the batches that follow."""
    numbers = found.calibration
    target = target_of(project)
    return {
        "engine": found.engine,
        "temperature": round(numbers.temperature, 4),
        "lapse": round(numbers.lapse, 4),
        "highest_lower_bound": round(numbers.highest_limit, 4),
        **({"items_needed": items_needed(target)} if target is not None else {}),
        "earlier_batches": len(found.batches),
        "trials": len(found.trials),
        **worth(found, project),
    }


def worth(found: StoredCalibration | None, project: Project) -> Metadata:
    """What confidence is worth: a sentence, how many items that stands on, the curve as a picture and a table."""
    numbers = found.calibration if found else calibrate(())
    curve = found.curve if found else ()
    drawn = {"calibration_curve": plots.calibration([p.confidence for p in curve], [p.right for p in curve])}
    return {
        "calibration": describe_calibration(numbers, target_of(project)),
        **{f"{source}_items": count for source, count in numbers.items.items()},
        **(drawn if curve else {}),
        "calibration_table": table(CURVE, [row_of(point) for point in curve]),
    }


def target_of(project: Project) -> float | None:
    """How sure labels are to be, if the project says so."""
    overlap = project.configuration.overlap
    return overlap.confidence if overlap else None


def row_of(point: Point) -> tuple[float, float, float, float]:
    """One step of the curve in a line."""
    return point.stated, point.confidence, point.right, point.items
