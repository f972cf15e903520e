"""The classes that a project's section `model` names: imported, and asked what they take.

A classifier says by its attribute `takes` what `X` is:

* `texts` (also if it says nothing): a DataFrame with a column of text for each input field.
* `paths`: the same, with the path of a file on this machine in the place's column. The files are gone afterwards.
* `arrays`: the decoded pictures alone, one at a time (`decoding.Pictures`).
* `numbers`: an array with the row that the project's embedding makes of each item.
"""

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.automation import PICTURE_NUMBERS, Model
from hitl_assets.labeling.project.declaration import Project

TEXTS, PATHS, ARRAYS, NUMBERS = TAKES = ("texts", "paths", "arrays", "numbers")


class Embedding(Protocol):
    """What a project's own embedding must have. It is made without arguments."""

    def embed(self, contents: Sequence[str]) -> Any:
        """A row of numbers for each content: of a text (the input fields, joined), or of a file by its path."""


def load_class(path: str, field: str, methods: Sequence[str], wanted: str) -> type:
    """The class that an import path names.

    Raises:
        ConfigurationError: there is none, or it lacks one of the methods.
    """
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"field {field} = {path!r} cannot be imported: {error}.") from error
    missing = [each for each in methods if not callable(getattr(found, each, None))]
    if not isinstance(found, type) or missing:
        what = f"has no {' and no '.join(missing)}" if missing else "is no class"
        raise ConfigurationError(f"field {field} = {path!r} {what}. Name a class with {wanted}.")
    return found


def load_embedding(path: str) -> Embedding:
    """An embedding of the class that an import path names."""
    found: Embedding = load_class(path, "model.embedding", ["embed"], "embed(contents)")()
    return found


def find_takes(project: Project, settings: Model, found: object) -> str:
    """What a project's classifier takes.

    Raises:
        ConfigurationError: what it cannot be given: items are no files, or nothing but files, or have no embedding.
    """
    takes = getattr(found, "takes", TEXTS)
    if takes not in TAKES:
        raise ConfigurationError(
            f"field model.classifier = {settings.classifier!r} takes {takes!r}. It can take: {', '.join(TAKES)}."
        )
    place = f"field model.classifier = {settings.classifier!r} takes {takes}"
    if takes in (PATHS, ARRAYS) and not project.of_files:
        raise ConfigurationError(f"{place}, and items are rows. Name a class that takes texts, or source.items: files.")
    if takes == TEXTS and project.of_files and len(project.inputs) == 1:
        raise ConfigurationError(
            f"{place}, and an item is a file: nothing is known of it but where it is. Give the class takes = 'paths', "
            "'arrays' or 'numbers', or leave model.classifier out."
        )
    if takes == NUMBERS and settings.embedding is None:
        raise ConfigurationError(f"{place}, which nothing makes of texts. Name a class in model.embedding.")
    if settings.embedding == PICTURE_NUMBERS and not project.of_files:
        raise ConfigurationError(f"field model.embedding = {PICTURE_NUMBERS!r} is of pictures, and items are rows.")
    if takes != NUMBERS and settings.embedding is not None:
        raise ConfigurationError(
            f"field model.embedding = {settings.embedding!r} is used by nothing: {settings.classifier} takes {takes}. "
            "Leave one of them out."
        )
    return str(takes)


def embed_all(embedding: Embedding, contents: Sequence[str], path: str) -> np.ndarray:
    """The numbers of contents.

    Raises:
        ConfigurationError: they are not a row of numbers for each.
    """
    found = np.asarray(embedding.embed(contents), dtype=np.float32)
    if found.ndim != 2 or len(found) != len(contents) or not np.isfinite(found).all():
        raise ConfigurationError(
            f"field model.embedding = {path!r}: embed made an array of {found.shape} of {len(contents)} contents. "
            "It must have a row for each, of finite numbers."
        )
    return found
