"""Columns that files call otherwise than the project does: `source.columns`."""

from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.answer_keys import check_answer_key, check_shared_key
from hitl_assets.labeling.items.items import RawData, collect_items
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.labels.concatenation import read_labeled
from hitl_assets.labeling.labels.withdrawal import read_withdrawn
from hitl_assets.labeling.sections import Source
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.labeling.values.identity import item_key
from hitl_assets.labeling.written import Written
from hitl_assets_tests.labeling.conftest import Load
from hitl_assets_tests.labeling.tables.corpus import FIELDS, lines, table, workbook

MAPPED = Written(columns={"Review Text": "text", "Zahl": "n"})
ONE = [{"text": "one", "n": 1}]


def read(content: bytes, written: Written = MAPPED, file: str = "/a.csv", known: Any = ()) -> RawData:
    """What comes of a file."""
    return collect_items({file: content}, FIELDS, known, written=written)


def values(content: bytes, written: Written = MAPPED, file: str = "/a.csv") -> list[Any]:
    """The items of a file."""
    return [dict(item.values) for item in read(content, written, file).items]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("/a.csv", table("Review Text,Zahl,more", "one,1,x")),
        ("/a.csv", table("more;Zahl; Review Text ", "x;1;one")),
        ("/a.csv", table("INPUT:Review Text,INPUT:Zahl", "one,1")),
        ("/a.csv", table("# ours", "", "Review\u00a0Text,Zahl", "one,1")),
        ("/a.csv", table("text,n", "one,1")),
        ("/a.csv", table("Zahl,text", "1,one")),
        ("/a.tsv", table("Review Text\tZahl", "one\t1")),
        ("/a.jsonl", lines({"Review Text": "one", "Zahl": 1})),
        ("/a.jsonl", lines({"text": "one", "Zahl": 1, "more": {}})),
        ("/a.xlsx", workbook([["Review Text", "Zahl"], ["one", 1]])),
        ("/a.xlsx", workbook([["other"], ["x"]], [["Zahl", "Review Text"], [1, "one"]])),
    ],
)
def test_every_reader_takes_the_names_of_the_files(file: str, content: bytes) -> None:
    """As they stand there, in Toloka's form, or as the project's own."""
    found = read(content, file=file)
    assert ([dict(item.values) for item in found.items], found.rejected) == (ONE, ())


def test_names_may_be_swapped() -> None:
    """Each is looked up once: what a name was given to is not given on."""
    swapped, chain = Written(columns={"n": "text", "text": "n"}), Written(columns={"a": "text", "text": "n"})
    assert values(table("n,text", "one,1"), swapped) == ONE
    assert values(lines({"n": "one", "text": 1}), swapped, "/a.jsonl") == ONE
    assert values(table("a,text", "one,1"), chain) == ONE


def test_a_key_may_have_tolokas_form() -> None:
    """It is the header as it is written."""
    assert values(table("INPUT:Title,n", "one,1"), Written(columns={"INPUT:Title": "text"})) == ONE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (table("Review Text,text", "one,two"), r"more than one column text \(Review Text, text\)\. Keep one"),
        (table("Review Text,INPUT:Review Text", "one,two"), "more than one column text"),
        (
            table("Zahl,other", "1,x"),
            r"no column text \(nor Review Text, nor INPUT:text and the like\); it has: Z",
        ),
        (table("review text,Zahl", "one,1"), r"map it .* source: \{columns: \{review text: text\}\}\."),
        (table("Review Text,zahl ", "one,1"), r"no column n \(nor Zahl, .* source: \{columns: \{zahl: n\}\}\."),
        (table("title", "Review Text,Zahl", "one,1"), "Row 2 looks like the header"),
    ],
)
def test_what_does_not_fit_is_refused(content: bytes, words: str) -> None:
    """Two columns for one field, none for a required one, and one that is nearly named, also for an optional field."""
    with pytest.raises(UnreadableFileError, match=words):
        read(content)


def test_nearly_named_keys_of_json_are_refused_too() -> None:
    """A number that is silently not read is no absence."""
    with pytest.raises(UnreadableFileError, match=r"no column n \(nor Zahl"):
        read(lines({"Review Text": "one", "zahl": 1}), file="/a.jsonl")
    with pytest.raises(UnreadableFileError, match="more than one column text"):
        read(lines({"Review Text": "one", "text": "two"}), file="/a.jsonl")


@pytest.mark.parametrize(
    ("header", "line"),
    [("Text", "{Text: text}"), ("TEXT: ", '{"TEXT:": text}'), ('the "text"', ""), ("INPUT:Text", "{Text: text}")],
)
def test_a_column_that_is_nearly_named_is_told_with_the_line_that_maps_it(header: str, line: str) -> None:
    """To be pasted."""
    with pytest.raises(UnreadableFileError) as refused:
        read(table('"' + header.replace('"', '""') + '"', "one"), Written())
    assert (f"source: {{columns: {line}}}" in str(refused.value)) == bool(line)


def test_a_header_that_comes_a_second_time_is_no_item() -> None:
    """Though it is called otherwise in the project."""
    found = read(table("Review Text,Zahl", "one,1", "Review Text,Zahl"))
    assert [row.reason for row in found.rejected] == ["the header a second time"]


def test_an_item_is_the_same_whatever_its_column_is_called() -> None:
    """Its key is that of its values: nobody is asked again when the mapping changes."""
    key = read(table("text,n", "one,1"), Written()).items[0].item_key
    assert key == item_key(ONE[0])
    later = read(table("Kommentar,n", "one,1", "two,2"), Written(columns={"Kommentar": "text"}), known={key})
    assert (later.known, [item.values["text"] for item in later.items]) == (1, ["two"])


def test_a_file_from_before_the_mapping_was_changed_says_what_is_missing() -> None:
    """Its batch has its items; were it read again, none would get lost silently. Both names may stay."""
    old = table("Review Text,n", "one,1")
    with pytest.raises(UnreadableFileError, match=r"no column text .*it has: Review Text, n"):
        read(old, Written(columns={"Kommentar": "text"}))
    assert values(old, Written(columns={"Kommentar": "text", "Review Text": "text"})) == ONE


def test_other_repos_are_written_as_the_raw_data_unless_they_say_otherwise() -> None:
    """The dataset of another project has the names of fields already."""
    raw = Source(repo="a", columns={" Review  Text": "text"}, encoding="cp1252")
    assert raw.columns == {"Review  Text": "text"}
    assert Source(repo="b").written_beside(raw) == raw.written
    assert Source(repo="b", columns={}).written_beside(raw) == Written("cp1252")
    content = {"/a.csv": table("Review  Text,kind", "one,apple")}
    rows, _ = read_labeled(content, FIELDS, Class("kind", {"type": "string"}), raw.written)
    assert [row.values for row in rows] == [{"text": "one"}]
    items, _ = read_withdrawn(content, FIELDS, written=raw.written)
    assert item_key({"text": "one"}) in items[0].keys


def test_known_answers_are_read_the_same_way(load: Load, attributes: dict[str, Any]) -> None:
    """Golden tasks, answer keys; the label's column may have another name as well."""
    attributes["source"]["columns"] = {"Review Text": "text", "Right Answer": "kind"}
    project = load({"golden.csv": "Review Text,Right Answer\nCox,apple\n"})
    assert known_tasks_of(project, "golden.csv")[0].answer == {"kind": "apple"}
    wrong = b"Review Text,Right Answer\nCox,plum\n"
    for check in (check_answer_key, lambda each, *key: check_shared_key([each], *key)):
        with pytest.raises(UnreadableFileError, match="row 2 column kind: 'plum' is not one of"):
            check(project, wrong, "key.csv")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"Review Text": "review"},
            r"columns gives Review Text to review, which is not read there\. Allowed: text, ",
        ),
        ({"text": "kind"}, "gives the column text to kind: none is left for text"),
        ({"Review Text": "review text"}, r"source\.columns\.Review Text = 'review text' is not allowed"),
        ({"a": "text", " a": "text"}, "each column is named once"),
        ({" ": "text"}, "each column is named once"),
        ({"a": ""}, r"source\.columns\.a = '' is not allowed"),
        (["text"], "valid dictionary"),
    ],
)
def test_a_mapping_that_says_nothing_is_refused(
    load: Load, attributes: dict[str, Any], columns: Any, words: str
) -> None:
    """When the project is loaded, not when a batch fails."""
    attributes["source"]["columns"] = columns
    with pytest.raises(ConfigurationError, match=words):
        load()


@pytest.mark.parametrize(("section", "field"), [("dataset", "item_key"), ("withdrawn", "kind")])
def test_other_sections_have_their_own_fields(load: Load, attributes: dict[str, Any], section: str, field: str) -> None:
    """A list of withdrawn items has keys, and no labels; the dataset has labels."""
    attributes[section] = {"repo": "other", "columns": {"A": field}}
    with pytest.raises(ConfigurationError, match=rf"{section}\.columns gives A to {field}, which is not read there"):
        load()
    attributes[section]["columns"] = {"A": "text", "B": {"kind": "item_key", "item_key": "kind"}[field]}
    load()


def test_the_setup_changes_only_with_columns_of_its_own_files(load: Load, attributes: dict[str, Any]) -> None:
    """A mapping for files to come makes no new Toloka project; other golden tasks in the same file do."""
    files = {"golden.csv": "text,title,kind\nCox,Apples,apple\n"}
    before = load(files).setup_hash
    attributes["source"]["columns"] = {"Review Text": "text"}
    assert load(files).setup_hash == before
    attributes["source"]["columns"] = {"title": "text", "text": "kind", "kind": "text"}
    assert load(files).setup_hash != before
