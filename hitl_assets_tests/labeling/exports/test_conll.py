"""CoNLL, as nervaluate reads it."""

from typing import Any

from nervaluate import conll_to_spans

from hitl_assets_tests.labeling.exports.datasets import Dataset, dataset, row, write

TEXT = {"text": {"type": "string"}}


def span(name: str, start: int, end: int) -> dict[str, Any]:
    """A span as a plain value."""
    return {"class": name, "start": start, "end": end}


def texts(*labeled: tuple[str, list[Any]]) -> Dataset:
    """A dataset of texts with spans."""
    rows = [row({"text": text}, spans) for text, spans in labeled]
    return dataset(rows, "spans", TEXT, classes=("PER", "LOC"))


def found(given: Dataset) -> list[list[tuple[str, int, int]]]:
    """The entities of each text as nervaluate finds them, in tokens."""
    content = write(given, "conll")["dataset.conll"].decode()
    return [[(each["label"], each["start"], each["end"]) for each in text] for text in conll_to_spans(content.rstrip())]


def test_spans_are_entities_of_tokens() -> None:
    """Signs are tokens, spaces are none; two spans side by side stay two."""
    given = texts(
        ("Ada Lovelace, London.", [span("PER", 0, 12), span("LOC", 14, 20)]),
        ("Ada Eve", [span("PER", 0, 3), span("PER", 4, 7)]),
    )
    assert found(given) == [[("PER", 0, 1), ("LOC", 3, 3)], [("PER", 0, 0), ("PER", 1, 1)]]
    assert given.notes == []


def test_texts_without_spans_or_tokens_are_there() -> None:
    """Line ends in a text end none, and the third text is the third."""
    given = texts(("one\n\ntwo", []), (" \n ", []), ("Ада 🍐", [span("PER", 0, 3)]))
    assert found(given) == [[], [], [("PER", 0, 0)]]


def test_a_span_that_cuts_a_token_is_widened_and_that_is_told() -> None:
    """Half a token has no tag."""
    given = texts(("Londoners", [span("LOC", 0, 6)]))
    assert found(given) == [[("LOC", 0, 0)]]
    assert given.notes == ["1 span is widened to whole tokens."]


def test_of_spans_that_overlap_the_first_stays_and_that_is_told() -> None:
    """A token has one tag. A span without a token has none at all."""
    given = texts(("New York City", [span("LOC", 0, 8), span("LOC", 0, 13), span("PER", 4, 8), span("PER", 3, 4)]))
    assert found(given) == [[("LOC", 0, 2)]]
    assert given.notes == [
        "2 spans are left out, since another one has the same tokens.",
        "1 span is left out, since no token is in it.",
    ]


def test_characters_are_code_points() -> None:
    """A pear takes two units in UTF-16."""
    assert found(texts(("🍐 Ada", [span("PER", 2, 5)]))) == [[("PER", 1, 1)]]
