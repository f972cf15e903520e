"""Which labels stand on enough answers: the rest of the items waits, and says how many answers it has."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hitl_assets.labeling.records import Label, UnlabeledItem, Values


@dataclass(frozen=True)
class Labels:
    """The labels of a batch, and its items that have none."""

    labels: tuple[Label, ...]
    unlabeled: tuple[UnlabeledItem, ...] = ()

    @property
    def partial(self) -> tuple[Label, ...]:
        """The labels that were decided on fewer answers than planned."""
        return tuple(label for label in self.labels if label.partial)


def cover(decided: Sequence[Label], values: Mapping[str, Values], needed: int, planned: int) -> Labels:
    """The labels with at least `needed` votes, marked as partial below `planned`; and the items (input values by
    item key) without one."""
    votes = Counter({label.item_key: sum(label.votes.values()) for label in decided})
    kept = tuple(
        replace(label, partial=votes[label.item_key] < planned) for label in decided if votes[label.item_key] >= needed
    )
    labeled = {label.item_key for label in kept}
    missing = (UnlabeledItem(key, values[key], votes[key], needed) for key in values if key not in labeled)
    return Labels(kept, tuple(missing))
