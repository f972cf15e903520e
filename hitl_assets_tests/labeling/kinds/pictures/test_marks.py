"""Labels that are boxes or outlines in a picture: each group of marks is a question to all who saw the picture."""

import json
import math
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers, agreement
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records, settled_records
from hitl_assets.labeling.answers.answers import counted, find_unreadable, is_right
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.marks import Marks
from hitl_assets.labeling.kinds.pictures.polygons import Polygons
from hitl_assets.labeling.labels.concatenation import concatenate, read_labeled
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.labels.quality import measure_alpha
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Label
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets_tests.labeling.kinds.crowds import answer, answers

JSON = {"type": "json", "required": False}
BOXES = Boxes("label", JSON, ("apple", "pear"))
POLYGONS = Polygons("label", JSON, ("apple", "pear"))
KINDS = [BOXES, POLYGONS]
HERE, THERE, ELSEWHERE = (0.1, 0.2, 0.2, 0.3), (0.6, 0.5, 0.2, 0.2), (0.8, 0.8, 0.1, 0.1)


def mark(kind: Marks, place: tuple[float, ...], name: str = "apple", shift: float = 0.0) -> dict[str, Any]:
    """A mark in our own form: a box, or its outline."""
    left, top, width, height = place[0] + shift, *place[1:]
    if kind is BOXES:
        return {"class": name, "left": left, "top": top, "width": width, "height": height}
    right, bottom = left + width, top + height
    return {"class": name, "points": [[left, top], [right, top], [right, bottom], [left, bottom]]}


def label(
    given: dict[str, dict[str, Any]], kind: Marks, known: Any = None, earlier: Any = None, method: str = ""
) -> dict[str, Label]:
    """The labels by item."""
    every = answers(given, known)
    votes = counted(every, kind)
    knowledge = Knowledge(earlier or golden_records(every, kind))
    aggregation = Aggregation.model_validate({"method": method} if method else {})
    found = aggregate_answers(votes, {vote.item_key: {} for vote in votes}, kind, aggregation, knowledge)
    return {each.item_key: each for each in found}


@pytest.mark.parametrize("kind", KINDS)
def test_what_most_people_marked_is_there(kind: Marks) -> None:
    """Each thing by itself: nobody needs to have marked all of them; what one alone saw is nothing."""
    first, second, third = mark(kind, HERE), mark(kind, THERE, "pear"), mark(kind, ELSEWHERE)
    found = label({"a": {"ann": [second, first], "bob": [first], "cid": [first, second], "dan": [second, third]}}, kind)
    marks = kind.parts_in(found["a"].label) or ()
    assert [each.name for each in marks] == ["apple", "pear"]
    assert kind.is_same(found["a"].label, kind.cell([first, second]))
    assert len(found["a"].part_confidences) == 2
    assert 0.5 < found["a"].confidence < min(found["a"].part_confidences)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_with_nothing_on_it_has_a_label(kind: Marks) -> None:
    """The empty list, which is not surer than those who say so."""
    found = label({"a": {"ann": [], "bob": None}, "b": {"ann": [mark(kind, HERE)], "bob": []}}, kind)
    assert found["a"].label == "[]"
    assert found["a"].part_confidences == ()
    assert 0.5 < found["a"].confidence < 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_is_what_more_say(kind: Marks) -> None:
    """Marks of other classes belong to the same thing."""
    given = {"ann": "apple", "bob": "apple", "cid": "pear"}
    found = label({"a": {worker: [mark(kind, HERE, name)] for worker, name in given.items()}}, kind)
    assert [each["class"] for each in json.loads(found["a"].label)] == ["apple"]


def test_corners_are_weighed_by_how_near_people_usually_are() -> None:
    """Who is far off in other pictures moves a box less."""
    good = {"ann": 0.0, "bob": 0.001, "cid": 0.08}
    given = {str(n): {who: [mark(BOXES, HERE, shift=off)] for who, off in good.items()} for n in range(10)}
    found = label(given, BOXES)
    (box,) = json.loads(found["0"].label)
    assert abs(box["left"] - 0.1) < 0.01 < sum(good.values()) / 3


@pytest.mark.parametrize(("shifts", "sides"), [((0, 0.02, 0.04), [0.12, 0.32]), ((0, 0.02), [0.1, 0.32])])
def test_an_outline_is_what_half_of_them_cover(shifts: tuple[float, ...], sides: list[float]) -> None:
    """Exactly, and of two all that either covers: what both cover would be too little."""
    found = label({"a": {f"w{off}": [mark(POLYGONS, HERE, shift=off)] for off in shifts}}, POLYGONS)
    assert sorted({point[0] for point in json.loads(found["a"].label)[0]["points"]}) == sides


def test_an_outline_has_no_more_points_than_it_needs() -> None:
    """Where shaky outlines cross there would be hundreds."""

    def circle(who: int) -> list[dict[str, Any]]:
        angles = [2 * math.pi * (place + who / 5) / 60 for place in range(60)]
        points = [[0.5 + 0.2 * math.cos(each), 0.5 + 0.2 * math.sin(each)] for each in angles]
        return [{"class": "apple", "points": points}]

    found = label({"a": {f"w{who}": circle(who) for who in range(5)}}, POLYGONS)
    (outline,) = json.loads(found["a"].label)
    assert 10 < len(outline["points"]) < 80
    assert POLYGONS.is_same(found["a"].label, POLYGONS.cell(circle(0)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["majority_vote", "dawid_skene", "wawa"])
def test_other_methods_answer_the_questions_too(kind: Marks, method: str) -> None:
    """Each is which class, or nothing."""
    first, second = mark(kind, HERE), mark(kind, THERE, "pear")
    given = {str(n): {"ann": [first], "bob": [first, second], "cid": [first]} for n in range(4)}
    assert {each.label for each in label(given, kind, method=method).values()} == {kind.cell([first])}


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        (
            BOXES,
            [{"shape": "rectangle", "left": Decimal("0.1"), "top": 0.5, "width": 0.3, "height": 0.1, "label": "pear"}],
            [{"class": "pear", "left": 0.1, "top": 0.5, "width": 0.3, "height": 0.1}],
        ),
        (BOXES, [mark(BOXES, THERE), mark(BOXES, HERE)], [mark(BOXES, HERE), mark(BOXES, THERE)]),
        (BOXES, None, []),
        (
            BOXES,
            [{"class": "pear", "left": -0.0005, "top": 0.5, "width": 1.0008, "height": 0.1234567}],
            [{"class": "pear", "left": 0.0, "top": 0.5, "width": 1.0, "height": 0.123457}],
        ),
        (
            POLYGONS,
            [{"shape": "polygon", "label": "pear",
              "points": [{"left": x, "top": y} for x, y in ((0.4, 0.4), (0.4, 0.1), (0.1, 0.1), (0.1, 0.1))]}],
            [{"class": "pear", "points": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}],
        ),
        (
            POLYGONS,
            [{"shape": "rectangle", "left": 0.1, "top": 0.2, "width": 0.5, "height": 0.25, "label": "apple"}],
            [{"class": "apple", "points": [[0.1, 0.2], [0.6, 0.2], [0.6, 0.45], [0.1, 0.45]]}],
        ),
    ],
)  # fmt: skip
def test_marks_are_read_in_both_forms(kind: Marks, value: Any, plain: Any) -> None:
    """Our own and Toloka's, in reading order; an outline begins where reading does."""
    assert kind.plain(value) == plain
    assert kind.plain(plain) == plain
    assert kind.read_cell(json.dumps(plain)) == kind.cell(value)
    assert kind.is_label(value)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (BOXES, "apple", "'apple' is no list of marks"),
        (BOXES, ["apple"], "mark 1 is no object"),
        (BOXES, [mark(BOXES, HERE), mark(BOXES, HERE, "fig")], "mark 2 has the class 'fig', which is none of apple"),
        (BOXES, [{"left": 0, "top": 0, "width": 1, "height": 1}], "mark 1 has no class"),
        (BOXES, [{**mark(BOXES, HERE), "left": math.nan}], "mark 1 has a left that is no number: nan"),
        (BOXES, [{**mark(BOXES, HERE), "left": True}], "has a left that is no number"),
        (BOXES, [{**mark(BOXES, HERE), "left": 12}], "mark 1 reaches outside of the picture"),
        (BOXES, [{**mark(BOXES, HERE), "width": 0}], "mark 1 has no area"),
        (BOXES, [{**mark(BOXES, HERE), "height": 1e-9}], "mark 1 has no area"),
        (BOXES, [{**mark(BOXES, HERE), "shape": "polygon"}], "mark 1 is no box, but a polygon"),
        (BOXES, [mark(BOXES, HERE)] * 501, "there are 501 marks, more than 500"),
        (POLYGONS, [{"class": "apple", "points": [[0, 0], [1, 1]]}], "has no area: an outline needs at least 3"),
        (POLYGONS, [{"class": "apple", "points": [[0, 0], [0.5, 0.5], [1, 1]]}], "mark 1 "),
        (POLYGONS, [{"class": "apple", "points": [[0, 0], [1, 1], [1, 0], [0, 1]]}], "an outline that crosses itself"),
        (POLYGONS, [{"class": "apple", "points": [[0, 0], [1, 2], [1, 0]]}], "reaches outside of the picture"),
        (POLYGONS, [{"class": "apple", "points": [[0, 0], [1, "x"], [1, 0]]}], "has a point that is no number: 'x'"),
        (POLYGONS, [{"class": "apple", "points": 7}], "mark 1 has no list of points"),
        (POLYGONS, [{"class": "apple", "points": [[0, 0]] * 501}], "has 501 points, more than 500"),
        (POLYGONS, [{"class": "apple", "shape": "point"}], "is no outline, but a point"),
    ],
)
def test_what_is_no_list_of_marks_counts_for_nothing(kind: Marks, value: Any, reason: str) -> None:
    """And is named."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"t": 1}}], "solutions": [{"output_values": {"label": value}}]}
    assert reason in next(each.reason for each in find_unreadable([given], kind))
    assert counted([answer("a", "ann", value)], kind) == []


def test_a_lone_class_needs_not_be_said() -> None:
    """Where a field has no labels, all marks are of it."""
    kind = Boxes("label", JSON, ("apple",))
    assert kind.plain([{"left": 0, "top": 0, "width": 1, "height": 1}])[0]["class"] == "apple"


@pytest.mark.parametrize("kind", KINDS)
def test_likeness_is_what_both_marked(kind: Marks) -> None:
    """A mark is the same from `same` on, if its class is; in golden tasks, agreement and alpha."""
    first, second = mark(kind, HERE), mark(kind, THERE)
    near, far, other = mark(kind, HERE, shift=0.02), mark(kind, HERE, shift=0.15), mark(kind, HERE, "pear")
    right = kind.cell([first, second])
    given: list[Any] = [[near, second], [first], [far, second], [other, second], []]
    assert [round(kind.likeness(right, kind.cell(each)), 3) for each in given] == [1, 0.5, 0.333, 0.333, 0]
    assert kind.likeness("[]", "[]") == 1
    assert kind.likeness("?", "[]") == kind.likeness("?", right) == 0
    assert is_right(answer("g", "ann", [second, near], known=[first, second]), kind)
    assert not is_right(answer("g", "ann", [first], known=[first, second]), kind)
    assert not is_right(answer("g", "ann", [first], known="?"), kind)
    votes = {"a": {"ann": [first, second], "bob": [first]}, "b": {"ann": [second], "bob": [second]}}
    assert 0 < (measure_alpha(counted(answers(votes), kind), kind) or 0) < 1
    assert agreement([Label("a", {}, right, 1.0, {right: 1, kind.cell([first]): 1}, (), "")], kind) == 0.75


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_of_workers_is_by_class(kind: Marks) -> None:
    """What they take a thing for, what they miss, and what they invent."""
    first, second, third = mark(kind, HERE), mark(kind, THERE), mark(kind, ELSEWHERE)
    golden = answers({"g": {"ann": [mark(kind, HERE, "pear"), third]}}, {"g": [first, second]})
    records = {("apple", "pear"): 1, ("apple", "nothing"): 1, ("nothing", "apple"): 1}
    assert golden_records(golden, kind) == {"ann": records}
    labels = [Label("a", {}, kind.cell([first]), 0.5, {}, (), "7")]
    assert settled_records(answers({"a": {"ann": []}}), labels, kind) == {"ann": {("apple", "nothing"): 0.5}}
    assert list(kind.pairs("[]", "[]")) == [("nothing", "nothing")]


@pytest.mark.parametrize("kind", KINDS)
def test_who_misses_things_is_known_in_the_next_batch(kind: Marks) -> None:
    """A lazy one's silence says little, if earlier batches showed it."""
    given = {"a": {"ann": [mark(kind, HERE)], "bob": []}}
    lazy = {"ann": {("apple", "apple"): 40.0}, "bob": {("apple", "nothing"): 30.0, ("apple", "apple"): 10.0}}
    rash = {"ann": {("apple", "apple"): 40.0, ("nothing", "apple"): 60.0}, "bob": {("apple", "apple"): 40.0}}
    assert kind.count([label(given, kind, earlier=lazy)["a"].label]) == {"apple": 1}
    assert kind.count([label(given, kind, earlier=rash)["a"].label]) == {}


def test_how_sure_each_mark_is_goes_into_the_files() -> None:
    """Beside the label, in its order, to the dataset; labels without parts have no such column."""
    found = label({"a": {"ann": [mark(BOXES, HERE)], "bob": [mark(BOXES, HERE), mark(BOXES, THERE)]}}, BOXES)["a"]
    stored = StoredLabels((found,)).to_files()
    assert StoredLabels.from_files(stored).labels[0].part_confidences == found.part_confidences
    dataset = StoredDataset(concatenate([], {"b": [found]}), "label").to_files()
    assert StoredDataset.from_files(dataset).rows[0].part_confidences == found.part_confidences
    assert b"part_confidences" not in StoredLabels((Label("a", {}, "x", 1.0, {}, (), ""),)).to_files()["labels.csv"]


@pytest.mark.parametrize("kind", KINDS)
def test_marks_are_counted_by_class(kind: Marks) -> None:
    """How many there are of each."""
    cell = kind.cell([mark(kind, HERE), mark(kind, THERE), mark(kind, ELSEWHERE, "pear")])
    assert kind.count([cell, "[]", "?"]) == {"apple": 2, "pear": 1}
    assert kind.counted == ("apple", "pear")
    assert not kind.is_graded_alike()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_stays_what_it_is(kind: Marks) -> None:
    """The dataset holds cells, and counts what is in them."""
    cell = kind.cell([mark(kind, HERE), mark(kind, THERE, "pear")])
    assert kind.cell(cell) == cell
    assert kind.count([kind.cell(cell)]) == {"apple": 1, "pear": 1}


def test_known_answers_are_sent_as_people_draw_them() -> None:
    """Toloka's page shows them to who answered wrong; in which form they were written is ours to know."""
    box = {"left": 0.1, "top": 0.2, "width": 0.2, "height": 0.3}
    sent = [{"shape": "rectangle", **box, "label": "apple"}]
    corners = ((0.1, 0.2), (0.3, 0.2), (0.3, 0.5), (0.1, 0.5))
    outline = [
        {"shape": "polygon", "points": [{"left": x, "top": y} for x, y in corners], "label": "apple"},
    ]
    for kind, expected in ((BOXES, sent), (POLYGONS, outline)):
        assert kind.send([mark(kind, HERE)], {}) == expected
        assert kind.send(sent, {}) == kind.send(expected, {}) == expected
        assert kind.plain(expected) == kind.plain([mark(kind, HERE)])
        assert kind.send([], {}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_labeled_before_has_marks_or_is_left_out(kind: Marks) -> None:
    """A class that there is none of, or a mark without a place, would be in the dataset for ever."""
    good, wrong = [mark(kind, HERE)], [mark(kind, HERE, "plum")]
    table = write_rows(["image", "label"], [["a", good], ["b", []], ["c", wrong], ["d", [{"class": "apple"}]]])
    rows, rejected = read_labeled({"/before.csv": table}, {"image": {"type": "string"}}, kind)
    assert [row.label for row in rows] == [kind.cell(good), "[]"]
    assert [(row.row, row.column) for row in rejected] == [(4, "label"), (5, "label")]
    assert rejected[0].reason == "mark 1 has the class 'plum', which is none of apple, pear"
