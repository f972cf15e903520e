"""Which files of a commit are items: by their content, whatever they are called."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from hitl_assets.labeling.items.files import (
    FileForm,
    FileIntake,
    FoundFile,
    collect_files,
    look_at,
    read_side_table,
    without_file,
)
from hitl_assets.labeling.items.items import RawData, Taken, describe_rejected
from hitl_assets.labeling.items.places import Place, read_place
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.values.identity import IDENTITY
from hitl_assets.labeling.verdicts import judge_form, judge_rejected

from .drawings import draw

RED, BLUE = draw(), draw(colour="blue")
FIELDS = {"image": {"type": "string", "required": True}}
CAPTION = {"caption": {"type": "string", "required": True}}
HINT = {"hint": {"type": "string", "required": False}}


def key(content: bytes) -> str:
    """A hash of content, as a server gives one."""
    return sha256(content).hexdigest()


def collect(
    files: Mapping[str, bytes], taken: Taken | None = None, others: Mapping[str, dict[str, object]] | None = None,
    table: bytes | None = None,
) -> RawData:  # fmt: skip
    """What comes of these files of a commit, perhaps with a table beside them."""
    form = FileForm("image", {**FIELDS, **(others or {})})
    if table is not None:
        beside = without_file(read_side_table(table, "/values.csv", form), files)
        form = FileForm("image", form.fields, beside)
    found = [FoundFile(Place("photos", "c1", path), key(content), len(content)) for path, content in files.items()]

    def read(file: FoundFile, most: int) -> bytes:
        return files[file.place.path][:most]

    intake = FileIntake(taken or Taken(), IDENTITY)
    return collect_files(found, form, lambda file: look_at(file, read), intake)


def reasons(found: RawData) -> list[str]:
    """What was put aside, as people read it."""
    return describe_rejected(found.rejected, "")


def test_a_file_is_an_item_by_its_content() -> None:
    """Its value is the place, from which anybody can read it."""
    (item,) = collect({"/a.png": RED}).items
    assert (item.item_key, item.values, item.file) == (key(RED), {"image": "photos@c1:/a.png"}, "/a.png")


def test_two_equal_files_are_one_item() -> None:
    """Nobody is paid twice."""
    found = collect({"/b.png": RED, "/a.png": RED})
    assert [item.file for item in found.items] == ["/a.png"]
    assert reasons(found) == [":/b.png: same content as /a.png"]
    assert found.repeated == 1
    assert "there is nothing to do" in judge_rejected(found.rejected, "rejected.csv").description


@pytest.mark.parametrize("name", ["/renamed.png", "/copy/of/a.png", "/a.png"])
def test_known_content_is_no_new_item_under_any_name(name: str) -> None:
    """Renamed, copied, committed again."""
    found = collect({name: RED}, Taken(known={key(RED)}))
    assert (found.items, found.known, found.known_keys) == ((), 1, frozenset({key(RED)}))


def test_known_content_is_not_looked_at() -> None:
    """Its hash is enough."""
    form = FileForm("image", FIELDS)

    def look(_: FoundFile) -> None:
        raise AssertionError("looked at")

    file = FoundFile(Place("photos", "c1", "/a.png"), key(RED), 7)
    assert collect_files([file], form, look, FileIntake(Taken(known={key(RED)}), IDENTITY)).known == 1


def test_changed_content_is_a_new_item() -> None:
    """Under the old name."""
    (item,) = collect({"/a.png": BLUE}, Taken(known={key(RED)})).items
    assert item.item_key == key(BLUE)


def test_withdrawn_content_is_not_asked_about() -> None:
    """Whatever it is called."""
    assert reasons(collect({"/b.png": RED}, Taken(withdrawn={key(RED)}))) == [
        ":/b.png: withdrawn: nobody is asked about it"
    ]


def test_an_item_that_this_batch_had_stays() -> None:
    """Taken in again, though it is known elsewhere by now."""
    taken = Taken(own={key(RED)}, elsewhere={key(RED), key(BLUE)})
    assert [item.file for item in collect({"/a.png": RED, "/b.png": BLUE}, taken).items] == ["/a.png"]


@pytest.mark.slow
def test_bad_files_are_named_and_the_others_go_on() -> None:
    """One of each kind that users bring."""
    bomb = draw("PNG", (20_000, 20_000), 0, "1")
    found = collect({"/a.png": b"none", "/b.png": b"", "/c.png": bomb, "/d.gif": draw("GIF"), "/e.mp3": b""})
    assert [item.file for item in found.items] == ["/d.gif"]
    assert reasons(found) == [
        ":/a.png: is no picture: neither PNG, JPEG, GIF, BMP nor WebP",
        ":/b.png: has 0 bytes",
        ":/c.png: has 20000 x 20000 pixels, more than 100,000,000: make it smaller",
        ":/e.mp3: has 0 bytes",
    ]


@pytest.mark.parametrize("name", ["/a b.png", "/ÄÖ/日本.png", "/100%.png", "/a#b?c&d.png", "/'\"\n.png"])
def test_a_name_is_any_name(name: str) -> None:
    """A place says it as it is, and is read back."""
    (item,) = collect({name: RED}).items
    assert read_place(item.values["image"]) == Place("photos", "c1", name)


def test_sizes_are_kept() -> None:
    """Marks are shares of them."""
    ((*_, width, height, form, size),) = collect({"/a.png": RED, "/b.mp3": b"sound"}).pictures
    assert (width, height, form, size) == (30, 20, "PNG", len(RED))


def test_a_table_adds_values() -> None:
    """By path, with or without the slash."""
    table = b"image,caption,other\na.png,A cat,1\n/b/b.png,A dog,2\n"
    found = collect({"/a.png": RED, "/b/b.png": BLUE}, None, CAPTION, table)
    assert [item.values["caption"] for item in found.items] == ["A cat", "A dog"]
    assert not found.rejected


def test_values_are_no_part_of_the_identity() -> None:
    """A picture with another caption is the same picture."""
    one, two = (collect({"/a.png": RED}, None, CAPTION, f"image,caption\na.png,{c}\n".encode()) for c in "xy")
    assert one.items[0].item_key == two.items[0].item_key


def test_files_without_row_and_rows_without_file_are_named() -> None:
    """And a row that is there twice, or names none."""
    table = b"image,caption\na.png,A\ngone.png,B\n/a.png,C\n,D\n"
    found = collect({"/a.png": RED, "/b.png": BLUE}, None, CAPTION, table)
    assert [item.values["caption"] for item in found.items] == ["A"]
    assert reasons(found) == [
        ":/b.png: has no row in /values.csv, which has its caption",
        ":/values.csv row 4 column image: names /a.png as row 2 does",
        ":/values.csv row 5 column image: names no file",
        ":/values.csv row 3: no file /gone.png in the commit",
    ]


def test_a_file_needs_no_row_where_nothing_is_required() -> None:
    """Nor a table."""
    assert len(collect({"/a.png": RED, "/b.png": BLUE}, None, HINT, b"image,hint\na.png,look\n").items) == 2
    assert len(collect({"/a.png": RED}, None, HINT).items) == 1


def test_a_bad_value_puts_its_file_aside() -> None:
    """The row says where it is."""
    fields = {"year": {"type": "integer", "required": True}}
    found = collect({"/a.png": RED}, None, fields, b"image,year\na.png,then\n")
    assert reasons(found) == [":/values.csv row 2 column year: 'then' is not a whole number"]


def test_a_table_without_the_column_of_paths_is_refused() -> None:
    """Nobody knows what its rows are about."""
    with pytest.raises(UnreadableFileError, match=r"/values\.csv has no column image"):
        collect({"/a.png": RED}, None, CAPTION, b"file,caption\na.png,A\n")


def test_items_that_are_files_fit_the_form() -> None:
    """Their identity is not that of their values."""
    items = collect({"/a.png": RED}).items
    assert judge_form(items, FIELDS, "image").passed
    assert not judge_form(items, FIELDS).passed


def test_a_table_names_a_file_as_it_is_on_a_disk() -> None:
    """In Pachyderm it has another name, where that takes not every letter."""
    found = collect({"/%C3%B6 1.png": RED}, None, CAPTION, "image,caption\nö 1.png,A\n".encode())
    assert [item.values["caption"] for item in found.items] == ["A"]
