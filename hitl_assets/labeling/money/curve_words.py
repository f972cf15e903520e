"""The curve of accuracy and cost in words: what so many answers buy, what a target costs, and on what that stands."""

from collections.abc import Iterator, Sequence

from hitl_assets.labeling.aggregation.calibration import items_needed
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.money.budget_curve import LEAST_ITEMS, Curve, Point
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural

TARGETS = (0.9, 0.95, 0.99)


def tell_point(point: Point, items: int) -> str:
    """What so many answers buy, for a batch of so many items."""
    return f"{plural(point.most, 'answer')} each: {tell_share(point)} right, {cents(point.price(items))}"


def tell_share(point: Point) -> str:
    """The share that is right, and its limits."""
    return f"{point.right:.0%} ({point.low:.0%} to {point.high:.0%})"


def tell_target(curve: Curve, target: float, items: int) -> str:
    """What it costs that so many labels are right, or that it can't be reached."""
    point, best = curve.reach(target), curve.best
    if point is None and best is None:
        return "not known yet"
    if point is None:
        return f"not reached: {best.right:.0%} at most" if best else ""
    return f"{plural(point.most, 'answer')} each, {cents(point.price(items))}"


def tell_targets(curve: Curve, items: int) -> Iterator[str]:
    """The same for some targets."""
    return (f"{target:.0%} right: {tell_target(curve, target, items)}" for target in TARGETS)


def tell_ground(curve: Curve) -> str:
    """On what a curve stands."""
    return f"by {plural(curve.golden, 'golden item')} and {plural(curve.settled, 'label')}, known or calibrated"


def tell_unknown(curve: Curve, project: Project) -> str:
    """Why there is no curve, and what it takes."""
    overlap = project.configuration.overlap
    sure = f", {items_needed(overlap.confidence)} until labels can be sure to {overlap.confidence:g}" if overlap else ""
    return (
        f"not known yet: it takes {LEAST_ITEMS} golden items that people answered{sure}; earlier batches have "
        f"{curve.golden}"
    )


def lines(curve: Curve, project: Project, items: int) -> Sequence[str]:
    """All of it for a batch of so many items."""
    if not curve.points:
        return [tell_unknown(curve, project)]
    points = (tell_point(point, items) for point in curve.points)
    return [*points, *tell_targets(curve, items), tell_ground(curve)]
