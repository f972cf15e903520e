"""Labels beside what they are about: a span by itself says nothing."""

from typing import Any

import dagster as dg

from hitl_assets import reports
from hitl_assets.labeling.answers.coverage import Labels
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.preference import Preference
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.kinds.texts.text import Text
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Label
from hitl_assets.reports.labeled import labeled_items
from hitl_assets.steps.intake.changes import LabeledBefore

EVE = '[{"class":"PER","end":3,"start":0}]'


def told(kind: Kind, *labels: Label) -> str:
    """What is shown, in Markdown."""
    found: Any = labeled_items(labels, kind).get("labeled_items", dg.MetadataValue.md(""))
    return str(found.md_str)


def test_spans_are_shown_in_their_texts() -> None:
    """With what each said, and the least sure first; a bracket means nothing to Markdown."""
    kind = Spans("entities", {"type": "json"}, "text", ("PER",))
    sure = Label("a", {"text": "Eve sings"}, EVE, 0.99, {EVE: 3}, (), "7")
    unsure = Label("b", {"text": "Bob <b>"}, EVE, 0.5, {EVE: 2, "[]": 1}, (), "7")
    header, _, first, second = told(kind, sure, unsure).split("\n")
    assert header == "| label | confidence | answer 1 | answer 2 |"
    assert first == r"| \[Bob PER\] &lt;b&gt; | 0.5000 | \[Bob PER\] &lt;b&gt; \(2\) | Bob &lt;b&gt; \(1\) |"
    assert second.startswith(r"| \[Eve PER\] sings | 0.9900 | \[Eve PER\] sings \(3\) |")


def test_texts_are_shown_beside_the_answers() -> None:
    """Of classes the votes say enough."""
    label = Label("a", {"text": "x"}, "ripe pears", 0.9, {"ripe pears": 1, "ripe pear": 1}, (), "7")
    assert "ripe pear \\(1\\)" in told(Text("said", {"type": "string"}), label)
    assert told(Class("said", {"type": "string"}), label) == told(Text("said", {"type": "string"})) == ""


def test_what_was_compared_is_shown_by_its_score() -> None:
    """The best first."""
    kind = Preference("better", {"type": "string", "allowed_values": ["left", "right"]}, ("one", "other"))
    about = ("a", "b", "7", "ACCEPTED", False, "", "", ())
    votes = [
        Answer(f"{n}", {"better": "right"}, f"w{n}", *about, inputs={"one": "plain", "other": "fine"}) for n in range(3)
    ]
    scores = reports.scores(votes, kind)["scores"]
    assert [record.data["compared"] for record in scores.records] == ["fine", "plain"]
    assert reports.scores(votes, Class("better", {"type": "string"})) == {}


def test_a_dataset_in_which_nothing_is_marked_has_no_balance(project: Project) -> None:
    """There is nothing to draw."""
    project.__dict__["kind"] = Spans("category", {"type": "json"}, "headline", ("PER",))
    rows = [LabeledRow({"headline": "Rain"}, "[]", "crowd", "b1", "k", 1.0)]
    assert "balance" not in reports.dataset(rows, LabeledBefore(), project, Delta(1, 0, 0), None)


def test_marks_are_told_by_their_number(project: Project) -> None:
    """Where they are is drawn. A share is of labels, however many marks each has."""
    kind = project.__dict__["kind"] = Boxes("category", {"type": "json"}, ("apple", "pear"))
    places = [{"left": each, "top": 0.1, "width": 0.1, "height": 0.1} for each in (0.1, 0.4, 0.7)]
    two, three = (kind.cell([{"class": "apple", **place} for place in places[:count]]) for count in (2, 3))
    shifted = kind.cell([{"class": "apple", **place, "top": 0.11} for place in places[:2]])
    label = Label("a", {"headline": "a.png"}, two, 0.5, {two: 1, shifted: 1, three: 2, "[]": 1}, (), "7")
    found = reports.labels(Labels((label,)), project)
    (record,) = found["disputed"].records
    assert (record.data["label"], record.data["votes"]) == ("2 apple", "2 apple 2, 3 apple 2, nothing 1")
    assert (found["share_apple"], found["share_pear"]) == (1.0, 0.0)
    rows = [LabeledRow({"headline": "a.png"}, two, "crowd", "b1", "k", 1.0)]
    assert reports.dataset(rows, LabeledBefore(), project, Delta(1, 0, 0), None)["share_apple"] == 1.0
