"""What a classifier is given of items: their texts, or their files. No Dagster.

Files are streamed from Pachyderm into a folder that is thrown away; where numbers are made of them a few lie there at a
time, and each is decoded alone.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from hitl_assets.labeling.classifier import input_frame, join_texts, load_classifier
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.model.classes import (
    ARRAYS,
    NUMBERS,
    TEXTS,
    Embedding,
    embed_all,
    find_takes,
    load_embedding,
)
from hitl_assets.labeling.model.decoding import Pictures, find_fault
from hitl_assets.labeling.project.automation import PICTURE_NUMBERS, Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Values
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.errors import MissingError

# So many files are asked for at a time, and so many lie there while numbers are made of them.
AT_ONCE, PORTION = 8, 64
LONGEST_SUFFIX = 10
# Is told of a file that cannot be used, and why.
Tell = Callable[[str, str], Any]


def tell_nobody(place: str, reason: str) -> None:
    """Where it has been told before."""


@dataclass(frozen=True)
class Given:
    """What a classifier gets: `X` has a row for each of `kept`, which are positions among what was asked for."""

    X: Any
    kept: Sequence[int]


@dataclass
class Contents:
    """Gives a project's classifier what it takes. A file is fetched once, and numbers are made once, while this is
    open."""

    pachyderm: Pachyderm
    project: Project
    settings: Model
    folder: Path
    tell: Tell
    names: Iterator[int] = field(default_factory=itertools.count)
    paths: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.takes = find_takes(self.project, self.settings, load_classifier(self.settings.classifier))
        self.field = self.project.configuration.source.field

    @property
    def shows_pictures(self) -> bool:
        """Whether every file must be a picture, whatever it is called."""
        return self.takes == ARRAYS or self.settings.embedding == PICTURE_NUMBERS

    def give(self, values: Sequence[Values], columns: Sequence[str]) -> Given:
        """What the classifier takes of these items. Files that cannot be used are left out, and told."""
        if self.takes == TEXTS:
            return Given(input_frame(values, columns), range(len(values)))
        if self.takes == NUMBERS:
            return self.give_numbers(values, columns)
        places = [str(each[self.field or ""]) for each in values]
        self.paths.update(self.fetch([each for each in dict.fromkeys(places) if each not in self.paths]))
        kept = [at for at, place in enumerate(places) if place in self.paths]
        if self.takes == ARRAYS:
            return Given(Pictures([self.paths[places[at]] for at in kept]), kept)
        local = [{**values[at], self.field or "": self.paths[places[at]]} for at in kept]
        return Given(input_frame(local, columns), kept)

    def give_numbers(self, values: Sequence[Values], columns: Sequence[str]) -> Given:
        """A row of numbers for each item."""
        if self.field:
            contents = [str(each[self.field]) for each in values]
        else:
            contents = join_texts(input_frame(values, columns))
        path = self.settings.embedding or ""
        embedding = load_embedding(path)
        new = [each for each in dict.fromkeys(contents) if each not in self.numbers]
        for start in range(0, len(new), PORTION):
            self.make_numbers(new[start : start + PORTION], embedding, path)
        kept = [at for at, content in enumerate(contents) if content in self.numbers]
        rows = [self.numbers[contents[at]] for at in kept]
        return Given(np.array(rows) if rows else np.zeros((0, 0), np.float32), kept)

    def make_numbers(self, contents: Sequence[str], embedding: Embedding, path: str) -> None:
        """The numbers of some texts, or of some files, which are then deleted."""
        found: Mapping[str, str] = self.fetch(contents) if self.field else dict(zip(contents, contents, strict=True))
        if found:
            self.numbers.update(zip(found, embed_all(embedding, list(found.values()), path), strict=True))
        for file in found.values() if self.field else ():
            Path(file).unlink()

    def fetch(self, places: Sequence[str]) -> dict[str, str]:
        """Local paths of the files at these places; without those that cannot be used."""
        asked = [each for each in places if each not in self.bad]
        paths = [self.folder / f"{next(self.names):06}{suffix_of(each)}" for each in asked]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            faults = list(threads.map(self.copy, asked, paths))
        good = {}
        for place, path, missing in zip(asked, paths, faults, strict=True):
            # One after the other: a decoded picture may be large.
            fault = missing or find_fault(path, self.shows_pictures)
            if fault:
                path.unlink(missing_ok=True)
                self.bad.add(place)
                self.tell(place, fault)
            else:
                good[place] = str(path)
        return good

    def copy(self, text: str, target: Path) -> str:
        """Stream a file to this machine; why not, if it can't be."""
        place = read_place(text)
        if place is None:
            return "is no place of a file in Pachyderm (repo@commit:/path)"
        try:
            with target.open("wb") as file:
                self.pachyderm.copy(place.repo, place.commit, place.path, file)
        except MissingError:
            return "is not there"
        return ""


@contextmanager
def open_contents(
    pachyderm: Pachyderm, project: Project, settings: Model, tell: Tell = tell_nobody
) -> Iterator[Contents]:
    """What gives a project's classifier what it takes, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="hitl-contents-") as folder:
        yield Contents(pachyderm, project, settings, Path(folder), tell)


def suffix_of(place: str) -> str:
    """What a local file is to end with: as the file does, if that is plain."""
    suffix = PurePosixPath(place).suffix.lower()
    return suffix if suffix[1:].isalnum() and len(suffix) <= LONGEST_SUFFIX else ""
