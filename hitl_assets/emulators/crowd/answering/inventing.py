"""Answers that are made up for a control, in the order in which a worker would try them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hitl_assets.emulators.crowd.answering.drawing import draw_regions
from hitl_assets.emulators.crowd.answering.marking import mark_spans
from hitl_assets.emulators.crowd.answering.matching import write_matching
from hitl_assets.emulators.crowd.answering.pages import Asked, Path
from hitl_assets.emulators.crowd.chance import between, chance, pick

# What a rule for texts may ask for, if it is not met by chance.
SAMPLES = (
    "word", "two words", "Word", "WORD", "OK", "yes", "7", "42", "365", "2024", "12345", "123456", "12345678", "12.5",
    "2024-05-17", "17.05.2024", "10:30", "A1", "AB12", "worker@example.com", "+15550100", "https://example.com/page",
    "example.com", "55.75,37.62", "deadbeef", "ответ", "The quick brown fox jumps over the lazy dog.",
    "What can be seen and heard, told so that somebody who was not there can follow it from the first word on.",
)  # fmt: skip
MOST_ROWS = 3
# How often a box that may be left alone is checked.
RARE = 0.1
# A text that must be longer is one that repeats itself.
LONGER = (2, 5, 10, 30, 100)
NUMBERS = ("integer", "float", "number")
Declared = Mapping[str, Any]


def declared_at(output_spec: Mapping[str, Declared], path: Path) -> Declared:
    """What is declared of the value at a path; nothing if it is inside of an object."""
    declared = output_spec.get(path[0], {}) if path else {}
    if len(path) <= 1:
        return declared
    kind = str(declared.get("type", ""))
    is_item = len(path) == 2 and kind.startswith("array_") and path[1].isdigit()
    return {**declared, "type": kind.removeprefix("array_")} if is_item else {}


def invent(asked: Asked, declared: Declared, options: Sequence[Any], seed: int, *name: object) -> Iterator[Any]:
    """Answers to a control of which nothing is known: the first is as good as any, the others are in case of need.

    Args:
        asked: the control.
        declared: its output field.
        options: what can be chosen in it.
        seed: of the crowd.
        name: whose answer to what it is; the same name has the same answers.
    """
    if asked.kind == "rows":
        yield from _rows(asked, declared, seed, *name)
    elif asked.kind == "flag" and declared.get("required") is False:
        # What may be left alone says that something is out of the ordinary.
        yield chance(seed, *name) < RARE
        yield from (False, True)
    elif asked.kind == "flags":
        yield from _flags(asked.options, seed, *name)
    elif asked.kind == "regions":
        yield from _ever_more(draw_regions(asked.traits, seed, *name, time) for time in range(MOST_ROWS + 1))
    elif asked.kind == "spans":
        yield mark_spans(asked.traits, seed, *name)
        yield mark_spans(asked.traits, seed, *name, most=None)
    elif is_list(asked, declared):
        yield from _lists(asked, declared, options, seed, *name)
    elif options:
        yield from in_any_order(options, seed, *name)
        yield from _near(asked.traits.get("near", ()))
    else:
        yield from _scalars(asked, declared, seed, *name)


def is_list(asked: Asked, declared: Declared) -> bool:
    """Whether one control takes all the items of a list."""
    return str(declared.get("type", "")).startswith("array_") or asked.kind in ("choices", "lines", "files")


def in_any_order(options: Sequence[Any], seed: int, *name: object) -> list[Any]:
    """One that is picked, and then the others."""
    first = pick(options, seed, *name)
    others = sorted(
        (option for option in options if option is not first), key=lambda one: chance(seed, *name, str(one), "order")
    )
    return [first, *others]


def listed(first: Any, others: Sequence[Any], declared: Declared) -> list[Any]:
    """A list that begins with this item and is as long as it must be at least."""
    return [first, *[other for other in others if other != first]][: max(int(declared.get("min_size") or 1), 1)]


def _lists(asked: Asked, declared: Declared, options: Sequence[Any], seed: int, *name: object) -> Iterator[Any]:
    item = {**declared, "type": str(declared.get("type", "json")).removeprefix("array_")}
    least = int(declared.get("min_size") or 1)
    if declared.get("max_size") == 0:
        yield []
    elif options:
        order = in_any_order(options, seed, *name)
        yield from (listed(option, order, declared) for option in order)
        # More items than there are options.
        yield (order * least)[:least]
    else:
        first = next(_scalars(asked, item, seed, *name))
        more = [next(_scalars(asked, item, seed, *name, number)) for number in range(1, least)]
        yield [first, *more]


def _scalars(asked: Asked, declared: Declared, seed: int, *name: object) -> Iterator[Any]:
    number, kind = int(chance(seed, *name) * 10_000), declared.get("type", "json")
    if kind == "boolean" or asked.kind == "flag":
        yield from in_any_order((True, False), seed, *name)
    elif kind in NUMBERS or asked.kind == "number":
        yield from _numbers(asked, declared, seed, *name)
    elif kind == "url" or asked.traits.get("domains"):
        yield from (f"{address.rstrip('/')}/answer-{number}" for address in asked.traits.get("domains", ()))
        yield f"https://example.com/answer-{number}"
    elif kind == "coordinates":
        yield f"{between(-80, 80, seed, *name, 'latitude'):.6f},{between(-180, 180, seed, *name, 'longitude'):.6f}"
    elif asked.kind in ("date", "moment"):
        yield from _days(asked, number)
    elif asked.kind in MADE:
        yield MADE[asked.kind](number)
    else:
        patterns = [declared.get("pattern"), *asked.traits.get("patterns", ())]
        for pattern in (one for one in patterns if one is not None):
            yield write_matching(pattern, seed, *name)
        yield from _texts(declared, number)


MADE = {
    "email": lambda number: f"worker{number}@example.com",
    "phone": lambda number: f"+1555{number:07}",
}


def _days(asked: Asked, number: int) -> Iterator[str]:
    """A day within the limits; the first and the last one, whose time of day is a limit too."""
    first, last = (str(asked.traits.get(limit) or "")[:10] for limit in ("low", "high"))
    try:
        low = date.fromisoformat(first or "2000-01-01")
        high = date.fromisoformat(last) if last else low + timedelta(days=9999)
        some = (low + timedelta(days=number % (max((high - low).days, 0) + 1))).isoformat()
    except ValueError:
        some = ""
    for day in (some, first, last):
        if day and asked.kind == "date":
            yield day
        elif day:
            yield from (f"{day}T{time}" for time in ("10:30", "23:59", "00:00"))


def _ever_more(drawings: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """The first drawing, and then with more and more in it, as a page may ask for several areas."""
    drawn: list[Any] = []
    for more in drawings:
        drawn = [*drawn, *more]
        yield drawn


def _texts(declared: Declared, number: int) -> Iterator[str]:
    yield _sized(f"answer {number}", declared)
    yield str(number)
    yield from (" ".join([f"answer {number}"] * times) for times in LONGER)
    yield from (_sized(sample, declared) for sample in SAMPLES)
    yield from SAMPLES


def _sized(text: str, declared: Declared) -> str:
    """A text as long as is declared: filled up in front, or cut there, as its end is what differs."""
    low, high = int(declared.get("min_length") or 0), declared.get("max_length")
    while len(text) < low:
        text = f"answer {text}"
    if high is None or len(text) <= high:
        return text
    return text[len(text) - int(high) :].strip().rjust(low, "0")


def _numbers(asked: Asked, declared: Declared, seed: int, *name: object) -> Iterator[float]:
    lows = [limit for limit in (declared.get("min_value"), asked.traits.get("low")) if limit is not None]
    highs = [limit for limit in (declared.get("max_value"), asked.traits.get("high")) if limit is not None]
    low = max(lows) if lows else min(0, min(highs) - 9) if highs else 0
    high = min(highs) if highs else low + 9
    shares = (chance(seed, *name), 0.0, 1.0, 0.5)
    if declared.get("type") in ("float", "number"):
        yield from (round(low + share * (high - low), 4) for share in shares)
        yield from (low, high)
    else:
        # From the least whole number up to the greatest.
        least, most = -int(-low // 1), int(high // 1)
        yield from (least + min(int(share * (most - least + 1)), most - least) for share in shares)
    yield from _near(asked.traits.get("near", ()))


def _near(limits: Iterable[float]) -> Iterator[float]:
    """Numbers between the limits that conditions set, on them and beside them."""
    ordered = sorted(set(limits))
    yield from (round((left + right) / 2) for left, right in pairwise(ordered))
    yield from (limit + step for limit in ordered for step in (0, 1, -1))


def _flags(options: Sequence[Any], seed: int, *name: object) -> Iterator[dict[str, bool]]:
    names = [str(option) for option in options]
    some = {one: chance(seed, *name, one, "flag") < 1 / 3 for one in names}
    yield some
    yield from ({one: one == first for one in names} for first in in_any_order(names, seed, *name))


def _rows(asked: Asked, declared: Declared, seed: int, *name: object) -> Iterator[int]:
    least = max(int(declared.get("min_size") or 1), 1)
    most = min(int(asked.traits.get("high") or MOST_ROWS), int(declared.get("max_size") or least + MOST_ROWS))
    yield min(least + int(chance(seed, *name) * MOST_ROWS), max(most, least))
    yield from range(least, most + 1)
