"""Weighted Boxes Fusion, as a peer: Solovyev, Wang, Gabruseva, Weighted boxes fusion (Image and Vision Computing 107,
2021).

People give no scores: all boxes weigh the same, and a fused one is as sure as the share of people with a part in it.
"""

from collections.abc import Sequence

import numpy as np

from hitl_assets.labeling.kinds.pictures.marks import Mark

# Boxes of one class that are more alike than this are one; the paper's.
LEAST = 0.55


def fuse(answers: Sequence[Sequence[Mark]]) -> list[tuple[Mark, float]]:
    """The fused boxes of some people's answers, and which share of the people has a part in each."""
    fused: list[tuple[Mark, float]] = []
    for name in sorted({mark.name for own in answers for mark in own}):
        clusters: list[list[np.ndarray]] = []
        centres: list[np.ndarray] = []
        for box in (np.array(mark.shape) for own in answers for mark in own if mark.name == name):
            likeness = [overlap(box, centre) for centre in centres]
            best = int(np.argmax(likeness)) if likeness else -1
            if best < 0 or likeness[best] <= LEAST:
                clusters.append([box])
                centres.append(box)
            else:
                clusters[best].append(box)
                centres[best] = np.mean(clusters[best], axis=0)
        for cluster, centre in zip(clusters, centres, strict=True):
            fused.append((Mark(name, tuple(centre.tolist())), min(len(cluster), len(answers)) / len(answers)))
    return fused


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """What two boxes both cover as a share of what either covers."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    both = float(np.maximum(high - low, 0).prod())
    return both / float(one[2:].prod() + other[2:].prod() - both)
