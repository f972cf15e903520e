"""What pictures are called in forms that name them, and how large they are. A name is a path that no other picture has,
and that a disk can hold."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from hitl_assets.labeling.exports.dataset import Dataset, Example, ExportError, Size
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.values.plurals import plural

# What no name may have on some disk. Of the rest, what Pachyderm takes in a path beside letters and digits: other signs
# are percent-encoded. How many bytes a name may take, with room for a mark and another ending.
UNUSABLE = re.compile(r'[\0-\x1f\x7f<>:"|?*\ud800-\udfff]')
PLAIN = " -_.,=%&;'~#$"
LONGEST = 160


def named(dataset: Dataset) -> Iterator[tuple[Example, str]]:
    """The examples, each with the name of its picture. Names are the same each time: those of the files in Pachyderm or
    behind the addresses, with a part of the item's key where another one has it already."""
    taken: set[str] = set()
    for example in dataset.examples():
        path = PurePosixPath(path_of(dataset.subject_of(example)) or example.key)
        yield example, next(name for mark in marks_of(example.key) if (name := claim(path, mark, taken)))


def marks_of(key: str) -> Iterator[str]:
    """What is added to a name until no other has it."""
    yield from ("", f"-{key[:8]}", f"-{key}")
    yield from (f"-{key}-{number}" for number in count(2))


def claim(path: PurePosixPath, mark: str, taken: set[str]) -> str:
    """The path with a mark before its ending, if no other picture is called so; else nothing. Names that differ in
    their endings, or in case alone, are the same: labels have another ending, and some disks know no case."""
    name = path.with_name(f"{path.stem}{mark}{path.suffix}")
    key = str(name.with_suffix("")).lower()
    if key in taken:
        return ""
    taken.add(key)
    return str(name)


def path_of(source: str) -> str:
    """The path of a picture's place or address, without what leads out of a folder or that a disk cannot hold."""
    place = read_place(source)
    try:
        path = place.path if place else unquote(urlsplit(source).path)
    except ValueError:  # no address
        path = source
    parts = (tidy(part) for part in re.split(r"[/\\]", path))
    return "/".join(part for part in parts if part)


def tidy(part: str) -> str:
    """A folder's or file's name that a disk and Pachyderm can hold."""
    part = quote(UNUSABLE.sub("_", part), safe=PLAIN).strip().rstrip(".")
    suffix = PurePosixPath(part).suffix[:20]
    return part if len(part) <= LONGEST else part[: LONGEST - len(suffix)] + suffix


def check_sizes(dataset: Dataset) -> None:
    """Refuse a dataset with pictures whose size is not known.

    Raises:
        ExportError: there are some.
    """
    missing = [example for example in dataset.examples() if not size_of(dataset, example)]
    if missing:
        first = missing[0]
        raise ExportError(
            f"The size in pixels of {plural(len(missing), 'picture')} is not known, first of item {first.key} "
            f"({dataset.subject_of(first)[:200]}). Give items the columns width and height, or see to it that the "
            "pictures can be read; yolo, jsonl and parquet need no pixels."
        )


def size_of(dataset: Dataset, example: Example) -> Size | None:
    """Width and height of a picture in pixels, as far as they are known: what the item says goes first."""
    return stated_size(example) or dataset.sizes.get(example.key)


def stated_size(example: Example) -> Size | None:
    """What the columns width and height say."""
    try:
        width, height = (int(str(example.values.get(name))) for name in ("width", "height"))
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None
