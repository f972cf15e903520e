"""Labels that people write: the text that is most like all, with the words that most of them have."""

from typing import Any

import pytest

from hitl_assets.labeling.aggregation.knowledge import golden_records
from hitl_assets.labeling.answers.answers import counted, find_unreadable, is_right
from hitl_assets.labeling.kinds.texts.text import Text
from hitl_assets.labeling.kinds.texts.text_votes import put_together
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow, compare
from hitl_assets.labeling.records import Label
from hitl_assets_tests.labeling.kinds.crowds import answer, answers, label_all

SPEC = {"type": "string"}
KIND = Text("label", SPEC)
SAID = "the pears are ripe and sweet"


def label(given: dict[str, dict[str, Any]], known: Any = None, method: str = "") -> dict[str, Label]:
    """The labels by item."""
    return label_all(given, KIND, known, method)


@pytest.mark.parametrize("method", ["", "majority_vote", "dawid_skene"])
def test_mistakes_that_each_makes_alone_are_mended(method: str) -> None:
    """Nobody needs to have written it without a mistake."""
    given = {
        "ann": "the pears are ripe and sweeet",
        "bob": "the pears ripe and sweet",
        "cid": "teh pears are ripe and sweet",
    }
    found = label({str(number): given for number in range(3)}, method=method)
    assert {each.label for each in found.values()} == {SAID}


def test_a_label_is_as_sure_as_people_wrote_the_same() -> None:
    """What nobody else wrote anything like is hardly sure."""
    same = dict.fromkeys(("ann", "bob", "cid"), SAID)
    found = label({"a": same, "b": {"ann": SAID, "bob": "no idea", "cid": "42"}, **{str(n): same for n in range(5)}})
    assert found["a"].confidence > 0.9
    assert found["b"].confidence < 0.7


def test_who_writes_anything_is_found_out() -> None:
    """By golden tasks, and by what others write: of two texts the one of who is right more often."""
    golden = {f"g{number}": {"ann": SAID, "bob": "ok"} for number in range(10)}
    given = {str(number): {"bob": "ok", "ann": f"{number} pears are in this basket"} for number in range(5)}
    found = label({**given, **golden}, dict.fromkeys(golden, SAID))
    assert {key: each.label for key, each in found.items()} == {key: own["ann"] for key, own in given.items()}
    every = answers(golden, dict.fromkeys(golden, SAID))
    assert golden_records(every, KIND) == {"ann": {("like", "like"): 10}, "bob": {("like", "unlike"): 10}}


@pytest.mark.parametrize(
    ("texts", "weights", "expected"),
    [
        (["a b c", "a b c d", "a b c d"], (1, 1, 1), "a b c d"),
        (["a b c", "x a b c", "x a b c"], (1, 1, 1), "x a b c"),
        (["a b c", "a c", "a c"], (1, 1, 1), "a c"),
        (["a b c", "a x c", "a y c"], (1, 1, 1), "a b c"),
        (["a b c", "a x c", "a x c"], (3, 1, 1), "a b c"),
        (["a\nb  c", "a b x", "a y x"], (1, 1, 1), "a\nb  x"),
        (["a\nb  c"], (1,), "a\nb  c"),
        (["", "a", "a"], (1, 1, 1), "a"),
    ],
)
def test_words_are_those_that_most_votes_speak_for(texts: list[str], weights: tuple[float, ...], expected: str) -> None:
    """Along the first text, with its spaces."""
    assert put_together(texts, weights, 0) == expected


def test_near_is_the_same() -> None:
    """By the share of other letters: in golden tasks, and in the dataset's changes."""
    assert is_right(answer("g", "ann", "the pears are ripe and swet", known=SAID), KIND)
    assert is_right(answer("g", "ann", f"  {SAID}\u200b", known=SAID), Text("label", SPEC, 1.0))
    assert not is_right(answer("g", "ann", "the pears are ripe", known=SAID), KIND)
    rows = [LabeledRow({"text": "a"}, value, "crowd", item_key="a") for value in (SAID, SAID + "!", "no")]
    assert compare(rows[:1], rows[1:2], KIND) == Delta(0, 0, 0)
    assert compare(rows[:1], rows[2:], KIND) == Delta(0, 0, 1)


@pytest.mark.parametrize(("value", "reason"), [(12, "12 is not of type string"), ("\u200b ", "label is empty")])
def test_what_is_no_text_counts_for_nothing(value: Any, reason: str) -> None:
    """And is named."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"t": 1}}], "solutions": [{"output_values": {"label": value}}]}
    assert reason in next(each.reason for each in find_unreadable([given], KIND))
    assert counted([answer("a", "ann", value)], KIND) == []


def test_texts_are_counted_by_their_words() -> None:
    """Each text by itself would say nothing."""
    assert KIND.count(["a", "a b", "a b c d e"]) == {"1 word": 1, "2 to 4 words": 1, "5 to 9 words": 1}


def test_without_its_library_it_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody is asked."""
    monkeypatch.setattr("hitl_assets.labeling.kinds.texts.text.LIBRARY", "no_such_library")
    assert "pip install 'hitl-assets[text]'" in Text.refuse(SPEC, Text.terms(kind="text"))
