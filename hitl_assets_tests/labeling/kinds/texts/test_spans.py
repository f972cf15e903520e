"""Labels that are marked pieces of a text: each piece is a question, and its edges are where most votes are."""

from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.aggregation import agreement
from hitl_assets.labeling.aggregation.knowledge import golden_records, settled_records
from hitl_assets.labeling.answers.answers import is_right
from hitl_assets.labeling.kinds.texts.span_edges import share_within, weigh
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow, compare, read_labeled
from hitl_assets.labeling.records import Label
from hitl_assets_tests.labeling.kinds.crowds import answer, answers, label_all

SPEC = {"type": "json", "required": False}
KIND = Spans("label", SPEC, "text", ("PER", "ORG"))


def span(name: str, start: int, end: int) -> dict[str, Any]:
    """A piece of a text."""
    return {"class": name, "start": start, "end": end}


def cell(*spans: dict[str, Any]) -> str:
    """A label."""
    return KIND.cell(list(spans))


EVE, BOB = span("PER", 0, 3), span("PER", 10, 13)


def label(
    given: dict[str, dict[str, Any]], known: Any = None, method: str = "", kind: Spans = KIND
) -> dict[str, Label]:
    """The labels by item."""
    return label_all(given, kind, known, method)


def test_a_label_is_put_together_from_its_pieces() -> None:
    """Nobody needs to have marked it as a whole; each piece is as sure as those who marked it."""
    given = {"a": {"ann": [EVE], "bob": [EVE, BOB], "cid": [BOB]}, "b": {key: [EVE] for key in ("ann", "bob", "cid")}}
    found = label(given)
    assert (found["a"].label, found["b"].label) == (cell(EVE, BOB), cell(EVE))
    assert found["a"].confidence < found["b"].confidence
    (sure,) = found["b"].part_confidences
    assert all(0 < each < sure <= 1 for each in found["a"].part_confidences)
    assert len(found["a"].part_confidences) == 2


def test_the_edges_are_those_that_most_marked() -> None:
    """Each by itself."""
    given = {"a": {"ann": [span("PER", 0, 3)], "bob": [span("PER", 0, 8)], "cid": [span("PER", 1, 8)]}}
    assert label(given)["a"].label == cell(span("PER", 0, 8))


def test_edges_that_are_in_doubt_make_a_label_unsure() -> None:
    """Though all agree that something is there."""
    alike = {"a": {key: [EVE] for key in ("ann", "bob", "cid")}}
    apart = {"a": {"ann": [span("PER", 0, 3)], "bob": [span("PER", 0, 4)], "cid": [span("PER", 0, 5)]}}
    assert label(alike)["a"].confidence > 0.9
    assert label(apart)["a"].confidence < 0.5
    near = Spans("label", SPEC, "text", ("PER", "ORG"), same=0.5)
    assert label(apart, kind=near)["a"].confidence > label(apart)["a"].confidence


def test_what_one_invents_is_nothing() -> None:
    """And what is called otherwise by one is what the others call it."""
    given = {str(n): {"ann": [EVE], "bob": [EVE], "cid": [{**EVE, "class": "ORG"}, BOB]} for n in range(5)}
    assert {each.label for each in label(given).values()} == {cell(EVE)}


def test_who_misses_pieces_is_found_out() -> None:
    """By golden tasks: what the lazy one leaves out says little."""
    golden = {f"g{number}": {"ann": [EVE], "bob": []} for number in range(20)}
    known = {key: [EVE] for key in golden}
    given = {str(number): {"ann": [BOB], "bob": []} for number in range(10)}
    assert {each.label for each in label({**given, **golden}, known).values()} == {cell(BOB)}


@pytest.mark.parametrize("method", ["majority_vote", "dawid_skene"])
def test_other_methods_answer_the_questions_too(method: str) -> None:
    """Each is one of the classes, or nothing."""
    given = {str(number): {"ann": [EVE], "bob": [EVE, BOB], "cid": [EVE]} for number in range(4)}
    assert {each.label for each in label(given, method=method).values()} == {cell(EVE)}


def test_pieces_of_a_label_do_not_overlap() -> None:
    """One long piece of two people, two short ones of two others: what is less sure goes."""
    short, long = [span("PER", 0, 4), span("PER", 5, 9)], [span("PER", 0, 9)]
    found = label({"a": {"ann": short, "bob": short, "cid": long, "dan": long}})["a"]
    assert KIND.read_cell(found.label) == found.label
    assert sum(KIND.count([found.label]).values()) in (1, 2)


def test_what_is_known_of_workers_carries_over() -> None:
    """What each piece was taken for, wherever its edges are; so it says something of other texts."""
    off = span("PER", 0, 2)
    golden = answers({"g": {"ann": [off, BOB]}}, {"g": [EVE]})
    assert golden_records(golden, KIND) == {"ann": {("PER", "PER"): 1, ("nothing", "PER"): 1}}
    labels = [Label("a", {}, cell(EVE), 0.5, {}, (), "7"), Label("b", {}, "[]", 1.0, {}, (), "7")]
    votes = answers({"a": {"ann": []}, "b": {"ann": []}})
    assert settled_records(votes, labels, KIND) == {"ann": {("PER", "nothing"): 0.5, ("nothing", "nothing"): 1.0}}


def test_a_golden_task_is_right_if_all_pieces_are() -> None:
    """To the letter, or as near as `same` says; in any order."""
    assert is_right(answer("g", "ann", [BOB, EVE], known=[EVE, BOB]), KIND)
    assert not is_right(answer("g", "ann", [span("PER", 0, 4)], known=[EVE]), KIND)
    assert not is_right(answer("g", "ann", [{**EVE, "class": "ORG"}], known=[EVE]), KIND)
    assert is_right(answer("g", "ann", [span("PER", 0, 4)], known=[EVE]), Spans("label", SPEC, "text", ("PER",), 0.7))


def test_likeness_is_what_both_have() -> None:
    """In agreement and alpha a missed piece is half of the way to nothing in common."""
    assert [KIND.likeness(cell(EVE, BOB), other) for other in (cell(BOB, EVE), cell(EVE), "[]")] == [1, 0.5, 0]
    assert KIND.likeness("[]", "[]") == 1.0
    assert agreement([Label("a", {}, cell(EVE), 1.0, {cell(EVE): 1, cell(EVE, BOB): 1}, (), "")], KIND) == 0.75


def test_labels_of_before_are_read_with_their_texts() -> None:
    """What is outside of its text is left out, and said; a dataset of cells is compared with them."""
    files = {"/a.jsonl": b'{"text": "Eve", "label": [{"class": "PER", "start": 0, "end": 3}]}\n'
             b'{"text": "Al", "label": [{"class": "PER", "start": 0, "end": 3}]}\n'}  # fmt: skip
    rows, rejected = read_labeled(files, {"text": {"type": "string"}}, KIND)
    assert [row.label for row in rows] == [cell(EVE)]
    assert KIND.count(KIND.cell(row.label) for row in rows) == {"PER": 1}
    later = [LabeledRow({"text": "Eve"}, cell(EVE), "crowd", item_key=rows[0].item_key)]
    assert compare(rows, later, KIND) == Delta(0, 0, 0)
    assert ["reaches outside of the text" in each.reason for each in rejected] == [True]


def test_pieces_are_counted_by_class_and_shown_in_their_text() -> None:
    """The offsets alone say nothing to people."""
    assert KIND.count([cell(EVE, BOB), cell({**EVE, "class": "ORG"}), "[]"]) == {"PER": 2, "ORG": 1}
    assert KIND.show(cell(EVE, BOB), {"text": "Eve knows Bob."}) == "[Eve PER] knows [Bob PER]."
    assert KIND.show("[]", {"text": "Eve"}) == "Eve"


def test_votes_for_an_edge_weigh_what_their_workers_do() -> None:
    """One who is mostly right outweighs two who are mostly wrong; and all of them may be wrong."""
    found = weigh([5, 6, 6], np.array([0.95, 0.3, 0.3]))
    assert found.best == 5
    assert 0.5 < sum(found.shares.values()) < 1
    sure = weigh([5, 5, 5], np.full(3, 0.9))
    assert share_within(sure, sure, lambda start, end: start == end == 5) > 0.99
