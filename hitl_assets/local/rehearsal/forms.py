"""A project's forms as a throw-away Toloka can take them: skills that it has, bans that say which rule it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.workers.global_skills import LANGUAGES
from hitl_assets.labeling.project.declaration import Project

PLENTY = Decimal(100_000_000)
BANS = ("RESTRICTION", "RESTRICTION_V2")
SKILL_FIELDS = ("skill_id", "answer_weight_skill_id")
SIGNS = {"EQ": "=", "NE": "≠", "GT": ">", "GTE": "≥", "LT": "<", "LTE": "≤"}


def without_caps(project: Project) -> Project:
    """The project with caps that no rehearsal comes to: what the real ones would do is told instead."""
    budget = project.configuration.budget.model_copy(
        update={"per_batch": PLENTY, "per_project": PLENTY, "balance_reserve": Decimal(0)}
    )
    return replace(project, configuration=project.configuration.model_copy(update={"budget": budget}))


def with_numbered_bans(project: Project) -> tuple[Project, dict[str, str]]:
    """The project with the number of its rule as each ban's private comment, and what each of these rules says."""
    control = project.pool.get("quality_control")
    if not control:
        return project, {}
    names: dict[str, str] = {}
    configs = [numbered(config, place, names) for place, config in enumerate(control.get("configs") or ())]
    return replace(project, pool={**project.pool, "quality_control": {**control, "configs": configs}}), names


def numbered(config: Mapping[str, Any], place: int, names: dict[str, str]) -> dict[str, Any]:
    """A collector whose bans bear numbers; `names` gets what the rules say."""
    rules = []
    for number, rule in enumerate(config.get("rules") or ()):
        action = rule.get("action") or {}
        if action.get("type") in BANS:
            comment = f"rule {place}.{number}"
            names[comment] = describe_rule(config, rule)
            parameters = {**(action.get("parameters") or {}), "private_comment": comment}
            rule = {**rule, "action": {**action, "parameters": parameters}}
        rules.append(rule)
    return {**config, "rules": rules}


def describe_rule(config: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """When a rule acts: its conditions in the form's own words."""
    conditions = rule.get("conditions") or ()
    parts = [f"{each.get('key')} {SIGNS.get(each.get('operator'), '')} {each.get('value')}" for each in conditions]
    return " and ".join(parts) or str((config.get("collector_config") or {}).get("type"))


def with_skills(project: Project, create: Callable[[str], str]) -> Project:
    """The project with the skills that `create` makes for its own: ids are those of one account."""
    used = own_skills(project.pool)
    ids = {skill: create(skill) for skill in used}
    return replace(project, pool=renamed(project.pool, ids)) if ids else project


def own_skills(form: Any) -> list[str]:
    """The ids of skills that a form names, but for those that Toloka gives to workers of all requesters."""
    return sorted(set(skills_in(form)) - LANGUAGES.keys())


def skills_in(form: Any) -> Iterator[str]:
    """The ids of skills that a form names."""
    if isinstance(form, list):
        for each in form:
            yield from skills_in(each)
    elif isinstance(form, Mapping):
        yield from (str(form[name]) for name in skill_fields(form))
        for each in form.values():
            yield from skills_in(each)


def renamed(form: Any, ids: Mapping[str, str]) -> Any:
    """A form with other ids of skills."""
    if isinstance(form, list):
        return [renamed(each, ids) for each in form]
    if not isinstance(form, Mapping):
        return form
    fields = skill_fields(form)
    return {name: ids.get(str(value), value) if name in fields else renamed(value, ids) for name, value in form.items()}


def skill_fields(form: Mapping[str, Any]) -> list[str]:
    """Which fields of an object are ids of skills."""
    own = ["key"] if form.get("category") == "skill" else []
    return [name for name in [*own, *SKILL_FIELDS] if isinstance(form.get(name), str | int)]
