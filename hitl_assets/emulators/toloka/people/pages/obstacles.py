"""Why a worker cannot work in a pool, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from hitl_assets.emulators.toloka.admission.admission import Standing, standing_of, training_for
from hitl_assets.emulators.toloka.people.components.values import as_text
from hitl_assets.emulators.toloka.people.markup.markup import Html, tag
from hitl_assets.emulators.toloka.people.pages.training_outcomes import failure, training_outcome
from hitl_assets.emulators.toloka.people.workers import profile_of
from hitl_assets.emulators.toloka.pools.configuration import pool_configuration
from hitl_assets.emulators.toloka.quality.restrictions import IN_FORCE
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks.choosing import has_tasks_for
from hitl_assets.emulators.toloka.workers.global_skills import LANGUAGES

WORDS = {
    "EQ": "is", "NE": "is not", "GT": "is above", "GTE": "is at least", "LT": "is below", "LTE": "is at most",
    "IN": "includes", "NOT_IN": "does not include",
}  # fmt: skip
CLOSED = {
    "COMPLETED": "all of its tasks are done",
    "MANUAL": "the requester closed it",
    "EXPIRED": "its time is over",
    "NOT_ENOUGH_BALANCE": "the requester's money ran out",
    "FOR_UPDATE": "the requester is changing it; it opens again soon",
    "ASSIGNMENTS_LIMIT_EXCEEDED": "it has had as many suites as a pool may have",
    "BLOCKED": "it was blocked",
}


def obstacle(state: State, user_id: str, pool: sqlite3.Row) -> Html | None:
    """What keeps a worker from new suites of this pool; None if nothing does."""
    if pool["status"] != "OPEN":
        reason = CLOSED.get(pool["last_close_reason"] or "", "the requester has not opened it")
        return tag("p", f"This pool is closed: {reason}. It gives no suites.")
    if pool["type"] == "TRAINING":
        return training_outcome(state, user_id, pool["id"])
    standing = standing_of(state, user_id, profile_of(state, user_id), pool)
    if standing is not Standing.ADMITTED:
        return EXPLANATIONS[standing](state, user_id, pool)
    if not has_tasks_for(state, pool, user_id):
        return tag("p", "There is nothing for you in this pool now: you have answered its tasks, or others have them.")
    return None


def describe(node: Any, skills: Mapping[str, str]) -> str:
    """A filter in words. `skills`: the name of each skill id."""
    for connective in ("and", "or"):
        parts = node.get(connective)
        if parts is not None:
            inner = [describe(part, skills) for part in parts]
            shown = f" {connective} ".join(inner)
            return f"({shown})" if connective == "or" and len(inner) > 1 else shown
    key, value = str(node["key"]), node.get("value")
    if node["category"] == "skill":
        name = f"the skill {skills.get(key, key)}"
        return f"{name} is missing" if value is None and node["operator"] == "EQ" else _compared(name, node, value)
    return _compared(key.replace("_", " "), node, value)


def _compared(name: str, node: Mapping[str, Any], value: Any) -> str:
    return f"{name} {WORDS.get(node['operator'], node['operator'])} {as_text(value)}"


def _filtered(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    skills = {skill_id: f"verified language {language}" for skill_id, language in LANGUAGES.items()}
    skills |= {row["id"]: row["name"] for row in state.store.all("SELECT id, name FROM skills")}
    wanted = describe(pool_configuration(pool["form"]).filter, skills)
    change = tag("a", "change your profile", href="/work/profile")
    return tag("p", "This pool is for others: it asks that ", tag("bdi", wanted), ". You can ", change, ".")


def _banned(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    row = state.store.one(
        f"SELECT COALESCE(will_expire, '9999') AS until, cause FROM restrictions WHERE {IN_FORCE} AND user_id = ? "  # noqa: S608 - a constant
        "AND (scope IN ('ALL_PROJECTS', 'SYSTEM') OR project_id = ? OR pool_id = ?) ORDER BY until DESC LIMIT 1",
        state.clock.stamp(), state.clock.now(), user_id, pool["project_id"], pool["id"],
    )  # fmt: skip
    until = row["until"]
    end = "for good" if until == "9999" else f"until {until[:16].replace('T', ' ')} UTC"
    return tag("p", f"You are banned from this work {end}. {row['cause'] or 'The requester decided so.'}")


def _untrained(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    training = training_for(state, pool)
    if training is None:
        return tag("p", "This pool asks for a training, and that training is not open now.")
    link = tag("a", "Do the training", href=f"/work/pool/{training['id']}", class_="button")
    return tag("div", tag("p", "This pool asks for a training first."), tag("p", link))


def _failed(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    configuration = pool_configuration(pool["form"])
    told = failure(state, user_id, configuration.training_id, configuration.passing_value)
    return tag("p", f"This pool asks for a training. {told}")


def _done(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    return tag("p", "You are done with this pool: a quality rule says so.")


def _busy(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    return tag("p", "You hold as many suites of this project as it allows at a time. Finish one first.")


def _not_chosen(state: State, user_id: str, pool: sqlite3.Row) -> Html:
    return tag("p", "This pool is shown to some workers only, and you are not among them now.")


EXPLANATIONS = {
    Standing.FILTERED: _filtered,
    Standing.BANNED: _banned,
    Standing.UNTRAINED: _untrained,
    Standing.FAILED: _failed,
    Standing.DONE: _done,
    Standing.BUSY: _busy,
    Standing.NOT_CHOSEN: _not_chosen,
}
