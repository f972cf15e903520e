"""What a commit brings, and what is put aside."""

from typing import Any

import pytest

from hitl_assets.labeling.items.items import RawData, collect_items, describe_rejected
from hitl_assets.labeling.records import RejectedRow, item_key
from hitl_assets.labeling.tables.tables import UnreadableFileError

TEXT = {"text": {"type": "string", "required": True, "max_length": 100}}
TEXT_AND_PRICE = {**TEXT, "price": {"type": "integer", "required": False}}


def collect(files: dict[str, str | bytes], fields: Any = TEXT, **options: Any) -> RawData:
    """The items of these files."""
    contents = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return collect_items(contents, fields, **{"known": (), **options})


def texts(data: RawData) -> list[str]:
    """The items' texts."""
    return [item.values["text"] for item in data.items]


def test_an_item_knows_its_key_values_and_place() -> None:
    """The place is how a person finds it again."""
    (item,) = collect({"/a/fruit.csv": "id,text\n7,Cox\n"}).items
    assert (item.item_key, item.values) == (item_key({"text": "Cox"}), {"text": "Cox"})
    assert (item.file, item.row) == ("/a/fruit.csv", 2)


def test_items_come_in_the_order_of_paths_and_rows() -> None:
    """Whatever order the files are listed in, the batch is the same."""
    assert texts(collect({"/b.csv": "text\nC\nB\n", "/a.csv": "text\nD\nA\n"})) == ["D", "A", "C", "B"]


def test_no_files_bring_no_items() -> None:
    """A commit may change nothing that we read."""
    assert collect({}) == RawData(())


def test_values_have_the_types_of_their_fields() -> None:
    """Toloka refuses a number that is a text."""
    assert collect({"/a.csv": "text,price\nCox,3\n"}, TEXT_AND_PRICE).items[0].values == {"text": "Cox", "price": 3}


def test_an_optional_value_that_is_empty_is_no_value() -> None:
    """So the item is the same whether the column is empty or absent."""
    with_column = collect({"/a.csv": "text,price\nCox,\n"}, TEXT_AND_PRICE).items[0]
    without = collect({"/a.csv": "text\nCox\n"}, TEXT_AND_PRICE).items[0]
    assert with_column.values == without.values == {"text": "Cox"}
    assert with_column.item_key == without.item_key


def test_a_required_column_must_be_there() -> None:
    """Without it no row of the file can be published."""
    with pytest.raises(UnreadableFileError, match=r"/a\.csv has no column text"):
        collect({"/a.csv": "price\n3\n"}, TEXT_AND_PRICE)


def test_a_second_row_with_the_same_values_is_put_aside() -> None:
    """It is the same item; the reason names the first row."""
    data = collect({"/a.csv": "text\nCox\nBoskoop\nCox\n"})
    assert texts(data) == ["Cox", "Boskoop"]
    assert data.rejected == (RejectedRow("/a.csv", 4, "", "same values as row 2"),)


def test_the_same_values_in_two_files_are_one_item() -> None:
    """The reason names the other file."""
    data = collect({"/a.csv": "text\nBoskoop\nCox\n", "/b.csv": "text\nCox\n"})
    assert texts(data) == ["Boskoop", "Cox"]
    assert data.rejected == (RejectedRow("/b.csv", 2, "", "same values as /a.csv row 3"),)


def test_a_column_that_is_no_input_makes_no_other_item() -> None:
    """Identity is what the worker sees."""
    data = collect({"/a.csv": "id,text\n1,Cox\n2,Cox\n"})
    assert (len(data.items), len(data.rejected)) == (1, 1)


def test_a_known_item_is_counted_and_left_out() -> None:
    """Nobody is paid twice for one item, and nobody is told that it is an error."""
    data = collect({"/a.csv": "text\nCox\nBoskoop\n"}, known={item_key({"text": "Cox"})})
    assert (texts(data), data.rejected, data.known) == (["Boskoop"], (), 1)


def test_a_row_without_a_required_value_is_put_aside() -> None:
    """With file, row and column; the others go on."""
    data = collect({"/a.csv": "text,price\nCox,1\n  ,2\nBoskoop,3\n"}, TEXT_AND_PRICE)
    assert texts(data) == ["Cox", "Boskoop"]
    assert data.rejected == (RejectedRow("/a.csv", 3, "text", "value is missing"),)


def test_a_row_with_a_wrong_value_is_put_aside() -> None:
    """Toloka would refuse the whole upload for it."""
    data = collect({"/a.csv": "text,price\nCox,cheap\n"}, TEXT_AND_PRICE)
    assert data.rejected == (RejectedRow("/a.csv", 2, "price", "'cheap' is not a whole number"),)


def test_a_row_with_more_cells_than_the_header_is_put_aside() -> None:
    """A comma without quotes: half a text would be labeled."""
    data = collect({"/a.csv": "text\nCox, red\nBoskoop\n"})
    assert texts(data) == ["Boskoop"]
    assert data.rejected == (
        RejectedRow("/a.csv", 2, "", "1 more cell than the header: quote commas, or what else separates cells"),
    )


def test_a_row_without_any_value_is_put_aside() -> None:
    """Where every field is optional, it would be a task that shows nothing."""
    data = collect({"/a.csv": 'note\n""\nCox\n'}, {"note": {"type": "string", "required": False}})
    assert [item.values for item in data.items] == [{"note": "Cox"}]
    assert data.rejected == (RejectedRow("/a.csv", 2, "", "no value in any column"),)


def test_a_huge_cell_costs_its_row_and_not_the_file() -> None:
    """A megabyte in one cell is an accident of one row."""
    data = collect({"/a.csv": f"text\nCox\n{'x' * 1_000_000}\nBoskoop\n"})
    assert texts(data) == ["Cox", "Boskoop"]
    assert data.rejected == (RejectedRow("/a.csv", 3, "text", "value has 1000000 characters, more than 10000"),)


def test_rows_are_numbered_as_a_spreadsheet_counts() -> None:
    """Blank rows and line breaks inside of cells don't shift the numbers."""
    data = collect({"/a.csv": 'text\n"two\nlines"\n\nCox\n'})
    assert [item.row for item in data.items] == [2, 4]


def test_files_of_which_none_can_be_used_fail_the_batch() -> None:
    """Their author must know now, of each of them."""
    with pytest.raises(UnreadableFileError, match=r"/a\.csv is empty.*\n/b\.csv is not UTF-8"):
        collect({"/a.csv": "", "/b.csv": b"text\n\xff\n", "/c.csv": "text\nCox\n"}, inherited={"/c.csv"})


@pytest.mark.parametrize("inherited", [(), {"/b.csv"}])
@pytest.mark.parametrize("content", [b"text\nBoskoop\n\xff\n", b"", b"title\nCox\n", b'text\nBoskoop\n"Cox\n'])
def test_a_file_that_cannot_be_used_is_put_aside_as_a_whole(content: bytes, inherited: Any) -> None:
    """None of its rows is taken in, so that all of them are when it is right; the other files are not held up."""
    data = collect({"/a.csv": "text\nCox\n", "/b.csv": content}, inherited=inherited)
    assert texts(data) == ["Cox"]
    assert [(row.file, row.row, row.column) for row in data.rejected] == [("/b.csv", 1, "")]
    assert data.rejected[0].reason.startswith("/b.csv ")


def test_an_inherited_file_that_is_right_is_taken_in() -> None:
    """The batch that should have brought it failed for another file."""
    assert texts(collect({"/a.csv": "text\nCox\n"}, inherited={"/a.csv"})) == ["Cox"]


def test_rejected_rows_are_described_with_their_place() -> None:
    """One line each, as it stands in a report."""
    rejected = [RejectedRow("/a.csv", 3, "text", "value is missing"), RejectedRow("/a.csv", 4, "", "same as row 2")]
    assert describe_rejected(rejected, "fruit@abc") == [
        "fruit@abc:/a.csv row 3 column text: value is missing",
        "fruit@abc:/a.csv row 4: same as row 2",
    ]
