"""Krippendorff's alpha: by hand, and beside crowd-kit's."""

from operator import ne

import pandas as pd
import pytest
from crowdkit.metrics.data import alpha_krippendorff
from hypothesis import given
from hypothesis import strategies as st

from hitl_assets.labeling.labels.agreement import Distance, krippendorff_alpha

ITEMS = st.lists(st.lists(st.sampled_from(["apple", "pear", "plum"]), min_size=1, max_size=5), min_size=1, max_size=12)


@pytest.mark.slow
@pytest.mark.parametrize("distance", [None, ne])
@given(items=ITEMS)
def test_alpha_is_that_of_crowd_kit(items: list[list[str]], distance: Distance | None) -> None:
    """On any answers: of some items one, of some all alike."""
    shared = [labels for labels in items if len(labels) > 1]
    rows = [(item, worker, label) for item, labels in enumerate(shared) for worker, label in enumerate(labels)]
    frame = pd.DataFrame(rows, columns=["task", "worker", "label"])
    if frame["label"].nunique() < 2:
        expected = 1.0 if shared else None
    else:
        expected = pytest.approx(alpha_krippendorff(frame), abs=1e-12)
    assert krippendorff_alpha(items, distance) == expected


def test_an_example_from_the_literature() -> None:
    """Ten items by two observers, from Krippendorff, 2011: 14 zeros, 6 ones, four of each kind in disagreement."""
    one, other = "0100000000", "1110010010"
    assert krippendorff_alpha([*zip(one, other, strict=True)], ne) == pytest.approx(0.095, abs=5e-4)
