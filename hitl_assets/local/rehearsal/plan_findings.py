"""What can be said about a project's configuration without anybody working: caps, control tasks, training, suites."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.runs import Finding

# From which shares on something is worth a word. Rules of thumb.
ONE_SIDED = 0.75
WASTED = 0.05


def of_budget(plan: Plan) -> Iterator[Finding]:
    """Whether the caps let all items through, as one batch."""
    maximum, budget = plan.estimate(plan.whole).maximum, plan.project.configuration.budget
    for name, cap in (("per_batch", budget.per_batch), ("per_project", budget.per_project)):
        if maximum > cap:
            at_a_time = " at a time" if name == "per_batch" else ""
            yield Finding(
                f"budget_{name}",
                f"{plural(plan.whole, 'item')} can cost up to {cents(maximum)}; "
                f"{plan.project.place(f'budget.{name}')} is {cap}: their pool is not opened.",
                "Raise the cap, lower the overlap, or commit at most "
                f"{plural(plan.most_items(cap), 'item')}{at_a_time}.",
            )


def of_golden_tasks(plan: Plan) -> Iterator[Finding]:
    """Control tasks: whether there are any, whether somebody looks at them, whether they can be guessed."""
    if plan.suites_a_worker is None:
        yield Finding(
            "no_golden_tasks",
            "No suite has golden tasks.",
            "Set mixer_config.golden_tasks_count: nobody sees who guesses.",
        )
        return
    yield from of_balance(plan.project, plan.golden)
    twice = {task.item_key for task in plan.golden} & {item.item_key for item in plan.items}
    if twice:
        yield Finding(
            "golden_items",
            f"{plural(len(twice), 'item is a golden task', 'items are golden tasks')}, too: their answer is known, "
            "and is paid for again.",
            "Take them out of the items.",
        )
    needed, is_graded_alike = golden_answers_needed(plan.project), plan.project.kind.is_graded_alike()
    if needed is None and is_graded_alike:
        yield Finding(
            "no_golden_rule",
            "No rule looks at the answers to golden tasks.",
            "Add a GOLDEN_SET rule to quality_control.",
        )
    elif needed is not None and not is_graded_alike:
        yield Finding(
            "exact_golden_rule",
            "Toloka compares answers to golden tasks to the letter, and knows no label.same: its rule about them is "
            "against those who are near enough, too.",
            "Take the GOLDEN_SET rule out: checks, review and confidence know what is near enough.",
        )
    elif needed is not None and needed > len(plan.golden):
        yield Finding(
            "idle_golden_rule",
            f"A rule waits for {plural(needed, 'answer')} to golden tasks; there are {len(plan.golden)}: it never "
            "acts.",
            "Write more golden tasks, or let the rule act earlier.",
        )


def of_balance(project: Project, golden: Sequence[KnownTask]) -> Iterator[Finding]:
    """Known answers that one can guess. A field with one allowed value cannot do better."""
    counts = Counter(project.kind.cell(task.answer[project.label]) for task in golden)
    answer, most = counts.most_common(1)[0] if counts else ("", 0)
    if most > ONE_SIDED * len(golden) and len(project.kind.labels or (1, 2)) > 1:
        yield Finding(
            "one_sided_golden",
            f"{most} of {len(golden)} golden answers are {answer}: who always answers that passes the control.",
            "Write golden tasks with the other answers, about as many of each.",
        )


def golden_answers_needed(project: Project) -> int | None:
    """For how many golden answers the most patient rule waits; None: no rule looks at them."""
    rules = [rule for config in configs_of(project, "GOLDEN_SET") for rule in config.get("rules") or ()]
    conditions = [each for rule in rules for each in rule.get("conditions") or ()]
    counts = [int(each["value"]) for each in conditions if str(each.get("key")).endswith("answers_count")]
    return max(counts, default=0) if rules else None


def configs_of(project: Project, collector: str) -> list[Mapping[str, Any]]:
    """The parts of a pool's quality control that are about one collector."""
    control = project.pool.get("quality_control") or {}
    every = control.get("configs") or ()
    return [each for each in every if (each.get("collector_config") or {}).get("type") == collector]


def of_training(plan: Plan) -> Iterator[Finding]:
    """Whether the training can be done, and must be."""
    terms = plan.project.training
    if terms is None:
        return
    suite, suites = int(terms["training_tasks_in_task_suite_count"]), int(terms["task_suites_required_to_pass"])
    if len(plan.training) < suite * suites:
        yield Finding(
            "short_training",
            f"The training asks for {plural(suites, 'suite')} of {plural(suite, 'task')}, and has "
            f"{plural(len(plan.training), 'task')}: whoever has "
            f"done these is judged by them, after {plural(-(-len(plan.training) // suite), 'suite')}.",
            f"Write {suite * suites - len(plan.training)} more, or ask for fewer.",
        )
    asked = (plan.project.pool.get("quality_control") or {}).get("training_requirement")
    if asked and not plan.project.kind.is_graded_alike():
        yield Finding(
            "exact_training",
            "Toloka compares answers to training tasks to the letter, and knows no label.same: hardly anybody would "
            "pass the training, and the pool asks for it.",
            f"Take {plan.project.place('pool.quality_control.training_requirement')} and the training out: put what it "
            "teaches into the instructions.",
        )
    if not asked:
        yield Finding(
            "unused_training",
            "There is a training, but the pool does not ask for it.",
            f"Set training_passing_skill_value in {plan.project.place('pool.quality_control.training_requirement')}.",
        )


def of_suites(plan: Plan) -> Iterator[Finding]:
    """The arithmetic of suites and overlap."""
    terms, items = plan.project.terms, plan.whole
    per_suite, overlap = terms.mixer_config.real_tasks_count, terms.defaults.default_overlap_for_new_tasks
    room, rest = plan.estimate(items).suites * per_suite, items % per_suite
    if room > (1 + WASTED) * items * plan.project.most_answers:
        yield Finding(
            "short_suites",
            f"{plural(items, 'item does', 'items do')} not make whole suites of {per_suite}: the last ones hold "
            f"{rest} and cost as much.",
            f"Commit a multiple of {plural(per_suite, 'item')}, or change mixer_config.real_tasks_count.",
        )
    if plan.project.most_answers == 1:
        yield Finding(
            "single_answers",
            "Each item is answered once: nobody contradicts a wrong answer.",
            "Set an overlap of 3 or more.",
        )
    elif overlap % 2 == 0 and len(plan.project.kind.labels) == 2 and plan.project.most_answers == overlap:
        yield Finding("ties", f"With an overlap of {overlap} and two answers there are ties.", "Set an odd overlap.")


def of_items(plan: Plan) -> Iterator[Finding]:
    """Rows that would be put aside."""
    if plan.rejected:
        yield Finding(
            "rejected_rows",
            f"{plural(len(plan.rejected), 'row')} can't be used, the first: {plan.rejected[0]}.",
            "Correct them.",
        )
