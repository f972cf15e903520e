"""A quality rule in words, for the worker whom it bans."""

from __future__ import annotations

from collections.abc import Mapping

from hitl_assets.emulators.toloka.pools.configuration import Collector, Condition, Rule
from hitl_assets.emulators.toloka.quality.quality import Value

SUBJECTS = {
    "GOLDEN_SET": "answers to control tasks",
    "MAJORITY_VOTE": "answers that differ from the majority's",
    "ASSIGNMENT_SUBMIT_TIME": "suites that are handed in too fast",
    "SKIPPED_IN_ROW_ASSIGNMENTS": "suites that are skipped one after the other",
    "INCOME": "what a worker earns in a day",
    "ANSWER_COUNT": "how many suites a worker does",
    "ACCEPTANCE_RATE": "suites that the requester rejects",
    "CAPTCHA": "captchas",
    "TRAINING": "the training",
}
OPERATORS = {"EQ": "is", "NE": "is not", "GT": "is above", "GTE": "is at least", "LT": "is below", "LTE": "is at most"}


def describe_rule(collector: Collector, rule: Rule, values: Mapping[str, Value]) -> str:
    """Which rule it is, what it looks at, and what that was."""
    subject = SUBJECTS.get(collector.type, collector.type)
    held = " and ".join(_describe(condition, values) for condition in rule.conditions)
    return f"A quality rule ({collector.type}) about {subject} decided so: {held}."


def _describe(condition: Condition, values: Mapping[str, Value]) -> str:
    value = values[condition.key]
    seen = f"{value:g}" if isinstance(value, float | int) else value
    name = condition.key.replace("_", " ")
    return f"{name} {OPERATORS[condition.operator]} {condition.value} (here {seen})"
