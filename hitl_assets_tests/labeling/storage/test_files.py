"""Each asset's value in files, and back."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.items.items import Alike, RawData, SourceFile
from hitl_assets.labeling.labels.concatenation import BEFORE, LabeledRow
from hitl_assets.labeling.labels.decisions import Audited
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.records import Item, KnownTask, Label, Prediction, RejectedRow, Task, UnlabeledItem
from hitl_assets.labeling.storage.file_forms import read_account, read_lines, write_lines
from hitl_assets.labeling.storage.files import (
    StoredAnswers,
    StoredKnownTasks,
    StoredPool,
    StoredRawData,
    StoredReview,
    StoredTasks,
    directory_of,
    name_of,
)
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets_tests.labeling.texts import HOSTILE


def assignment(text: str, **output: Any) -> dict[str, Any]:
    """An assignment as Toloka gives it: one task, one solution."""
    return {
        "id": f"suite {text}",
        "user_id": "ann",
        "pool_id": "7",
        "status": "ACCEPTED",
        "created": "2026-01-01T10:00:00",
        "tasks": [{"id": "t", "input_values": {"item_key": "k", "text": text}}],
        "solutions": [{"output_values": output or {"comment": text}}],
    }


def columns_of(content: bytes) -> list[list[str]]:
    """A CSV file as any other program reads it."""
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def item(number: int, text: str) -> Item:
    """An item with a text that breaks careless files, in all that may be one."""
    return Item(f"key {number}", {"text": text, "n": number}, f"/{text}.csv", number)


RAW_DATA = StoredRawData(
    RawData(
        tuple(item(n, text) for n, text in enumerate(HOSTILE, start=2)),
        tuple(RejectedRow(f"/{text}.csv", n, text, f"reason: {text}") for n, text in enumerate(HOSTILE, start=2)),
        files=tuple(SourceFile(f"/{text}.csv", n, text, text) for n, text in enumerate(HOSTILE)),
        alike=tuple(Alike(item(n, text), item(n, text)) for n, text in enumerate(HOSTILE, start=2)),
    )
)
TASKS = StoredTasks(
    tuple(Task(f"key {n}", {"text": text, "j": {text: [text, None]}}) for n, text in enumerate(HOSTILE))
)
KNOWN_TASKS = StoredKnownTasks(tuple(KnownTask({"text": text}, {"kind": True}, hint=text) for text in HOSTILE))
ACCOUNT = Account("7", "COMPLETED 2026-01-01T10:00:00", Decimal("0.3900"), 10, 1, Decimal("0.351"))
ANSWERS = StoredAnswers(tuple(assignment(text) for text in HOSTILE), ACCOUNT)
POOL = StoredPool(
    {"pool_id": "7", "key": "k" * 64},
    tuple(RejectedRow(f"/{text}.csv", n, "", f"refused: {text}") for n, text in enumerate(HOSTILE, start=2)),
)
LABELS = StoredLabels(
    tuple(
        Label(
            f"key {n}",
            {"text": text, "url": text},
            text,
            0.123456,
            {text: 2, "b": 1},
            (text, "bob"),
            "7",
            round=n,
            model=text,
        )
        for n, text in enumerate(HOSTILE)
    ),
    tuple(UnlabeledItem(f"key {n}", {"text": text}, 1, 3) for n, text in enumerate(HOSTILE)),
    {text: {(text, "b"): 1.5} for text in HOSTILE},
)
AUDITED = StoredLabels(
    LABELS.labels,
    LABELS.unlabeled,
    LABELS.records,
    tuple(Audited(Prediction(each.item_key, each.label, 0.9, each.label), each) for each in LABELS.labels),
)
DATASET = StoredDataset(
    (
        *(LabeledRow({"text": text}, text, BEFORE) for text in HOSTILE),
        *(
            LabeledRow(
                {"text": text},
                text,
                "crowd",
                "abc",
                f"key {n}",
                0.9,
                n % 2 == 0,
                {text: 2},
                (text, "bob"),
                "7",
                n,
                text,
                "glad",
            )
            for n, text in enumerate(HOSTILE)
        ),
    ),
    "kind",
)
EMPTY = [
    StoredRawData(RawData(())),
    StoredTasks(()),
    StoredKnownTasks(()),
    StoredAnswers(()),
    StoredLabels(()),
    StoredDataset((), "kind"),
    StoredPool({"pool_id": ""}),
    StoredReview(()),
]


@pytest.mark.parametrize(
    "stored", [RAW_DATA, TASKS, KNOWN_TASKS, ANSWERS, LABELS, DATASET, POOL], ids=lambda s: type(s).__name__
)
def test_hostile_text_is_read_back(stored: Any) -> None:
    """Quotes, line breaks of all kinds, formulas, emoji: to the character."""
    assert type(stored).from_files(stored.to_files()) == stored


@pytest.mark.parametrize("stored", EMPTY, ids=lambda s: type(s).__name__)
def test_nothing_is_read_back_as_nothing(stored: Any) -> None:
    """A batch may bring nothing new."""
    assert type(stored).from_files(stored.to_files()) == stored


@pytest.mark.parametrize("stored", [RAW_DATA, AUDITED, ANSWERS, DATASET, POOL], ids=lambda s: type(s).__name__)
def test_every_csv_file_is_rectangular(stored: Any) -> None:
    """Other programs read them too: no text may make a row or a cell of its own."""
    tables = {name: columns_of(content) for name, content in stored.to_files().items() if name.endswith(".csv")}
    assert tables
    for header, *rows in tables.values():
        assert {len(row) for row in rows} == {len(header)}
        assert len(rows) in (len(HOSTILE), 2 * len(HOSTILE))


def test_what_was_stored_before_is_still_read() -> None:
    """Batches of an older version have neither accounts nor the column `partial`."""
    files = {"labels.csv": b"item_key,text,label,confidence,votes,workers,pool_id\nk,a,b,0.5,{},[],7\n"}
    label = Label("k", {"text": "a"}, "b", 0.5, {}, (), "7")
    assert StoredLabels.from_files(files) == StoredLabels((label,))
    assert StoredAnswers.from_files({"assignments.jsonl": b""}) == StoredAnswers(())


@pytest.mark.parametrize("content", [b"{}", b'{"planned": 1}', b"no JSON", b"[]"])
def test_a_damaged_account_is_named(content: bytes) -> None:
    """Caps are counted with it: a guess would be worse than a failure."""
    with pytest.raises(UnreadableFileError, match=r"account\.json"):
        read_account(content)


def test_item_keys_lie_in_a_file_of_their_own() -> None:
    """A line each: later batches read this one only."""
    stored = StoredRawData(RawData((Item("k1", {"text": "a"}, "/a.csv", 2), Item("k2", {"text": "b"}, "/a.csv", 3))))
    assert stored.to_files()["item_keys.txt"] == b"k1\nk2\n"


def test_json_lines_keep_types() -> None:
    """What goes to Toloka must come out as it went in."""
    values = {"n": 1, "f": 1.5, "t": "1", "b": True, "j": {"a": [None]}}
    assert StoredTasks.from_files(StoredTasks((Task("k", values),)).to_files()).tasks[0].values == values


def test_a_line_of_json_holds_one_object() -> None:
    """For programs that split at any line separator but \\n would be wrong: text stays readable as it is."""
    content = write_lines([{"text": "a\nb\rc\u2028d é"}])
    assert content == b'{"text": "a\\nb\\rc\xe2\x80\xa8d \xc3\xa9"}\n'


def test_numbers_of_answers_stay_numbers() -> None:
    """toloka-kit gives fractions as Decimal."""
    files = StoredAnswers((assignment("a", score=Decimal("0.5")) | {"reward": Decimal("0.03")},)).to_files()
    (stored,) = StoredAnswers.from_files(files).assignments
    assert stored["solutions"][0]["output_values"] == {"score": 0.5}
    assert stored["reward"] == 0.03
    assert columns_of(files["answers.csv"])[1][-1] == "0.5"


def test_half_a_character_in_an_answer_is_kept() -> None:
    """JSON can escape it, so the assignment stays as it was given; the CSV shows a replacement."""
    stored = StoredAnswers((assignment("a", comment="x\ud83cy\0"),))
    files = stored.to_files()
    assert StoredAnswers.from_files(files) == stored
    assert columns_of(files["answers.csv"])[1][-1] == "x\ufffdy\ufffd"


def test_answers_have_a_column_for_each_output() -> None:
    """Also where not every worker filled every field."""
    stored = StoredAnswers((assignment("a", kind="apple"), assignment("b", ripe=True, kind="pear")))
    header, first, second = columns_of(stored.to_files()["answers.csv"])
    assert header[-2:] == ["kind", "ripe"]
    assert (first[-2:], second[-2:]) == (["apple", ""], ["pear", "true"])


def test_unfinished_assignments_are_kept_without_answers() -> None:
    """They tell who skipped, and when."""
    skipped = {**assignment("a"), "status": "SKIPPED", "solutions": None}
    files = StoredAnswers((skipped,)).to_files()
    assert StoredAnswers.from_files(files).assignments == (skipped,)
    assert len(columns_of(files["answers.csv"])) == 1


def test_an_output_may_have_the_name_of_one_of_our_columns() -> None:
    """Its column is then named in Toloka's form, so that each name is there once."""
    header = columns_of(StoredAnswers((assignment("a", status="ripe"),)).to_files()["answers.csv"])[0]
    assert header.count("status") == 1
    assert header[-1] == "OUTPUT:status"


def test_labels_come_back_with_numbers_and_lists() -> None:
    """Votes and workers lie in cells as JSON; input values come back as text."""
    label = Label("k", {"text": "a", "n": 1}, "true", 0.5, {"false": 1, "true": 1}, ("ann",), "7")
    (read,) = StoredLabels.from_files(StoredLabels((label,)).to_files()).labels
    assert (read.confidence, read.votes, read.workers) == (0.5, {"false": 1, "true": 1}, ("ann",))
    assert read.values == {"text": "a", "n": "1"}


def test_a_value_that_an_item_lacks_is_an_empty_cell() -> None:
    """Optional fields make rows of different length."""
    labels = [
        Label(key, values, "x", 1.0, {"x": 1}, ("ann",), "7") for key, values in [("a", {"t": "1"}), ("b", {"u": "2"})]
    ]
    header, first, second = columns_of(StoredLabels(tuple(labels)).to_files()["labels.csv"])
    assert header[:3] == ["item_key", "t", "u"]
    assert (first[:3], second[:3]) == (["a", "1", ""], ["b", "", "2"])


def test_the_dataset_has_the_label_under_its_own_name() -> None:
    """So it can be used as what was labeled before, here or in another project."""
    header = columns_of(DATASET.to_files()["dataset.csv"])[0]
    assert header[:5] == ["text", "kind", "source", "batch", "item_key"]
    origin = ["votes", "workers", "pool_id", "partial", "round", "model", "method", "lower_bound"]
    assert header[5:] == ["confidence", *origin]


def test_the_same_value_makes_the_same_bytes() -> None:
    """Unchanged content makes no commit."""
    assert LABELS.to_files() == StoredLabels.from_files(LABELS.to_files()).to_files()
    assert DATASET.to_files() == StoredDataset.from_files(DATASET.to_files()).to_files()


@pytest.mark.parametrize(
    "name",
    ["0a1b2c", "2026-01-01T10:00+02:00", "fruit@abc", "two words", "a/b", "100%", "груша 🍐", "a?b#c*[d]", "%2F"],
)
def test_a_directory_can_be_named_for_anything(name: str) -> None:
    """Partition keys are free; names in Pachyderm, and globs, are not."""
    directory = directory_of(name)
    assert name_of(directory) == name_of(directory + "/") == name
    assert directory.startswith("/")
    assert not set(directory[1:]) & set("/+@ ?#*[]")
    assert directory.isascii()


def test_different_names_have_different_directories() -> None:
    """Also those that only differ in what is encoded."""
    assert len({directory_of(name) for name in ("a b", "a+b", "a%20b", "a/b", "a%2Fb")}) == 5


def test_read_lines_ends_lines_at_newlines_only() -> None:
    """Other programs write JSON with bare line separators."""
    assert list(read_lines('{"a": "x\u2028y\x85z"}\n\n{"a": 1}'.encode())) == [{"a": "x\u2028y\x85z"}, {"a": 1}]


def test_what_json_has_no_form_for_is_text() -> None:
    """toloka-kit may hand out more than JSON; dates are ISO."""
    from_kit = json.loads(write_lines([{"price": Decimal("0.30"), "other": frozenset()}]))
    assert from_kit == {"price": 0.3, "other": "frozenset()"}
