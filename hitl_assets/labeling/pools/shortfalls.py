"""Items of a pool that is over and got fewer answers than they were to get: answers were rejected by hand, or somebody
lowered an overlap. Toloka calls such a pool COMPLETED."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from hitl_assets.labeling.answers.answers import COUNTED, read_answers
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.values.plurals import plural


def find_short(assignments: Iterable[Mapping[str, Any]], items: Collection[str], overlap: int) -> Mapping[str, int]:
    """How many answers are missing to each of these items (by key) that people were asked about."""
    seen: set[str] = set()
    given: Counter[str] = Counter()
    for answer in read_answers(assignments):
        seen.add(answer.item_key)
        given[answer.item_key] += answer.status in COUNTED
    return {key: overlap - given[key] for key in items if key in seen and given[key] < overlap}


def describe_short(short: Mapping[str, int], overlap: int, project: Project, batch: str) -> str:
    """What is missing, and what to do about it."""
    return (
        f"{plural(len(short), 'item has', 'items have')} fewer answers than the {overlap} that were asked for: "
        "answers were rejected by hand, "
        "or somebody lowered their overlap in Toloka. Labels are made from what is there. To ask for the "
        f"{sum(short.values())} that are missing, run `hitl resume {project.name} {batch}`, or materialize pools of "
        "this batch with the config resume: true."
    )
