"""Pieces of texts, and texts, by people who err: as people do, and well formed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hitl_assets.emulators.crowd.answering.marking import as_marked, mismark
from hitl_assets.emulators.crowd.answering.pages import Asked
from hitl_assets.emulators.crowd.answering.slips import slip
from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.toloka.people.components.spans import complain_of_spans
from hitl_assets_tests.emulators.crowd.interfaces import CAREFUL, asks, given, hand_in

# The pear is two to a browser.
TEXT = "🍐 Anna Smith met Bob in Paris"
LABELS = ("person", "place")
TRAITS = {"content": TEXT, "labels": LABELS}
KNOWN = [{"class": "person", "start": 2, "end": 12}, {"class": "place", "start": 24, "end": 29}]


def words(span: dict[str, Any]) -> str:
    """What is marked."""
    units = TEXT.encode("utf-16-le")
    return units[2 * span["offset"] : 2 * (span["offset"] + span["length"])].decode("utf-16-le")


def test_a_key_may_count_characters() -> None:
    """As labels in our files do; what a page has counts in UTF-16."""
    marked = as_marked(KNOWN, TEXT)
    assert marked == [
        {"label": "person", "offset": 3, "length": 10},
        {"label": "place", "offset": 25, "length": 5},
    ]
    assert as_marked(marked, TEXT) == marked
    assert [as_marked(each, TEXT) for each in (None, "x", [])] == [None, "x", []]


def test_who_errs_misses_cuts_off_goes_on_and_calls_otherwise() -> None:
    """Never what is right, and what the page takes: no two overlap, and no character is cut in two."""
    right = as_marked(KNOWN, TEXT)
    found = [next(mismark(right, TRAITS, 1, number)) for number in range(300)]
    assert right not in found
    assert {complain_of_spans(each, TEXT, LABELS) for each in found} == {None}
    assert {len(each) for each in found} == {1, 2}
    marked = {(words(span), span["label"]) for each in found for span in each}
    assert {("Anna", "person"), ("Smith", "person"), ("Anna Smith met", "person")} <= marked
    assert {("Anna Smith", "place"), ("Paris", "person"), ("Pari", "place"), ("in Paris", "place")} <= marked


def test_who_errs_about_the_only_piece_may_mark_nothing() -> None:
    """And marks something where there is nothing."""
    right = as_marked(KNOWN[:1], TEXT)
    assert [] in [next(mismark(right, TRAITS, 1, number)) for number in range(50)]
    assert next(mismark([], TRAITS, 1, 0))


def test_people_who_are_right_mark_what_the_key_has(tmp_path: Path) -> None:
    """Through the page of a field to mark in."""
    field = asks("text-annotation", "result", content=given("text"), labels=[{"value": v, "label": v} for v in LABELS])
    cell = json.dumps(KNOWN).replace('"', '""')
    path = tmp_path / "key.csv"
    path.write_text(f'text,result\n{TEXT},"{cell}"\n', encoding="utf-8")
    answered = hand_in({"result": {"type": "json"}}, field, {"text": TEXT}, key=AnswerKey.read(path), people=CAREFUL)
    assert as_marked(KNOWN, TEXT) in [each["result"] for each in answered]


def test_long_texts_have_mistakes_in_several_words() -> None:
    """Words are left out, others mistyped; a short one has one mistake."""
    said = "the pears in this basket are ripe and sweet"
    found = [next(slip(Asked("a", ("a",), "text"), said, 1, number)) for number in range(100)]
    counts = [len(each.split()) for each in found]
    assert said not in found
    assert min(counts) < max(counts) <= len(said.split())
    wrong = [sum(word not in said.split() for word in each.split()) for each in found]
    assert max(wrong) > 1
    short = [next(slip(Asked("a", ("a",), "text"), "ripe", 1, number)) for number in range(100)]
    assert all(abs(len(each) - 4) <= 1 for each in short)
