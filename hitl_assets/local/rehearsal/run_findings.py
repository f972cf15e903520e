"""What came to light when simulated people worked: pools that don't end, people who are kept out, work that is poor."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.rehearsal.forms import own_skills
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.runs import STALLED, Attempt, Finding, Run

# From which shares and amounts on something is worth a word. Rules of thumb.
NEARLY_ALL = 0.9
BANNED_CAREFUL = 0.15
LET_IN = 0.2
UNTRAINED = 0.6
EXHAUSTED = 0.2
EXPIRED = 0.1
POOR_LABELS, ENOUGH = 0.85, 20  # and from how many labels on that means something
FEWEST_SUITES, GOOD_SUITES = 5, 20
MOST_WORKERS = 200
LOW_PAY = 1.0  # in the account's currency, an hour
DAY = 86_400.0
LET_ANSWER = "Let the interface ask for what output_spec requires, and output_spec allow what the interface offers."
LOOK = "Correct the interface, or the items. `hitl dev` shows the page of a pool as workers see it."


def of_endings(plan: Plan, runs: Sequence[Run]) -> Iterator[Finding]:
    """Pools that did not come to their end, and those that would not in time."""
    allowed = plan.project.configuration.pool_days
    for run in runs:
        days = extrapolate(plan, run.seconds) / DAY
        if run.ending == STALLED:
            yield Finding(
                "stalled",
                f"{run.quality.answers} of {plan.estimate(len(plan.items)).answers} answers were given, and "
                f"{plural(run.quality.unlabeled, 'item has', 'items have')} no label: nobody was left who could take "
                "what remained.",
                why_stalled(plan, run),
                (run.crowd,),
            )
        elif run.ending not in plan.project.configuration.accept_close_reasons:
            yield Finding(
                "partial",
                f"The pool closed {run.ending}, which accept_close_reasons does not have: the batch is partial.",
                "See which rule or setting closes it.",
                (run.crowd,),
            )
        elif days > allowed:
            yield Finding(
                "expires",
                f"{plural(plan.whole, 'item takes', 'items take')} about {days:.0f} days (by what the sample took); "
                f"pool_days is {allowed}: the "
                "pool expires before it is done.",
                "Raise pool_days, commit smaller batches, or pay more, so that more people come.",
                (run.crowd,),
            )


def of_interfaces(runs: Sequence[Run]) -> Iterator[Finding]:
    """Tasks for which no answer satisfies both the interface and output_spec."""
    for run in runs:
        refused = sum(run.attempt.refused.values())
        if run.unanswered:
            yield Finding("unanswerable", run.unanswered, LET_ANSWER, (run.crowd,))
        elif refused:
            yield Finding("unanswerable", describe_refused(run.attempt), LET_ANSWER, (run.crowd,))
        if run.attempt.notes:
            yield Finding("interface", describe_notes(run.attempt), LOOK, (run.crowd,))


def describe_refused(attempt: Attempt) -> str:
    """How many tasks nobody can hand in as is right, and why most of them."""
    refused = sum(attempt.refused.values())
    what = next(iter(attempt.refused))
    return f"{refused} of {attempt.tried} tasks could not be handed in with the right answer. Most of them: {what}"


def describe_notes(attempt: Attempt) -> str:
    """What may be wrong with pages, and of how many tasks."""
    told = "; ".join(f"{note} ({count} of {attempt.tried} tasks)" for note, count in attempt.notes.items())
    return f"Workers may not see what is meant: {told}."


def of_prices(plan: Plan, runs: Sequence[Run]) -> Iterator[Finding]:
    """Rules that ask for more answers than the estimate knows of: the pool is closed at its cap then."""
    most = plan.estimate(len(plan.items)).maximum
    for run in runs:
        if run.spent > most:
            yield Finding(
                "dearer",
                f"It cost {cents(run.spent)}; the estimate's maximum was {cents(most)}. All of "
                f"{plural(plan.whole, 'item costs', 'items cost')} "
                f"about {cents(expected_price(plan, run))}; a pool is closed before it passes "
                f"{plan.project.configuration.budget.per_batch}.",
                "See which rule asks for more answers (CHANGE_OVERLAP), or leave it room in budget.per_batch.",
                (run.crowd,),
            )


def why_stalled(plan: Plan, run: Run) -> str:
    """What to do when nobody took what was left: the most likely reason."""
    people = run.people
    if people.admitted == 0:
        return "Loosen pool.filter: it lets nobody in (nobody here has a skill at the start)."
    if people.trainees and people.untrained == people.trainees:
        return "Lower training_passing_skill_value, or make the training tasks clearer: nobody passed."
    if plan.suites_a_worker == 0:
        return "Write more golden tasks: there are fewer than one suite needs."
    if plan.project.pool["mixer_config"].get("force_last_assignment") is False:
        return "Set mixer_config.force_last_assignment to true: a last suite that isn't full is given to nobody."
    if run.expired > run.suites:
        return "Raise assignment_max_duration_seconds: people were not done in time."
    if people.exhausted:
        return "Write more golden tasks: people had seen all of them."
    if people.banned:
        return "Loosen the rules of quality_control: people were banned."
    return "Compare overlap, filter and training with the size of the crowd."


def of_bans(runs: Sequence[Run]) -> Iterator[Finding]:
    """Rules that ban nearly everybody, or those whom one wants to keep."""
    for run in runs:
        people = run.people
        rule = max(people.bans, key=lambda name: people.bans[name], default="")
        if people.banned and people.banned >= NEARLY_ALL * people.workers:
            yield Finding(
                "bans_everybody",
                f"The rules ban nearly everybody: {people.banned} of {people.workers} workers.",
                f"Loosen the rule {rule} ({people.bans[rule]} bans), or see whether the golden answers are right.",
                (run.crowd,),
            )
        elif people.banned_careful > BANNED_CAREFUL * people.careful:
            yield Finding(
                "bans_careful",
                f"{people.banned_careful} of {people.careful} careful workers (right three times in four or more) were "
                "banned.",
                f"Loosen the rule {rule} ({people.bans[rule]} bans), or let it wait for more answers.",
                (run.crowd,),
            )


def of_obstacles(plan: Plan, runs: Sequence[Run]) -> Iterator[Finding]:
    """Filter, training and time: what keeps people from handing anything in."""
    admitted = min((run.people.admitted for run in runs), default=1.0)
    if admitted < LET_IN:
        who = f"all but {admitted:.0%} of the people" if admitted else "everybody"
        change = "Loosen pool.filter: it takes long to find enough people."
        if skills := own_skills(plan.project.pool.get("filter")):
            change += f" It asks for the skill {', '.join(skills)}: see that your account has it, and workers who do."
        yield Finding("filter", f"The filter keeps out {who}.", change)
    for run in runs:
        people = run.people
        # Of a bad crowd most should be kept out.
        if people.untrained > UNTRAINED * people.trainees and 2 * people.careful_came > people.came:
            yield Finding(
                "training",
                f"{people.untrained} of {people.trainees} people did not pass the training.",
                "Lower training_passing_skill_value, or make instructions, training tasks and hints clearer.",
                (run.crowd,),
            )
        if run.expired > EXPIRED * max(run.suites, 1):
            yield Finding(
                "too_slow",
                f"{plural(run.expired, 'suite was', 'suites were')} not done in time; {run.suites} were paid.",
                "Raise assignment_max_duration_seconds, or put fewer tasks into a suite.",
                (run.crowd,),
            )


def of_exhaustion(plan: Plan, runs: Sequence[Run]) -> Iterator[Finding]:
    """Golden tasks that run out: who has seen all of them gets no suite any more."""
    suites, per_suite = plan.suites_a_worker, plan.project.terms.mixer_config.golden_tasks_count
    if suites is None:
        return
    worst = max((run.people.exhausted / run.people.workers for run in runs if run.people.workers), default=0.0)
    if suites < FEWEST_SUITES or worst > EXHAUSTED or plan.workers_needed > MOST_WORKERS:
        seen = f" In the rehearsal {worst:.0%} of the workers came to that." if worst else ""
        yield Finding(
            "golden_tasks_run_out",
            f"The project has {plural(len(plan.golden), 'golden task')}, {per_suite} in a suite: after "
            f"{plural(suites, 'suite')} a worker has "
            "seen them all and gets nothing more. "
            f"{plural(plan.whole, 'item needs', 'items need')} {plural(plan.workers_needed, 'worker')} at least.{seen}",
            f"Write more golden tasks: {per_suite * max(GOOD_SUITES, 2 * suites)} give a worker "
            f"{plural(max(GOOD_SUITES, 2 * suites), 'suite')}.",
        )


def of_results(plan: Plan, runs: Sequence[Run]) -> Iterator[Finding]:
    """What people earn, when they are paid, and whether the labels are good."""
    pays = [run.pay_an_hour for run in runs if run.pay_an_hour is not None]
    if pays and min(pays) < LOW_PAY:
        yield Finding(
            "low_pay",
            f"Careful workers earn about {cents(min(pays))} an hour: few will come, and not the best.",
            "Raise reward_per_assignment, or put fewer tasks into a suite.",
        )
    if plan.project.pool.get("auto_accept_solutions") is False and plan.project.configuration.review is None:
        yield Finding(
            "manual_acceptance",
            "auto_accept_solutions is false and the project has no review: a batch waits until Toloka accepts its "
            "answers by itself, after auto_accept_period_day.",
            "Add review to defs.yaml, or set auto_accept_solutions to true.",
        )
    for run in runs:
        quality = run.quality
        # That a hostile crowd is wrong is no fault of the project.
        if run.crowd != "hostile" and quality.known >= ENOUGH and quality.right < POOR_LABELS * quality.known:
            yield Finding(
                "poor_labels",
                f"Only {quality.right} of {quality.known} labels are right.",
                "Raise the overlap, ban earlier, or choose another aggregation.method.",
                (run.crowd,),
            )


def extrapolate(plan: Plan, of_sample: float) -> float:
    """What the whole takes, if it goes on as with the sample."""
    return of_sample * plan.whole / len(plan.items)


def expected_price(plan: Plan, run: Run) -> Decimal:
    """What the whole costs, if it goes on as with the sample."""
    return run.spent * plan.whole / len(plan.items)
