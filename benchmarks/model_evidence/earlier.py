"""How 0.1.0 judged a model, to compare with: people's mistakes were the model's, an audit had a share and a minimum."""

import math
from collections.abc import Sequence

import numpy as np

from hitl_assets.labeling.model.bounds import RISK, lower_bound, upper_bound

STEPS = tuple(step / 20 for step in range(10, 21))
SHARE, AT_LEAST = 0.05, 10


def choose_threshold(probability: np.ndarray, agrees: np.ndarray, noise: np.ndarray, target: float) -> float | None:
    """The threshold: from the surer half down as long as the lower bound reaches the target."""
    order = np.argsort(-probability, kind="stable")
    right = np.where(agrees, 1.0, noise)[order]
    found = None
    for share in STEPS:
        size = math.ceil(round(share * len(right), 9))
        while 0 < size < len(right) and probability[order[size]] == probability[order[size - 1]]:
            size += 1
        if lower_bound(size, size) < target:
            continue
        if lower_bound(float(right[:size].sum()), size) < target:
            break
        found = float(probability[order[size - 1]])
    return found


def audit_size(sure: int) -> int:
    """How many of the model's labels were looked at."""
    return min(sure, max(AT_LEAST, math.ceil(sure * SHARE)))


def audit_fails(right: Sequence[float], target: float) -> bool:
    """Whether an audit failed: the lower limit of the 90 % interval is above what is allowed, and more than one is
    wrong."""
    total = sum(right)
    return 1 - upper_bound(total, len(right), RISK / 2) > 1 - target and len(right) - total > 1
