"""Golden tasks and training tasks. A wrong one bans honest workers, so nothing is skipped."""

from typing import Any

import pytest

from hitl_assets.labeling.items.known_tasks import known_tasks_of, read_known_tasks
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets_tests.labeling.conftest import Load

TEXT = {"text": {"type": "string", "required": True}}
KIND = {"kind": {"type": "string", "required": True, "allowed_values": ["apple", "pear"]}}


def read(content: str, inputs: Any = TEXT, outputs: Any = KIND) -> tuple[KnownTask, ...]:
    """The tasks of a file with this content."""
    return read_known_tasks(content.encode(), "golden.csv", inputs, Class("kind", outputs["kind"]))


def test_a_row_is_a_task_with_its_answer() -> None:
    """Without a hint it is a golden task."""
    assert read("text,kind\nCox,apple\n") == (KnownTask({"text": "Cox"}, {"kind": "apple"}),)


def test_the_encoding_of_the_source_is_theirs_as_well(load: Load, attributes: dict[str, Any]) -> None:
    """That is what the message about such a file says."""
    attributes["source"]["encoding"] = "cp1252"
    project = load()
    (project.folder / "golden.csv").write_bytes("text,kind\nK\u00fcrbis,pear\n".encode("cp1252"))
    assert known_tasks_of(project, "golden.csv")[0].values == {"text": "K\u00fcrbis"}


def test_a_hint_is_for_training() -> None:
    """It is shown to whoever answers otherwise."""
    assert read("text,kind,hint\nCox,apple,Red and round\n")[0].hint == "Red and round"


def test_tolokas_names_of_columns_are_known() -> None:
    """Control tasks are often exported from there."""
    content = "INPUT:text\tGOLDEN:kind\tHINT:hint\nCox\tapple\tRed\n"
    tasks = read_known_tasks(content.encode(), "golden.tsv", TEXT, Class("kind", KIND["kind"]))
    assert tasks == (KnownTask({"text": "Cox"}, {"kind": "apple"}, "Red"),)


def test_the_answer_has_the_type_of_its_field() -> None:
    """Toloka compares a worker's true with it, not with "true"."""
    assert read("text,kind\nCox,true\n", outputs={"kind": {"type": "boolean"}})[0].answer == {"kind": True}


def test_an_optional_input_may_be_empty() -> None:
    """The task has no such value then, as an item has none."""
    inputs = {**TEXT, "url": {"type": "url", "required": False}}
    assert read("text,url,kind\nCox,,apple\n", inputs)[0].values == {"text": "Cox"}


def test_a_wrong_answer_fails_the_file() -> None:
    """With row, column, value and what is allowed."""
    with pytest.raises(UnreadableFileError, match=r"golden\.csv row 3 column kind: 'plum' is not one of apple, pear\."):
        read("text,kind\nCox,apple\nMirabelle,plum\n")


def test_a_missing_input_fails_the_file() -> None:
    """A golden task that shows nothing can only be answered wrong."""
    with pytest.raises(UnreadableFileError, match="row 2 column text: value is missing"):
        read("text,kind\n,apple\n")


@pytest.mark.parametrize("required", [True, False])
def test_a_missing_answer_fails_the_file(required: bool) -> None:
    """Even where workers may leave the field empty: a task with no right answer is no golden task."""
    with pytest.raises(UnreadableFileError, match="row 2 column kind: value is missing"):
        read("text,kind\nCox,\n", outputs={"kind": {"type": "string", "required": required}})


def test_a_row_with_more_cells_than_the_header_fails_the_file() -> None:
    """Workers would judge half a text."""
    with pytest.raises(UnreadableFileError, match=r"row 2 has 1 more cell than the header: quote commas"):
        read("kind,text\napple,Cox, not a pear\n")


def test_two_answers_to_one_task_fail_the_file() -> None:
    """Whoever is right about one is wrong about the other."""
    with pytest.raises(UnreadableFileError, match=r"golden\.csv gives two answers to \{'text': 'Cox'\}"):
        read("text,kind\nCox,apple\nCox,pear\n")


def test_a_task_may_be_there_twice_with_one_answer() -> None:
    """Nothing contradicts."""
    assert len(read("text,kind\nCox,apple\nCox,apple\n")) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [("text,kind\n", "has no rows"), ("", "is empty"), ("text\nCox\n", "has no column kind")],
)
def test_a_file_without_tasks_fails(content: str, message: str) -> None:
    """A pool whose suites need golden tasks would not open."""
    with pytest.raises(UnreadableFileError, match=rf"golden\.csv {message}"):
        read(content)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("golden.csv", b"text,kind\nCox,apple\ntext,kind\n", "golden.csv row 3: the header a second time"),
        ("golden.jsonl", b'{"text": "Cox", "kind": "apple"}\n{"text": \n', "golden.jsonl row 2: is not JSON"),
    ],
)
def test_a_row_that_is_none_is_an_error(file: str, content: bytes, words: str) -> None:
    """In whichever form the tasks are written."""
    kinds = {"kind": {"type": "string", "allowed_values": ["apple", "pear"]}}
    with pytest.raises(UnreadableFileError, match=words):
        read_known_tasks(content, file, {"text": {"type": "string"}}, Class("kind", kinds["kind"]))
