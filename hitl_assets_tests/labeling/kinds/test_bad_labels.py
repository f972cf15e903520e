"""Whatever stands where a label should: it is named and counts for nothing, and the others become labels."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers, agreement
from hitl_assets.labeling.aggregation.calibration import calibrate
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.aggregation.trials import golden_trials
from hitl_assets.labeling.answers.answers import counted, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.answers.review import suggest
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.kinds.number import Number
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.polygons import Polygons
from hitl_assets.labeling.kinds.preference import Preference
from hitl_assets.labeling.kinds.tags import Tags
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.kinds.texts.text import Text
from hitl_assets.labeling.labels.quality import measure_alpha
from hitl_assets.labeling.project.declaration import Aggregation, Review

pytestmark = pytest.mark.slow

BOX = {"class": "a", "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}
KINDS: list[tuple[Kind, Any]] = [
    (Class("label", {"type": "string", "allowed_values": ["a", "b"]}), "a"),
    (Number("label", {"type": "float"}, 0.5), 12.5),
    (Number("label", {"type": "integer"}, "2%"), 12),
    (Tags("label", {"type": "array_string"}), ["a", "b"]),
    (Tags("label", {"type": "json", "required": False}, ["a", "b"]), {"a": True, "b": False}),
    (Boxes("label", {"type": "json", "required": False}, ["a", "b"]), [BOX]),
    (Polygons("label", {"type": "json"}, ["a", "b"]), [BOX | {"shape": "rectangle"}]),
    (
        Spans("label", {"type": "json", "required": False}, "text", ["a", "b"]),
        [{"label": "a", "offset": 2, "length": 7}],
    ),
    (Text("label", {"type": "string"}), "what is written here"),
    (Preference("label", {"type": "string", "allowed_values": ["a", "b"]}, ["text", "other"]), "a"),
]
# JSON, with numbers that are none in it, and values that are nearly right.
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["a", "12.5"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
)
SHARES = st.floats(-0.2, 1.2) | LEAVES
POINTS = st.lists(
    st.tuples(SHARES, SHARES).map(list) | st.fixed_dictionaries({"left": SHARES, "top": SHARES}), max_size=6
)
MARKS = st.fixed_dictionaries(
    {},
    optional={
        "class": st.sampled_from(["a", "b", "c"]) | LEAVES,
        "shape": st.sampled_from(["rectangle", "polygon", "point"]),
        **dict.fromkeys(("left", "top", "width", "height"), SHARES),
        "points": POINTS | LEAVES,
    },
)
PLACES = st.integers(-1, 12) | LEAVES
SPANS = st.fixed_dictionaries(
    {"label": st.sampled_from(["a", "b", "c"]) | LEAVES},
    optional=dict.fromkeys(("start", "end", "offset", "length"), PLACES),
)
VALUES |= st.lists(MARKS, max_size=3) | st.lists(SPANS, max_size=3)
# Of which some characters are two to a browser.
TEXT = "a pear 🍐🍐 b"


def suite(number: int, *values: Any, known: Any) -> dict[str, Any]:
    """Answers of one worker to as many items, and to a golden one at last."""
    tasks: list[dict[str, Any]] = [
        {"id": f"{place}", "input_values": {"item_key": f"{place}", "text": TEXT}} for place in range(len(values))
    ]
    golden = {
        "id": "g",
        "input_values": {"item_key": "g", "text": TEXT},
        "known_solutions": [{"output_values": {"label": known}}],
    }
    solutions = [{"output_values": {"label": value}} for value in (*values, values[0])]
    about = {"id": f"{number}", "user_id": f"w{number}", "pool_id": "7", "status": "ACCEPTED"}
    return {**about, "tasks": [*tasks, golden], "solutions": solutions}


@pytest.mark.parametrize(("kind", "good"), KINDS)
@settings(deadline=None, max_examples=50)
@given(bad=st.lists(VALUES, min_size=2, max_size=4), known=VALUES)
def test_any_answers_become_labels_or_are_named(kind: Kind, good: Any, bad: list[Any], known: Any) -> None:
    """From the answers to confidence, agreement and review; also where what is known to be right is none."""
    assignments = [suite(1, *bad, known=known), *(suite(n, *[good] * len(bad), known=good) for n in (2, 3, 4))]
    every = list(read_answers(assignments))
    votes = counted(every, kind)
    wrong = {each.place for each in find_unreadable(assignments, kind)}
    mine = {vote.item_key for vote in votes if vote.worker_id == "w1"}
    missing = {str(place) for place, value in enumerate(bad) if value is None}
    assert len(wrong) + len(mine | missing) == len(bad)
    knowledge = Knowledge(golden_records(every, kind), {}, kind.labels)
    calibration = calibrate(golden_trials(every, votes, kind, Aggregation(), knowledge))
    values: dict[str, dict[str, Any]] = {vote.item_key: {} for vote in votes}
    labels = aggregate_answers(votes, values, kind, Aggregation(), knowledge, calibration)
    assert len(labels) == len(bad)
    assert all(
        0 <= label.confidence <= 1 and kind.is_same(label.label, kind.read_cell(label.label)) for label in labels
    )
    assert 0 <= agreement(labels, kind) <= 1
    assert golden_accuracy(assignments, kind)[1] == 4
    measure_alpha(votes, kind)
    assert len(suggest(assignments, Review(), kind)) == 4
