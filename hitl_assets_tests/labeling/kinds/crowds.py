"""Answers of workers to items, some of them golden."""

from collections.abc import Mapping
from typing import Any

from hitl_assets.labeling.records import Answer


def answer(item: str, worker: str, value: Any, known: Any = None, field: str = "label") -> Answer:
    """What a worker says of an item; with `known` of a golden one."""
    right = () if known is None else ({field: known},)
    return Answer(item, {field: value}, worker, "1", "1", "7", "ACCEPTED", bool(right), "", "", right)


def answers(given: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any] | None = None) -> list[Answer]:
    """The answers by item, then by worker; `known` are the right ones to golden items."""
    return [
        answer(item, worker, value, (known or {}).get(item))
        for item, own in given.items()
        for worker, value in own.items()
    ]
