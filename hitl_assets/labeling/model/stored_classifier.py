"""A trained classifier as files: `model.skops`, which runs nothing when it is read, and what it was trained on.

The same training makes the same bytes, so that the same dataset makes no new commit. skops names parts of its archive
by memory addresses and at random, and a ZIP archive has times in it: both are replaced.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from typing_extensions import Self

from hitl_assets.labeling.classifier import Classifier, load_classifier
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.records import canonical_json
from hitl_assets.labeling.tables.tables import UnreadableFileError

MODEL, TRAINING, ROWS = "model.skops", "training.json", "rows.txt"
# Beside what skops knows to be harmless: the parts of scikit-learn that our own classifier is made of.
KNOWN_TYPES = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
)
SCHEMA = "schema.json"
OLDEST = (1980, 1, 1, 0, 0, 0)
# What reading an archive ends with that is cut, changed or from another world.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError),
    *(LookupError, TypeError, ValueError, AttributeError, ImportError),
)


@dataclass(frozen=True)
class Training:
    """What a classifier was made of: its class (import path), columns and labels; the data version of the dataset, how
    many of its rows it has learned from, and how many of these people labeled; and what made numbers of the items, if
    anything did."""

    classifier: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    dataset: str
    rows: int
    by_people: int
    embedding: str = ""


@dataclass(frozen=True)
class StoredClassifier:
    """`model.skops`, `training.json` (what it was made of) and `rows.txt` (the `text_key` of each row it has seen)."""

    model: bytes
    training: Training
    rows: frozenset[str]

    def to_files(self) -> Mapping[str, bytes]:
        """Content by file name."""
        return {
            MODEL: self.model,
            # Without an embedding it is as older versions wrote it.
            TRAINING: canonical_json({k: v for k, v in asdict(self.training).items() if v or k != "embedding"}).encode()
            + b"\n",
            ROWS: "".join(f"{key}\n" for key in sorted(self.rows)).encode(),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The value that `to_files` wrote. The model is restored by `read_model` only."""
        written = json.loads(files[TRAINING])
        if not isinstance(written, dict):
            raise UnreadableFileError(f"{TRAINING} is no object.")
        lists = {name: tuple(written[name]) for name in ("columns", "labels")}
        return cls(files[MODEL], Training(**{**written, **lists}), frozenset(files[ROWS].decode().split()))


def write_model(model: Classifier, settings: Model) -> bytes:
    """The model as a skops archive.

    Raises:
        ConfigurationError: it has parts that could not be restored.
    """
    io_ = skops_io()
    try:
        content: bytes = io_.dumps(model)
    except TypeError as error:
        raise ConfigurationError(
            f"field model.classifier = {settings.classifier!r} cannot be stored: {error} Keep functions and open files "
            "out of its attributes, or drop them in __getstate__."
        ) from error
    refuse_untrusted(io_.get_untrusted_types(data=content), settings, f"A trained {settings.classifier}")
    return normalize(content)


def read_model(content: bytes, settings: Model, place: str) -> Classifier:
    """The model of a skops archive, if it holds nothing but types that are trusted. Nothing in it is run.

    Raises:
        ConfigurationError: it has other types; the message names them.
        UnreadableFileError: it is no such archive, or holds something else than the project's classifier.
    """
    io_, expected = skops_io(), load_classifier(settings.classifier)
    try:
        refuse_untrusted(io_.get_untrusted_types(data=content), settings, place)
        model = io_.loads(content, trusted=trusted_types(settings))
    except ConfigurationError:
        raise  # It is a ValueError.
    except DAMAGED as error:
        raise UnreadableFileError(
            f"{place} cannot be restored: {type(error).__name__}: {error} Materialize classifier again."
        ) from error
    if type(model) is not expected:
        raise UnreadableFileError(
            f"{place} holds a {type(model).__name__}, not a {settings.classifier}. Materialize classifier again."
        )
    return model


def trusted_types(settings: Model) -> list[str]:
    """What may be restored beside what skops knows to be harmless."""
    own: Any = load_classifier(settings.classifier)
    return [*KNOWN_TYPES, f"{own.__module__}.{own.__name__}", *settings.trusted_types]


def refuse_untrusted(found: Iterable[str], settings: Model, place: str) -> None:
    """Refuse types that nobody has said to be harmless."""
    untrusted = sorted(set(found) - set(trusted_types(settings)))
    if untrusted:
        raise ConfigurationError(
            f"{place} holds types that are not trusted: {', '.join(untrusted)}. Nothing of it was run. If your "
            "classifier is made of them, and you know what restoring them does, list them in model.trusted_types."
        )


def normalize(archive: bytes) -> bytes:
    """The same archive with the bytes that it has whenever and wherever it is written."""
    with zipfile.ZipFile(io.BytesIO(archive)) as written:
        contents = {name: written.read(name) for name in written.namelist()}
    renamed = Renamed({}, {name: "" for name in contents if name != SCHEMA})
    schema = renamed.node(json.loads(contents.pop(SCHEMA)))
    parts = {renamed.files[name]: content for name, content in contents.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as normal:
        for name, content in [*sorted(parts.items()), (SCHEMA, json.dumps(schema).encode())]:
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            normal.writestr(entry, content)
    return target.getvalue()


@dataclass(frozen=True)
class Renamed:
    """New names for the nodes and files of a skops schema: numbers in the order of their first occurrence."""

    ids: dict[int, int]
    files: dict[str, str]

    def node(self, value: Any) -> Any:
        """A part of the schema with new names."""
        if isinstance(value, list):
            return [self.node(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: self.entry(key, each) for key, each in value.items()}

    def entry(self, key: str, value: Any) -> Any:
        """What stands under a key of a node."""
        if key == "__id__" and isinstance(value, int):
            return self.ids.setdefault(value, len(self.ids) + 1)
        if key == "file" and isinstance(value, str) and value in self.files:
            number = sum(map(bool, self.files.values())) + 1
            self.files[value] = self.files[value] or f"{number}{PurePosixPath(value).suffix}"
            return self.files[value]
        return self.node(value)


def skops_io() -> Any:
    """skops's reader and writer."""
    import skops.io  # 1.5 s, which whoever has no model need not wait for

    return skops.io
