"""Labels that stand on enough answers."""

from hitl_assets.labeling.answers.coverage import cover
from hitl_assets.labeling.records import Label, UnlabeledItem

VALUES = {key: {"text": key} for key in "abcd"}


def label(key: str, votes: int) -> Label:
    """A label that so many gave."""
    return Label(key, VALUES[key], "yes", 0.9, {"yes": votes}, (), "7")


def test_a_label_needs_enough_votes() -> None:
    """Below the planned number it is partial, below the minimum there is none; nothing is lost."""
    found = cover([label("a", 5), label("b", 3), label("c", 2)], VALUES, needed=3, planned=5)
    assert [(each.item_key, each.partial) for each in found.labels] == [("a", False), ("b", True)]
    assert found.unlabeled == (UnlabeledItem("c", VALUES["c"], 2, 3), UnlabeledItem("d", VALUES["d"], 0, 3))
    assert [each.item_key for each in found.partial] == ["b"]
