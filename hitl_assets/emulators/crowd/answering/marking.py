"""Pieces of texts that people mark: made up, known from an answer key, and as somebody careless marks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.crowd.answering.drawing import call_otherwise
from hitl_assets.emulators.crowd.chance import chance, pick

WORD = re.compile(r"\w+")
# Of those who err, how many miss a piece, and how many are wrong about where one ends or begins; the rest calls one
# otherwise.
MISSED, OFF = 0.35, 0.4
# Text between two words that belong to one piece, at most.
GAP = 3


def mark_spans(traits: Mapping[str, Any], seed: int, *name: object, most: int | None = 2) -> list[dict[str, Any]]:
    """A word or two of a text, each with a label; without `most`, all of them."""
    content, labels = str(traits.get("content") or ""), traits.get("labels") or ("",)
    words = list(WORD.finditer(content))
    count = len(words) if most is None else min(len(words), 1 + int(chance(seed, *name, "spans") * most))
    order = sorted(range(len(words)), key=lambda place: chance(seed, *name, place, "order"))
    return [
        _span(content, *words[place].span(), pick(labels, seed, *name, place, "label"))
        for place in sorted(order[:count])
    ]


def as_marked(known: Any, content: str) -> Any:
    """What an answer key knows of a text, as a page takes it: a key may count characters, from `start` to `end`."""
    if not isinstance(known, list) or not all(isinstance(each, Mapping) and "start" in each for each in known):
        return known
    return [_span(content, int(each["start"]), int(each["end"]), each.get("class", "")) for each in known]


def mismark(spans: Any, traits: Mapping[str, Any], seed: int, *name: object) -> Iterator[Any]:
    """The same pieces by somebody who is careless: one is missed, is cut off or too long, or is called otherwise; where
    there is nothing something is marked."""
    if isinstance(spans, list) and spans:
        content, at = str(traits.get("content") or ""), int(chance(seed, *name, "which") * len(spans))
        off = [[*spans[:at], other, *spans[at + 1 :]] for other in _misplaced(spans, at, content, seed, *name)]
        missed = [*spans[:at], *spans[at + 1 :]]
        otherwise = call_otherwise(spans, at, traits.get("labels") or (), seed, *name)
        called = [otherwise] if otherwise else []
        way = chance(seed, *name, "way")
        yield from [missed] if way < MISSED else off if way < MISSED + OFF else called
        yield from [*off, *called, missed]
    yield mark_spans(traits, seed, *name)


def _misplaced(spans: Sequence[Any], at: int, content: str, seed: int, *name: object) -> list[dict[str, Any]]:
    """One piece that is cut off, or goes on to the next word: without a word of several, or without a letter of one.
    None of them is in another piece."""
    start, end = _from_units(content, spans[at])
    words = [word.span() for word in WORD.finditer(content, start, end)]
    before, after = _beside(spans, at, content)
    following = WORD.search(content, end, after)
    preceding = [word for word in WORD.finditer(content, before, start) if start - word.end() <= GAP][-1:]
    found = [(start, following.end())] if following and following.start() - end <= GAP else []
    found += [(word.start(), end) for word in preceding]
    found += [(words[1][0], end), (start, words[-2][1])] if len(words) > 1 else [(start, end - 1), (start + 1, end)]
    order = sorted(found, key=lambda place: chance(seed, *name, *place, "edges"))
    return [_span(content, *place, spans[at].get("label", "")) for place in order if place[0] < place[1]]


def _beside(spans: Sequence[Any], at: int, content: str) -> tuple[int, int]:
    """Where the piece before one ends, and where the one after it begins."""
    every = sorted(_from_units(content, span) for span in spans)
    place = every.index(_from_units(content, spans[at]))
    before = every[place - 1][1] if place else 0
    return before, every[place + 1][0] if place + 1 < len(every) else len(content)


def _span(content: str, start: int, end: int, label: Any) -> dict[str, Any]:
    return {"label": label, "offset": _units(content[:start]), "length": _units(content[start:end])}


def _from_units(content: str, span: Mapping[str, Any]) -> tuple[int, int]:
    """A piece in characters; browsers count in UTF-16."""
    units = content.encode("utf-16-le", errors="surrogatepass")
    first, last = 2 * span["offset"], 2 * (span["offset"] + span["length"])
    ends = (units[:at].decode("utf-16-le", errors="surrogatepass") for at in (first, last))
    start, end = map(len, ends)
    return start, end


def _units(text: str) -> int:
    """The length of a text as browsers count it, in UTF-16."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
