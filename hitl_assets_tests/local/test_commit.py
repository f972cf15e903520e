"""What `hitl commit` says before it commits."""

import pytest

from hitl_assets.labeling.project import Project
from hitl_assets.labeling.tables import UnreadableFileError
from hitl_assets.local.dev import foresee

GOOD = b"headline\nOne\n"


@pytest.mark.parametrize("file", ["/items.tsv", "/ITEMS.CSV", "/items.txt", "/items.xlsx", "/photo.png"])
def test_a_file_that_nobody_reads_is_named_with_the_pattern(shipped_project: Project, file: str) -> None:
    """The commit would be a batch of nothing."""
    (said,) = foresee(shipped_project, {file: GOOD})
    assert said.startswith(f"{file} does not match /**.csv. Commit what is to be labeled under a name that matches")


def test_a_table_beside_one_that_is_read_is_named_too(shipped_project: Project) -> None:
    """But not a picture or a text about the data."""
    (said,) = foresee(shipped_project, {"/a.csv": GOOD, "/b.TSV": GOOD, "/readme.md": b"#", "/c.png": b""})
    assert said.startswith("/b.TSV does not match")


def test_a_header_alone_is_named(shipped_project: Project) -> None:
    """Somebody forgot the rows."""
    assert list(foresee(shipped_project, {"/a.csv": b"headline\n"})) == [
        "/a.csv has a header and no rows. Commit them with their rows."
    ]


def test_rows_that_are_put_aside_are_named(shipped_project: Project) -> None:
    """A few of them; all are in the batch."""
    said = list(foresee(shipped_project, {"/a.csv": GOOD + b"x,y\n" * 7}))
    assert said[0].startswith("put aside: /a.csv row 3: 1 more cells than the header")
    assert said[-1] == "and 2 more rows are put aside"


def test_a_file_that_cannot_be_used_is_refused(shipped_project: Project) -> None:
    """Before it fails a batch."""
    for beside in ({}, {"/b.csv": GOOD}):
        with pytest.raises(UnreadableFileError, match=r"/a\.csv has no column headline"):
            list(foresee(shipped_project, {"/a.csv": b"title\nOne\n", **beside}))


def test_good_files_need_no_words(shipped_project: Project) -> None:
    """As it should be."""
    assert list(foresee(shipped_project, {"/a.csv": GOOD})) == []
