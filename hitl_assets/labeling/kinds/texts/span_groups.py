"""Which spans of several people are about the same piece of a text: those that have most characters in common first."""

from collections.abc import Sequence

import numpy as np

from hitl_assets.labeling.kinds.parts.grouping import Alike, favour_classes
from hitl_assets.labeling.kinds.texts.span_reading import Span

# A span that was cut off may have few characters in common with the whole of it.
LEAST = 0.2


def find_alike(spans: Sequence[Span], least: float) -> Alike:
    """The pairs of spans that have at least so much in common: characters that are in both, as a share of those that
    are in either. Spans of one class have a little more."""
    starts, ends = (np.array([span[side] for span in spans], dtype=float) for side in (0, 1))
    both = np.minimum.outer(ends, ends) - np.maximum.outer(starts, starts)
    either = np.maximum.outer(ends, ends) - np.minimum.outer(starts, starts)
    common = np.clip(both, 0, None) / np.maximum(either, 1)
    one, other = np.nonzero(np.triu(common >= least, k=1))
    return favour_classes(Alike(one, other, common[one, other]), [span.name for span in spans])
