"""What quality control must look like: collectors, conditions, actions."""

from __future__ import annotations

from decimal import Decimal

from hitl_assets.emulators.toloka.http.forms import Form

RATES = ("correct_answers_rate", "incorrect_answers_rate")
CONDITIONS: dict[str, tuple[str, ...]] = {
    "GOLDEN_SET": (
        "total_answers_count", *RATES, "golden_set_answers_count", "golden_set_correct_answers_rate",
        "golden_set_incorrect_answers_rate",
    ),
    "MAJORITY_VOTE": ("total_answers_count", *RATES),
    "ASSIGNMENT_SUBMIT_TIME": ("total_submitted_count", "fast_submitted_count"),
    "SKIPPED_IN_ROW_ASSIGNMENTS": ("skipped_in_row_count",),
    "INCOME": ("income_sum_for_last_24_hours",),
    "ANSWER_COUNT": ("assignments_accepted_count",),
    "ACCEPTANCE_RATE": ("total_assignments_count", "accepted_assignments_rate", "rejected_assignments_rate"),
    "CAPTCHA": ("stored_results_count", "success_rate", "fail_rate"),
    "TRAINING": ("submitted_assignments_count", "total_answers_count", *RATES, "next_assignment_available"),
    "ASSIGNMENTS_ASSESSMENT": (
        "pending_assignments_count", "accepted_assignments_count", "rejected_assignments_count", "assessment_event",
    ),
    "USERS_ASSESSMENT": ("pool_access_revoked_reason", "skill_id"),
}  # fmt: skip
PARAMETERS: dict[str, tuple[str, ...]] = {
    "GOLDEN_SET": ("history_size",),
    "MAJORITY_VOTE": ("history_size", "answer_threshold"),
    "ASSIGNMENT_SUBMIT_TIME": ("history_size", "fast_submit_threshold_seconds"),
    "ACCEPTANCE_RATE": ("history_size",),
    "CAPTCHA": ("history_size",),
}
# Conditions that name something, and what they may name (nothing: any text).
NAMES: dict[str, tuple[str, ...]] = {
    "assessment_event": ("ACCEPT", "ACCEPT_AFTER_REJECT", "REJECT"),
    "pool_access_revoked_reason": ("SKILL_CHANGE", "RESTRICTION"),
    "skill_id": (),
}
ASSESSMENTS = ("ASSIGNMENTS_ASSESSMENT", "USERS_ASSESSMENT")
ACTIONS = (
    "RESTRICTION", "RESTRICTION_V2", "SET_SKILL", "SET_SKILL_FROM_OUTPUT_FIELD", "APPROVE_ALL_ASSIGNMENTS",
    "REJECT_ALL_ASSIGNMENTS", "CHANGE_OVERLAP", "CLEAN_ASSIGNMENTS_HISTORY", "CLEAN_COLLECTOR", "SET_POOL_COMPLETE",
)  # fmt: skip
OPERATORS = ("EQ", "NE", "GT", "GTE", "LT", "LTE")
MOST_DELTA = 30_000


def check_collectors(control: Form) -> None:
    """Note errors in `quality_control.configs`."""
    for config in control.parts("configs"):
        collector = config.part("collector_config", required=True)
        kind = None if collector is None else _check_collector(collector)
        for rule in config.parts("rules"):
            if not rule.values.get("conditions"):
                rule.refuse("conditions", "VALUE_REQUIRED", "A rule needs conditions")
            for condition in rule.parts("conditions"):
                _check_condition(condition, kind)
            action = rule.part("action", required=True)
            if action is not None:
                _check_action(action, kind)


def _check_collector(collector: Form) -> str | None:
    kind = collector.text("type", required=True)
    collector.text("uuid")
    if kind is None:
        return None
    if kind not in CONDITIONS:
        collector.refuse("type", "VALUE_NOT_ALLOWED", f"This emulator does not run the collector {kind} (COVERAGE.md)")
        return None
    parameters = collector.part("parameters")
    known = PARAMETERS.get(kind, ())
    for name, value in ({} if parameters is None else parameters.values).items():
        if value is not None and name not in known and parameters is not None:
            parameters.refuse(name, "VALUE_NOT_ALLOWED", f"{kind} has no such parameter")
    if parameters is not None:
        for name in known:
            parameters.whole(name, 1, 2**31 - 1, required=name != "history_size")
    elif set(known) - {"history_size"}:
        collector.refuse("parameters", "VALUE_REQUIRED", "Value must be present and not null")
    return kind


def _check_condition(condition: Form, kind: str | None) -> None:
    key = condition.text("key", required=True)
    if kind is not None and key is not None and key not in CONDITIONS[kind]:
        condition.refuse("key", "VALUE_NOT_ALLOWED", f"This emulator does not run {key} of {kind} (COVERAGE.md)")
    names = NAMES.get(key or "")
    condition.choice("operator", OPERATORS if names is None else ("EQ", "NE"), required=True)
    if names is not None:
        condition.choice("value", names, required=True) if names else condition.text("value", required=True)
        return
    value = condition.values.get("value")
    try:
        float(value)  # type: ignore[arg-type]  # whatever is no number is refused
    except (TypeError, ValueError):
        condition.refuse("value", "FLOAT_EXPECTED", "Expected a number")


def _check_action(action: Form, collector: str | None) -> None:
    kind = action.text("type", required=True)
    parameters = action.part("parameters") or Form({}, action.errors, f"{action.prefix}parameters.")
    if kind is None:
        return
    if kind not in ACTIONS:
        action.refuse("type", "VALUE_NOT_ALLOWED", f"This emulator does not run the action {kind} (COVERAGE.md)")
    elif collector is not None and (kind == "CHANGE_OVERLAP") != (collector in ASSESSMENTS):
        action.refuse("type", "VALUE_NOT_ALLOWED", f"{collector} and {kind} do not go together")
    elif kind.startswith("RESTRICTION"):
        parameters.choice("scope", ("POOL", "PROJECT", "ALL_PROJECTS"), required=True)
        unit = parameters.choice("duration_unit", ("MINUTES", "HOURS", "DAYS", "PERMANENT"))
        parameters.whole("duration", 1, 2**31 - 1, required=unit not in (None, "PERMANENT"))
        parameters.whole("duration_days", 1, 2**31 - 1)
    elif kind == "CHANGE_OVERLAP":
        parameters.whole("delta", -MOST_DELTA, MOST_DELTA, required=True)
        parameters.flag("open_pool")
    elif kind.startswith("SET_SKILL"):
        parameters.text("skill_id", required=True)
        if kind == "SET_SKILL":
            parameters.money("skill_value", Decimal(0), Decimal(100), required=True)
        else:
            keys = CONDITIONS.get(collector or "", RATES)
            parameters.choice("from_field", tuple(key for key in keys if key.endswith("_rate")), required=True)
