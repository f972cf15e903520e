"""Who may see a pool: the filter on profile, device and skills."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.workers.global_skills import LANGUAGES, global_skill

COMPARISONS = ("EQ", "NE", "GT", "GTE", "LT", "LTE")
MEMBERSHIPS = ("IN", "NOT_IN")
PROFILE = (
    "gender", "country", "citizenship", "education", "adult_allowed", "date_of_birth", "city", "languages", "verified",
)  # fmt: skip
COMPUTED = (
    "client_type", "region_by_phone", "region_by_ip", "device_category", "os_family", "os_version",
    "os_version_major", "os_version_minor", "user_agent_type", "user_agent_family", "user_agent_version",
    "user_agent_version_major", "user_agent_version_minor", "user_agent_version_bugfix", "os_version_bugfix",
)  # fmt: skip
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
# What all devices of simulated workers and people have in common.
OF_ALL = {
    "user_agent_version": 120.0, "user_agent_version_major": 120, "user_agent_version_minor": 0,
    "user_agent_version_bugfix": 0, "os_version_bugfix": 0,
}  # fmt: skip


def name_skills_by_id(form: Any) -> None:
    """Have a filter name skills by their ids, in place. toloka-kit's AutoQuality sends the whole skill as the key."""
    # No recursion: this is what a client sent, however deep.
    waiting = [form]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += [node.get("and"), node.get("or")]
            if node.get("category") == "skill" and isinstance(node.get("key"), dict) and "id" in node["key"]:
                node["key"] = node["key"]["id"]


def check_filter(form: Form, name: str) -> None:
    """Note what is wrong with a filter."""
    part = form.part(name)
    if part is not None and part.values:
        _check_node(part)


def _check_node(node: Form) -> None:
    for connective in ("and", "or"):
        if node.values.get(connective) is not None:
            for part in node.parts(connective):
                _check_node(part)
            return
    category = node.choice("category", ("profile", "computed", "skill"), required=True)
    key = node.text("key", required=True)
    node.choice("operator", COMPARISONS + MEMBERSHIPS, required=True)
    if category == "skill":
        _check_skill_value(node)
    known = {"profile": PROFILE, "computed": COMPUTED}.get(category or "")
    if known is not None and key is not None and key not in known:
        node.refuse("key", "VALUE_NOT_ALLOWED", f"There is no {category} {key}")


def _check_skill_value(node: Form) -> None:
    value = node.values.get("value")
    if isinstance(value, str) and NUMBER.fullmatch(value):
        # Numbers may come as texts, as in rules.
        value = float(value)
    Form({"value": value}, node.errors, node.prefix).money("value", Decimal(0), Decimal(100))


def admits(node: Any, profile: Mapping[str, Any], skills: Mapping[str, Decimal]) -> bool:
    """Whether a worker passes a filter. No filter lets everybody in."""
    if not node:
        return True
    if node.get("and") is not None:
        return all(admits(part, profile, skills) for part in node["and"])
    if node.get("or") is not None:
        return not node["or"] or any(admits(part, profile, skills) for part in node["or"])
    if node["category"] == "skill":
        value = skills.get(node["key"], global_skill(node["key"], profile))
        return _has_skill(value, node["operator"], node.get("value"))
    value = profile.get(node["key"], OF_ALL.get(node["key"]))
    return _has_attribute(value, node["operator"], node.get("value"))


def admits_by_skill(node: Any, skills: Mapping[str, Decimal]) -> bool:
    """Whether a worker passes a filter, if everything is as it should be but the skills that requesters give."""
    if not node:
        return True
    if node.get("and") is not None:
        return all(admits_by_skill(part, skills) for part in node["and"])
    if node.get("or") is not None:
        return not node["or"] or any(admits_by_skill(part, skills) for part in node["or"])
    if node["category"] != "skill" or node["key"] in LANGUAGES:
        return True
    return _has_skill(skills.get(node["key"]), node["operator"], node.get("value"))


def skills_in(node: Any) -> Iterator[str]:
    """The ids of the skills that a filter asks for."""
    if not node:
        return
    for part in [*(node.get("and") or ()), *(node.get("or") or ())]:
        yield from skills_in(part)
    if node.get("category") == "skill":
        yield node["key"]


def compare(left: Any, operator: str, right: Any) -> bool:
    """One of Toloka's comparisons. What cannot be compared is false."""
    if operator == "EQ":
        return bool(left == right)
    if operator == "NE":
        return bool(left != right)
    if left is None or right is None:
        return False
    try:
        results = {"GT": left > right, "GTE": left >= right, "LT": left < right, "LTE": left <= right}
    except TypeError:
        return False
    return results.get(operator, False)


def _has_skill(value: Decimal | None, operator: str, wanted: Any) -> bool:
    # "Equal to nothing" is how Toloka says: has no such skill.
    return compare(value, operator, None if wanted is None else Decimal(str(wanted)))


def _has_attribute(value: Any, operator: str, wanted: Any) -> bool:
    if isinstance(value, tuple):
        found = any(one in value for one in (wanted if isinstance(wanted, list) else [wanted]))
        return found if operator in ("IN", "EQ") else not found
    if operator in MEMBERSHIPS:
        found = value in (wanted if isinstance(wanted, list) else [wanted])
        return found if operator == "IN" else not found
    return compare(value, operator, wanted)
