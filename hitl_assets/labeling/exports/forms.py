"""The forms that there are: which kinds of labels they hold, and what they need. How they are written is elsewhere: to
load a project takes none of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hitl_assets.labeling.exports.names import FormName


@dataclass(frozen=True)
class Form:
    """A form. `file` is the name of its only file, empty if there are several. `kinds` are those that it holds; empty:
    every one. `is_known`: it is needed to know what a label is. `has_pixels`: it is to be known how large pictures are,
    where that can be known."""

    file: str = ""
    kinds: tuple[str, ...] = ()
    is_known: bool = True
    has_pixels: bool = False

    def takes(self, kind: str) -> bool:
        """Whether it can hold labels of a kind; empty: of one that is not known."""
        return kind in self.kinds or (not self.kinds and (bool(kind) or not self.is_known))


PICTURES = ("boxes", "polygons")
FORMS: Mapping[FormName, Form] = {
    "csv": Form("dataset.csv", is_known=False),
    "jsonl": Form("dataset.jsonl", is_known=False),
    "parquet": Form("dataset.parquet", is_known=False),
    "coco": Form("annotations.json", PICTURES, has_pixels=True),
    "yolo": Form("", PICTURES),
    "voc": Form("", ("boxes",), has_pixels=True),
    "label-studio": Form(has_pixels=True),
    "conll": Form("dataset.conll", ("spans",)),
}


def find_unfit(names: Iterable[FormName], kind: str) -> str:
    """Why one of these forms cannot hold labels of a kind, and which can; empty if all can."""
    for name in names:
        kinds = FORMS[name].kinds
        if not FORMS[name].takes(kind):
            return f"{name} holds {' and '.join(kinds)}, and no labels of kind {kind}. What works: {fitting(kind)}."
    return ""


def fitting(kind: str) -> str:
    """The forms that hold labels of a kind."""
    return ", ".join(name for name, form in FORMS.items() if form.takes(kind))
