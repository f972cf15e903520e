"""What `hitl commit` says before it commits."""

from dataclasses import replace

import pytest

from hitl_assets.labeling.items.items import Taken
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.values.identity import item_key
from hitl_assets.local.commits import foresee

GOOD = b"headline\nOne\n"


@pytest.mark.parametrize("file", ["/items.tsv", "/ITEMS.CSV", "/items.txt", "/items.xlsx", "/photo.png"])
def test_a_file_that_nobody_reads_is_named_with_the_pattern(shipped_project: Project, file: str) -> None:
    """The commit would be a batch of nothing."""
    (said,) = foresee(shipped_project, {file: GOOD}).warnings
    assert not foresee(shipped_project, {file: GOOD}).brings_rows
    assert said.startswith(f"{file} does not match /**.csv. Commit what is to be labeled under a name that matches")


def test_a_table_beside_one_that_is_read_is_named_too(shipped_project: Project) -> None:
    """But not a picture or a text about the data."""
    (said,) = foresee(shipped_project, {"/a.csv": GOOD, "/b.TSV": GOOD, "/readme.md": b"#", "/c.png": b""}).warnings
    assert said.startswith("/b.TSV does not match")


def test_a_header_alone_is_named(shipped_project: Project) -> None:
    """Somebody forgot the rows."""
    assert foresee(shipped_project, {"/a.csv": b"headline\n"}).warnings == (
        "/a.csv has a header and no rows. Commit them with their rows.",
    )


def test_rows_that_are_put_aside_are_named(shipped_project: Project) -> None:
    """A few of them; all are in the batch."""
    said = foresee(shipped_project, {"/a.csv": GOOD + b"x,y\n" * 7}).warnings
    assert said[0].startswith("put aside: /a.csv row 3: 1 more cell than the header")
    assert said[-1] == "and 2 more rows are put aside"


def test_a_file_that_cannot_be_used_is_refused(shipped_project: Project) -> None:
    """Before it fails a batch."""
    for beside in ({}, {"/b.csv": GOOD}):
        with pytest.raises(UnreadableFileError, match=r"/a\.csv has no column headline"):
            foresee(shipped_project, {"/a.csv": b"title\nOne\n", **beside})


def test_good_files_need_no_words(shipped_project: Project) -> None:
    """As it should be."""
    assert foresee(shipped_project, {"/a.csv": GOOD}).warnings == ()


def test_new_and_known_rows_are_counted_with_the_price(shipped_project: Project) -> None:
    """Before money is spent: five answers are two suites at least and five at most, at 0.03 and a fee of 30 %."""
    taken = Taken({item_key({"headline": "One"}, shipped_project.identity)})
    said = foresee(shipped_project, {"/a.csv": GOOD + b"Two\n"}, taken).said
    assert said == "clickbait: 1 new, 1 known, 0 put aside. To ask about them costs 0.08 to 0.20."


def test_what_nobody_is_asked_about_costs_nothing(shipped_project: Project) -> None:
    """All rows are known."""
    taken = Taken({item_key({"headline": "One"}, shipped_project.identity)})
    prospect = foresee(shipped_project, {"/a.csv": GOOD}, taken)
    assert prospect.said == "clickbait: 0 new, 1 known, 0 put aside. Nobody will be asked."
    assert prospect.brings_rows


def test_what_passes_the_cap_is_told(shipped_project: Project) -> None:
    """It would be committed, and then not be opened."""
    rows = b"".join(b"Headline %d\n" % number for number in range(5000))
    assert "more than budget.per_batch" in foresee(shipped_project, {"/a.csv": b"headline\n" + rows}).said


def test_columns_are_read_by_the_names_that_the_project_gives_them(shipped_project: Project) -> None:
    """The same item is known under either name; without the mapping its line is told."""
    configuration = shipped_project.configuration
    source = configuration.source.model_copy(update={"columns": {"Review Text": "headline"}})
    mapped = replace(shipped_project, configuration=configuration.model_copy(update={"source": source}))
    taken = Taken({item_key({"headline": "One"}, shipped_project.identity)})
    content = {"/a.csv": b"Review Text\nOne\nTwo\n"}
    assert foresee(mapped, content, taken).said.startswith("clickbait: 1 new, 1 known, 0 put aside.")
    with pytest.raises(UnreadableFileError, match=r"Headline to headline, or map .*columns: \{Headline: headline\}"):
        foresee(shipped_project, {"/a.csv": b"Headline\nOne\n"})
