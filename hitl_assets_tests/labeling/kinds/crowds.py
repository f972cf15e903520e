"""Answers of workers to items, some of them golden."""

from collections.abc import Mapping
from typing import Any

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer, Label


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


def label_all(
    given: Mapping[str, Mapping[str, Any]], kind: Kind, known: Mapping[str, Any] | None = None, method: str = ""
) -> dict[str, Label]:
    """The labels by item, of answers by item and worker; the golden ones tell how good workers are."""
    every = answers(given, known)
    votes = counted(every, kind)
    aggregation = Aggregation.model_validate({"method": method} if method else {})
    knowledge = Knowledge(golden_records(every, kind))
    found = aggregate_answers(votes, {vote.item_key: {} for vote in votes}, kind, aggregation, knowledge)
    return {each.item_key: each for each in found}
