"""What every form has to say: its name, which kinds of labels it can hold, and how it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hitl_assets.labeling.exports.dataset import Dataset
from hitl_assets.labeling.exports.names import FormName

# A file: its path, with / between folders, and its content as it is read.
File = tuple[str, Iterator[bytes]]


@dataclass(frozen=True)
class Form:
    """A form. `write` gives its files one after the other: each is read to its end before the next. `file` is the name
    of the only one, empty if there are several. `kinds` are those that it holds; empty: every one. `sizes`: whether it
    has pixels in it (needed), could do with them (welcome), or has no use for them."""

    name: FormName
    write: Callable[[Dataset], Iterator[File]]
    file: str = ""
    kinds: tuple[str, ...] = ()
    sizes: str = ""

    def takes(self, kind: str) -> bool:
        """Whether it can hold labels of a kind. Of one that is not known, only what can hold every kind does."""
        return not self.kinds or kind in self.kinds
