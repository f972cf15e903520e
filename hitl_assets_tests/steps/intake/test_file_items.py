"""A commit of pictures is taken in by the hashes that pachd has of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.records import Task
from hitl_assets.labeling.sections import RawSource
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.local.commits import foresee_pictures
from hitl_assets.local.files import find_files
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.hashes import hash_before
from hitl_assets.services.pachyderm.streams import LazyFile
from hitl_assets.steps.addressing import with_links
from hitl_assets.steps.intake.changes import Taken, take_in
from hitl_assets_tests.labeling.items.drawings import draw

RED, BLUE, GREEN = draw(), draw(colour="blue"), draw(colour="green")
Commit = Callable[[Mapping[str, bytes]], RawData]


@pytest.fixture
def pictured(project: Project) -> Project:
    """A project whose items are pictures, with a caption from a table where there is one."""
    source = RawSource(
        repo=project.configuration.source.repo, glob="/**.{png,jpg}", items="files", field="image", values="/values.csv"
    )
    configuration = project.configuration.model_copy(
        update={"source": source, "dataset": None, "pictures": Link(link="https://b/{commit}/{path}?v={hash}")}
    )
    fields = {"image": {"type": "url", "required": True}, "caption": {"type": "string", "required": False}}
    spec = {**project.project["task_spec"], "input_spec": fields}
    return replace(project, configuration=configuration, project={**project.project, "task_spec": spec})


@pytest.fixture
def take(pachyderm: Pachyderm, pictured: Project) -> Commit:
    """Commits files and takes the commit in, as the asset `raw_data` does."""

    def commit_and_take(files: Mapping[str, bytes], gone: str = "") -> RawData:
        repo = pictured.configuration.source.repo
        commit = pachyderm.write(repo, files, "data", replace=gone or None)
        found = take_in(pachyderm, pictured, commit)
        stored = {f"{directory_of(commit)}/{n}": c for n, c in StoredRawData(found).to_files().items()}
        pachyderm.write(f"{pictured.name}_raw_data", stored, commit, replace=directory_of(commit))
        return found

    return commit_and_take


def names(found: RawData) -> list[str]:
    """The files that are new items."""
    return [item.file for item in found.items]


def test_what_is_known_is_never_a_new_item(take: Commit) -> None:
    """Renamed, copied, committed again, or back after it was deleted; only what changed is new."""
    assert names(take({"/in/a.png": RED, "/in/b.jpg": BLUE, "/in/c.txt": b"x"})) == ["/in/a.png", "/in/b.jpg"]
    again = take({"/in/renamed.png": RED, "/copy.png": RED, "/in/b.jpg": GREEN}, "/in")
    assert (names(again), again.known) == (["/in/b.jpg"], 2)
    nothing = take({}, "/in")
    assert (names(nothing), nothing.rejected) == ([], ())
    assert names(take({"/back.png": BLUE})) == []


def test_a_picture_of_megabytes_is_known_too(take: Commit) -> None:
    """Where pachd cuts it depends on its content."""
    large = draw("BMP", (900, 900))
    assert len(large) > 2_000_000
    assert names(take({"/a.png": large, "/b.png": large})) == ["/a.png"]
    assert take({"/c/d.png": large}).known == 1


@pytest.mark.parametrize("name", ["/a b.png", "/100%.png", "/%C3%B6.png", "/a#b&c.png", "/'\"$.png"])
def test_any_name_is_read(take: Commit, name: str) -> None:
    """Also one that a pattern might be made of."""
    found = take({name: RED})
    assert (names(found), [each.width for each in found.pictures]) == ([name], [30])


def test_a_table_gives_values_when_it_comes(take: Commit) -> None:
    """Also after the pictures: what it lacked the first time is looked at again."""
    assert names(take({"/a.png": RED, "/values.csv": b"image,caption\na.png,A\nb.png,B\n"})) == ["/a.png"]
    found = take({"/b.png": BLUE, "/values.csv": b"image,caption\na.png,A\nb.png,B\nc.png,C\n"})
    assert [item.values["caption"] for item in found.items] == ["B"]
    assert [row.reason for row in found.rejected] == ["no file /c.png in the commit"]
    assert [each.file for each in found.files] == ["/a.png", "/b.png"]


def test_what_is_stored_is_read_back(take: Commit) -> None:
    """With the sizes."""
    found = take({"/a.png": RED, "/b.png": b"none"})
    stored = StoredRawData.from_files(StoredRawData(found).to_files()).raw_data
    assert (stored.items, stored.rejected, stored.pictures) == (found.items, found.rejected, found.pictures)


def test_people_get_addresses(take: Commit, pachyderm: Pachyderm, pictured: Project) -> None:
    """Of their own pictures, with the hash that is their key."""
    (item,) = take({"/a b.png": RED}).items
    task = Task(item.item_key, item.values)
    (shown,) = with_links(pachyderm, pictured, Batch("b", (task,), ())).tasks
    commit = item.values["image"].split("@")[1].split(":")[0]
    assert shown.values["image"] == f"https://b/{commit}/a%20b.png?v={item.item_key}"
    assert shown.item_key == item.item_key


def test_a_folder_is_foreseen_and_committed_as_a_stream(
    tmp_path: Path, take: Commit, pachyderm: Pachyderm, pictured: Project
) -> None:
    """What is said before a commit is what comes of it."""
    (item,) = take({"/known.png": RED}).items
    folder = tmp_path / "shots"
    (folder / "in").mkdir(parents=True)
    for name, content in {
        "a.png": RED,
        "in/b c.png": BLUE,
        "bad.png": b"none",
        ".hidden": b"",
        "ö(1).png": GREEN,
        "note.PNG": RED,
    }.items():
        (folder / name).write_bytes(content)
    files = find_files([folder])
    assert sorted(files) == [
        "/shots/%C3%B6%281%29.png",
        "/shots/a.png",
        "/shots/bad.png",
        "/shots/in/b c.png",
        "/shots/note.PNG",
    ]
    prospect = foresee_pictures(pictured, files, Taken(known={item.item_key}))
    assert "2 new, 1 known, 1 put aside" in prospect.said
    assert any("/shots/bad.png: is no picture" in each for each in prospect.warnings)
    assert prospect.warnings[0].startswith("/shots/note.PNG does not match /**.{png,jpg}")
    commit = pachyderm.write(pictured.configuration.source.repo, files, "a folder")
    found = take_in(pachyderm, pictured, commit)
    assert (names(found), found.known, len(found.rejected)) == (["/shots/%C3%B6%281%29.png", "/shots/in/b c.png"], 1, 1)


@pytest.mark.parametrize("size", [0, 1, 999_999])
def test_a_hash_is_known_before_the_commit(tmp_path: Path, pachyderm: Pachyderm, prefix: str, size: int) -> None:
    """As pachd says it."""
    file = tmp_path / "file"
    file.write_bytes(b"x" * size)
    commit = pachyderm.write(prefix, {"/file": file}, "one")
    assert pachyderm.inspect_entry(prefix, commit, "/file") == (hash_before(file), size)


def test_a_file_is_sent_in_large_pieces_and_closed(tmp_path: Path) -> None:
    """Not line by line: a picture has a newline in every 256 bytes."""
    (tmp_path / "file").write_bytes(b"\n" * 1_500_000)
    file = LazyFile(tmp_path / "file")
    assert [len(file.read(19_000_000)) for _ in range(3)] == [1_048_576, 451_424, 0]
    assert file.file is None


def test_a_large_file_has_no_hash_before(tmp_path: Path) -> None:
    """pachd cuts it."""
    (tmp_path / "file").write_bytes(bytes(1_000_000))
    assert hash_before(tmp_path / "file") == ""


@pytest.mark.slow
def test_the_start_of_a_file_is_read_alone(pachyderm: Pachyderm, prefix: str) -> None:
    """However large it is."""
    content: Any = bytes(range(256)) * 100_000
    commit = pachyderm.write(prefix, {"/a": content}, "large")
    assert pachyderm.read_start(prefix, commit, "/a", len(content), 1000) == content[:1000]
