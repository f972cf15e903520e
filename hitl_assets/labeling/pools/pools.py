"""What a batch's pool is: its identity, its plan and its configuration. Nothing is created here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hitl_assets.labeling.items.batch_names import title
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Estimate, Terms, digest

# What we write into Toloka's private comments, and read back to find what is ours.
COMMENT = re.compile(
    r"^hitl (?P<kind>\w+) (?P<name>\S+) (?P<key>[0-9a-f]{64})(?: maximum (?P<maximum>[0-9]+(?:\.[0-9]+)?))?$"
)


@dataclass(frozen=True)
class Mark:
    """What a private comment says: of which kind, for what (`project` or `project/batch`), with which key."""

    kind: str
    name: str
    key: str
    maximum: Decimal | None = None

    def __str__(self) -> str:
        tail = f" maximum {self.maximum:f}" if self.maximum is not None else ""
        return f"hitl {self.kind} {self.name} {self.key}{tail}"


def read_mark(comment: str | None) -> Mark | None:
    """The mark in a private comment, or None if it isn't ours."""
    match = COMMENT.match(comment or "")
    if match is None:
        return None
    maximum = Decimal(match["maximum"]) if match["maximum"] else None
    return Mark(match["kind"], match["name"], match["key"], maximum)


def project_mark(project: Project) -> Mark:
    """The mark of the Toloka project. Its key is the digest of the form: when it differs, an update is due."""
    return Mark("project", project.name, digest(project.project))


def training_mark(project: Project) -> Mark:
    """The mark of the training. New training tasks make a new training; a new form updates it."""
    file = project.configuration.training_tasks
    return Mark("training", project.name, digest([project.training, project.read(file).hex() if file else ""]))


def pool_mark(project: Project, batch: str, maximum: Decimal, round_: int = 1) -> Mark:
    """The mark of a batch's pool. Its key covers project, configuration, batch and round, but not the expiry."""
    key = digest([project.name, project.pool, batch, round_])
    return Mark("pool", f"{project.name}/{batch}", key, maximum)


def read_terms(form: Mapping[str, Any]) -> Terms | None:
    """What the price of a pool depends on, from Toloka's JSON of it; None if it doesn't say."""
    mixer, defaults = form.get("mixer_config") or {}, form.get("defaults") or {}
    per_suite = mixer.get("real_tasks_count")
    overlap = defaults.get("default_overlap_for_new_tasks") or defaults.get("default_overlap_for_new_task_suites")
    if not (per_suite and overlap and form.get("reward_per_assignment")):
        return None
    dearer = (form.get("dynamic_pricing_config") or {}).get("intervals") or []
    reward, *others = (Decimal(str(each["reward_per_assignment"])) for each in (form, *dearer))
    most = (form.get("dynamic_overlap_config") or {}).get("max_overlap") or overlap
    return Terms(reward, max([reward, *others]), int(per_suite), int(overlap), max(int(overlap), int(most)))


def estimate_pool(tasks: int, project: Project, terms: Terms | None = None) -> Estimate:
    """What `tasks` real tasks cost in a pool with these terms (None: as configured). Golden tasks cost nothing by
    themselves: the price is per suite.

    The minimum packs every suite full. The maximum fills suites anew for each of the overlapping answers
    (Toloka's rule for the last suite; reference: budget and smart mixing in Toloka's documentation).
    """
    terms = terms or project.price
    fewest = -(-tasks * terms.overlap // terms.per_suite)
    most = max(project.most_answers, terms.most_answers) * -(-tasks // terms.per_suite)
    least_price = terms.reward * (1 + project.configuration.budget.fee)
    return Estimate(
        tasks,
        most,
        tasks * terms.overlap,
        minimum=money(fewest * least_price),
        maximum=money(most * project.suite_price_in(terms)),
    )


def estimate_rest(left: Mapping[str, int], project: Project, terms: Terms | None = None) -> Estimate:
    """What the rest of a pool with these terms (None: as configured) costs. `left`: how many answers each task (by item
    key) still waits for."""
    terms = terms or project.price
    per_suite = terms.per_suite
    rounds = range(1, max(left.values(), default=0) + 1)
    most = sum(-(-sum(count >= one for count in left.values()) // per_suite) for one in rounds)
    answers = sum(left.values())
    fewest = -(-answers // per_suite)
    price = terms.reward * (1 + project.configuration.budget.fee)
    waiting = sum(count > 0 for count in left.values())
    most_price = project.suite_price_in(terms)
    return Estimate(waiting, most, answers, minimum=money(fewest * price), maximum=money(most * most_price))


def money(amount: Decimal) -> Decimal:
    """An amount to a hundredth of a cent: the fee makes fractions."""
    return amount.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def compose_pool(
    project: Project, mark: Mark, toloka_project_id: str, training_id: str | None, now: datetime, file: str = ""
) -> dict[str, Any]:
    """Toloka's form of the pool: the project's, with ids, expiry (`pool_days` after `now`) and mark added. Its private
    name, which only requesters see, says which batch it is: when, the first `file`, and how the commit's id begins."""
    form: dict[str, Any] = {**project.pool, "project_id": toloka_project_id, "private_comment": str(mark)}
    form["private_name"] = f"{form['private_name']} {title(mark.name.split('/')[-1], file)}"
    form["will_expire"] = expiry(now, project.configuration.pool_days)
    review = project.configuration.review
    if review is not None:
        # Nobody is paid before somebody has looked.
        form["auto_accept_solutions"] = False
        form.setdefault("auto_accept_period_day", review.days)
    control: Mapping[str, Any] = form.get("quality_control") or {}
    if training_id and control.get("training_requirement"):
        requirement = {**control["training_requirement"], "training_pool_id": training_id}
        form["quality_control"] = {**control, "training_requirement": requirement}
    return form


def expiry(now: datetime, days: int) -> str:
    """Toloka's time stamp: UTC without an offset."""
    return (now.astimezone(timezone.utc) + timedelta(days=days)).replace(tzinfo=None, microsecond=0).isoformat()
