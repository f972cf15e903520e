"""Where exported files go: one file, a folder, or the screen. All of an export is there, or nothing of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from hitl_assets.labeling.exports.dataset import ExportError, File


class Writable(Protocol):
    """What takes bytes."""

    def write(self, content: bytes, /) -> int:
        """Take some."""


# What a folder was filled with by us, a path a line: an export that goes over it takes these away.
LIST = ".hitl-export"


def write_stream(files: Iterator[File], target: Writable) -> None:
    """Write the only file into a stream."""
    for _, content in files:
        for block in content:
            target.write(block)


def write_file(files: Iterator[File], target: Path) -> None:
    """Write the only file, in place of one that is there; into what is no file, as it comes."""
    target = target.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            write_stream(files, stream)
        return
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:100]}.", delete=False) as staged:
        try:
            write_stream(files, staged)
            staged.close()
            Path(staged.name).chmod(0o666 & ~current_mask())
            Path(staged.name).replace(target)
        except BaseException:
            Path(staged.name).unlink(missing_ok=True)
            raise


def current_mask() -> int:
    """Which permissions new files of this process do not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_folder(files: Iterator[File], target: Path, overwrite: bool) -> int:
    """Write files into a folder; how many. With `overwrite` it may have files: those of an earlier export go, others
    stay unless an exported one has their name.

    Raises:
        ExportError: it has files, and `overwrite` is not given.
    """
    if not overwrite and target.exists() and any(target.iterdir()):
        raise ExportError(f"{target} is not empty. Name another folder, or say --overwrite.")
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}."))
    try:
        names = [stage(staged, name, content) for name, content in files]
        (staged / LIST).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        staged.chmod(0o777 & ~current_mask())
        place(staged, target, [*names, LIST])
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return len(names)


def stage(folder: Path, name: str, content: Iterator[bytes]) -> str:
    """Write one file into a folder; its name."""
    path = folder / PurePosixPath(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(content)
    return name


def place(staged: Path, target: Path, names: list[str]) -> None:
    """Put a folder where it belongs: as a whole, or file by file where others stay."""
    if not target.exists() or not any(target.iterdir()):
        staged.replace(target)
        return
    for name in earlier(target):
        if name not in names and (target / name).is_file():
            (target / name).unlink()
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).replace(target / name)


def earlier(folder: Path) -> list[str]:
    """The files in a folder that an earlier export wrote. What leads out of it is none."""
    listed = folder / LIST
    names = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    return [name for name in names if name and not name.startswith("/") and ".." not in PurePosixPath(name).parts]
