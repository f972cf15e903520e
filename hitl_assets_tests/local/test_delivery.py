"""Where exported files go."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hitl_assets.labeling.exports.dataset import ExportError, File
from hitl_assets.local.delivery import write_file, write_folder


def files(content: Mapping[str, bytes], error: Exception | None = None) -> Iterator[File]:
    """An export; one that fails at its end if there is an error."""
    for name, each in content.items():
        yield name, iter([each])
    if error:
        raise error


def tree(folder: Path) -> dict[str, bytes]:
    """All files in a folder, but for the list of them."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".hitl-export")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_is_filled(tmp_path: Path, is_there: bool) -> None:
    """With folders inside; it may be there, if it is empty."""
    target = tmp_path / "new" / "folder"
    if is_there:
        target.mkdir(parents=True)
    assert write_folder(files({"a.txt": b"a", "labels/ü/b.txt": b"b"}), target, overwrite=False) == 2
    assert tree(target) == {"a.txt": b"a", "labels/ü/b.txt": b"b"}


def test_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    """Two exports in one would be neither."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"is not empty.*--overwrite"):
        write_folder(files({"a.txt": b"a"}), tmp_path, overwrite=False)
    assert tree(tmp_path) == {"mine.txt": b"mine"}


def test_going_over_an_export_takes_away_what_it_had(tmp_path: Path) -> None:
    """A label of a picture that was withdrawn is no label any more. What others put there stays."""
    target = tmp_path / "yolo"
    write_folder(files({"labels/a.txt": b"1", "labels/b.txt": b"1"}), target, overwrite=False)
    (target / "images").mkdir()
    (target / "images" / "a.png").write_bytes(b"picture")
    write_folder(files({"labels/b.txt": b"2", "labels/c/d.txt": b"2"}), target, overwrite=True)
    assert tree(target) == {"images/a.png": b"picture", "labels/b.txt": b"2", "labels/c/d.txt": b"2"}
    write_folder(files({}), target, overwrite=True)
    assert tree(target) == {"images/a.png": b"picture"}


def test_the_list_of_an_export_leads_nowhere_else(tmp_path: Path) -> None:
    """Somebody may have written into it."""
    other, target = tmp_path / "other.txt", tmp_path / "yolo"
    other.write_text("other")
    write_folder(files({"a.txt": b"a"}), target, overwrite=False)
    (target / ".hitl-export").write_text(f"../other.txt\n{other}\n")
    write_folder(files({}), target, overwrite=True)
    assert other.read_text() == "other"


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path, is_there: bool) -> None:
    """Half an export looks like one."""
    target = tmp_path / "yolo"
    if is_there:
        write_folder(files({"a.txt": b"1"}), target, overwrite=False)
    with pytest.raises(ExportError):
        write_folder(files({"a.txt": b"2"}, ExportError("no size")), target, overwrite=True)
    assert (tree(target) if is_there else list(tmp_path.iterdir())) == ({"a.txt": b"1"} if is_there else [])


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The last export stays if this one fails."""
    target = tmp_path / "dataset.csv"
    write_file(files({"dataset.csv": b"1"}), target)
    with pytest.raises(ExportError):
        write_file(files({"dataset.csv": b"2"}, ExportError("no size")), target)
    assert tree(tmp_path) == {"dataset.csv": b"1"}
    write_file(files({"dataset.csv": b"3"}), target)
    assert tree(tmp_path) == {"dataset.csv": b"3"}


def test_what_is_written_may_be_read_by_others_as_usual(tmp_path: Path) -> None:
    """As any new file and folder."""
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual.txt").touch()
    write_folder(files({"a": b""}), tmp_path / "folder", overwrite=False)
    write_file(files({"a": b""}), tmp_path / "file.txt")
    modes = {path.name: path.stat().st_mode for path in tmp_path.iterdir()}
    assert (modes["folder"], modes["file.txt"]) == (modes["usual"], modes["usual.txt"])


def test_a_link_and_what_is_no_file_stay_what_they_are(tmp_path: Path) -> None:
    """`--output /dev/null` is a way to see what is told."""
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_file(files({"a": b"1"}), tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"1"
    write_file(files({"a": b"1"}), Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
