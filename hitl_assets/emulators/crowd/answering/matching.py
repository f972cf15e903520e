"""Texts that a regular expression matches: what somebody writes where a rule says how it is to look."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from typing import Any

from hitl_assets.emulators.crowd.chance import chance, pick

try:
    from re import _parser  # type: ignore[attr-defined]  # the reader of expressions has no public name
except ImportError:  # Python 3.10
    import sre_parse as _parser

# Of what may be repeated without end, so many.
MOST_REPEATED, MOST_WRITTEN = 3, 1000
OF_CATEGORY = {
    "CATEGORY_DIGIT": string.digits, "CATEGORY_SPACE": " ", "CATEGORY_WORD": string.ascii_lowercase,
    "CATEGORY_NOT_DIGIT": string.ascii_lowercase, "CATEGORY_NOT_SPACE": string.ascii_lowercase,
    "CATEGORY_NOT_WORD": " -.",
}  # fmt: skip
COMMON = string.ascii_lowercase + string.digits + string.ascii_uppercase + " .,-_"


def write_matching(pattern: str, seed: int, *name: object) -> str | None:
    """A text that the whole pattern matches; None if none is found: conditions on what is around are not followed."""
    try:
        text = _write(_parser.parse(pattern), seed, *name)
    except (re.error, KeyError, ValueError, IndexError, RecursionError):
        return None
    return text if re.fullmatch(pattern, text) or re.search(pattern, text) else None


def _write(parsed: Iterable[tuple[Any, Any]], seed: int, *name: object) -> str:
    return "".join(
        PARTS[str(kind)](argument, (seed, *name, place))
        for place, (kind, argument) in enumerate(parsed)
        if str(kind) in PARTS
    )


def _repeated(argument: Any, name: Any) -> str:
    low, high, inner = argument
    if int(low) > MOST_WRITTEN:
        raise ValueError(f"nobody writes {low} times the same")
    most = min(int(high), int(low) + MOST_REPEATED)
    count = int(low) + int(chance(*name, "count") * (most - int(low) + 1))
    return "".join(_write(inner, *name, number) for number in range(count))


def _one_of(argument: Any, name: Any) -> str:
    is_other = str(argument[0][0]) == "NEGATE"
    named = "".join(_members(kind, value) for kind, value in argument)
    return pick([one for one in COMMON if one not in named] if is_other else named, *name)


def _members(kind: Any, value: Any) -> str:
    if str(kind) == "RANGE":
        return "".join(map(chr, range(value[0], min(value[1], value[0] + 100) + 1)))
    return {"LITERAL": chr, "CATEGORY": lambda one: OF_CATEGORY[str(one)]}.get(str(kind), lambda one: "")(value)


PARTS: dict[str, Callable[[Any, Any], str]] = {
    "LITERAL": lambda argument, name: chr(argument),
    "NOT_LITERAL": lambda argument, name: pick([one for one in COMMON if one != chr(argument)], *name),
    "ANY": lambda argument, name: pick(string.ascii_lowercase, *name),
    "IN": _one_of,
    "MAX_REPEAT": _repeated,
    "MIN_REPEAT": _repeated,
    "POSSESSIVE_REPEAT": _repeated,
    "SUBPATTERN": lambda argument, name: _write(argument[-1], *name),
    "BRANCH": lambda argument, name: _write(pick(argument[1], *name, "branch"), *name),
}
