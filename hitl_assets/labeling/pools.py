"""What a batch's pool is: its identity, its plan and its configuration. Nothing is created here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import Estimate, digest

# What we write into Toloka's private comments, and read back to find what is ours.
COMMENT = re.compile(
    r"^hitl (?P<kind>\w+) (?P<name>\S+) (?P<key>[0-9a-f]{64})(?: maximum (?P<maximum>[0-9]+(?:\.[0-9]+)?))?$"
)


@dataclass(frozen=True)
class Mark:
    """What a private comment says: of which kind, for what (`project` or `project/commit`), with which key."""

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
    """The mark of a batch's pool. Its key covers project, configuration, commit and round, but not the expiry."""
    key = digest([project.name, project.pool, batch, round_])
    return Mark("pool", f"{project.name}/{batch}", key, maximum)


def estimate_pool(tasks: int, project: Project) -> Estimate:
    """What `tasks` real tasks cost. Golden tasks cost nothing by themselves: the price is per suite.

    The minimum packs every suite full. The maximum fills suites anew for each of the overlapping answers
    (Toloka's rule for the last suite; reference: budget and smart mixing in Toloka's documentation).
    """
    terms = project.terms
    overlap = terms.defaults.default_overlap_for_new_tasks
    per_suite = terms.mixer_config.real_tasks_count
    fewest = -(-tasks * overlap // per_suite)
    most = project.most_answers * -(-tasks // per_suite)
    least_price = terms.reward_per_assignment * (1 + project.configuration.budget.fee)
    return Estimate(
        tasks,
        most,
        tasks * overlap,
        minimum=money(fewest * least_price),
        maximum=money(most * project.suite_price),
    )


def estimate_rest(left: Mapping[str, int], project: Project) -> Estimate:
    """What the rest of a pool costs. `left`: how many answers each task (by item key) still waits for."""
    per_suite = project.terms.mixer_config.real_tasks_count
    rounds = range(1, max(left.values(), default=0) + 1)
    most = sum(-(-sum(count >= one for count in left.values()) // per_suite) for one in rounds)
    answers = sum(left.values())
    fewest = -(-answers // per_suite)
    price = project.terms.reward_per_assignment * (1 + project.configuration.budget.fee)
    waiting = sum(count > 0 for count in left.values())
    return Estimate(waiting, most, answers, minimum=money(fewest * price), maximum=money(most * project.suite_price))


def money(amount: Decimal) -> Decimal:
    """An amount to a hundredth of a cent: the fee makes fractions."""
    return amount.quantize(Decimal("0.0001"))


def compose_pool(
    project: Project, mark: Mark, toloka_project_id: str, training_id: str | None, now: datetime
) -> dict[str, Any]:
    """Toloka's form of the pool: the project's, with ids, expiry (`pool_days` after `now`) and mark added."""
    form: dict[str, Any] = {**project.pool, "project_id": toloka_project_id, "private_comment": str(mark)}
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
