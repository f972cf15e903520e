"""Which spans of several people are about the same piece of a text: those that have most characters in common first."""

from collections.abc import Sequence

import numpy as np

from hitl_assets.labeling.kinds.pictures.grouping import Alike, group, match
from hitl_assets.labeling.kinds.texts.span_reading import Span

# Spans of one class belong together though others have a little more in common.
SAME_CLASS = 0.1
# A span that was cut off may have few characters in common with the whole of it.
LEAST = 0.2


def group_spans(owners: Sequence[int], spans: Sequence[Span]) -> list[list[int]]:
    """The places of the spans in each group; `owners` says whose each is, and nobody has two in one group."""
    return group(owners, find_alike(spans, LEAST))


def match_spans(first: Sequence[Span], second: Sequence[Span], least: float) -> list[tuple[int, int]]:
    """Which spans of two lists have at least so much in common, whatever their classes: the places in each list."""
    return match(len(first), find_alike([*first, *second], least)) if first and second else []


def find_alike(spans: Sequence[Span], least: float) -> Alike:
    """The pairs of spans that have at least so much in common: characters that are in both, as a share of those that
    are in either. Spans of one class have a little more."""
    starts, ends = (np.array([span[side] for span in spans], dtype=float) for side in (0, 1))
    both = np.minimum.outer(ends, ends) - np.maximum.outer(starts, starts)
    either = np.maximum.outer(ends, ends) - np.minimum.outer(starts, starts)
    common = np.clip(both, 0, None) / np.maximum(either, 1)
    one, other = np.nonzero(np.triu(common >= least, k=1))
    names = np.array([span.name for span in spans], dtype=object)
    return Alike(one, other, common[one, other] + SAME_CLASS * (names[one] == names[other]))
