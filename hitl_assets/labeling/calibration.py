"""Whether a label is as sure as is asked for: by its confidence, and by the evidence that such labels are right."""

from hitl_assets.labeling.records import Label

# How far below the target the share of right labels may be, by evidence.
TOLERANCE = 0.02


def is_sure(label: Label, target: float) -> bool:
    """Whether a label is at least so sure (0 to 1), and there is evidence that such labels are right so often."""
    return label.confidence >= target and label.lower_bound >= target - TOLERANCE
