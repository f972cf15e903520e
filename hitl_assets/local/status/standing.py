"""Where a batch stands: one word, what it cost so far, and why it does not go on. No Dagster, no network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hitl_assets.events import ANSWERS, DISMISSED, REFUSED, ROUND, STATUS_THEN, STOPPED
from hitl_assets.labeling.items.batch_names import title
from hitl_assets.labeling.pools.elections import describe_doubled
from hitl_assets.labeling.pools.endings import advise, is_whole
from hitl_assets.labeling.pools.watched import GONE
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import NOT_OPENED, PoolState
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.status.history import Event, History
from hitl_assets.local.status.rejections import Rejection, find_rejections

State = Literal[
    "committed", "publishing", "not_opened", "open", "collecting", "review", "partial", "labeled", "nothing_new",
    "failed", "gone", "twice", "dismissed",
]  # fmt: skip
# In these a person decides.
WAITING: frozenset[State] = frozenset({"not_opened", "review", "partial", "failed", "gone", "twice"})
# In these nothing more happens.
DONE: frozenset[State] = frozenset({"labeled", "nothing_new", "dismissed"})
TAKEN_IN = "A later batch took in what else it brought."


@dataclass(frozen=True)
class Standing:
    """A batch as `hitl status` shows it. Money has the fee; what is not known yet is None.

    `text` says more about the state, `what_to_do` what a person does (empty: nothing). `planned` is the most that it
    may cost by its plan, `cap` by the caps. `since` is when it came to this state (epoch seconds).
    `round` is the round of asking, for projects that ask again where a label is not sure; answers are those of all
    rounds. `expected_end` is when an open pool is done if people go on as they do.
    `title` is the batch for people, with the first file that it brought, `commit` what it is of, as `repo@id` (empty
    until it is taken in). `rejections`: what it put aside and nobody was asked about.
    `is_superseded`: it failed, and a later batch took in what it brought.
    """

    batch: str
    state: State
    text: str = ""
    what_to_do: str = ""
    since: float | None = None
    items: int | None = None
    answers: int | None = None
    answers_planned: int | None = None
    planned: float | None = None
    cap: float | None = None
    spent: float | None = None
    labels: int | None = None
    confidence: float | None = None
    round: int | None = None
    expected_end: float | None = None
    pool_id: str = ""
    pool: str = ""
    run_id: str = ""
    failed_step: str = ""
    rejections: tuple[Rejection, ...] = ()
    is_superseded: bool = False
    title: str = ""
    commit: str = ""

    @property
    def completed(self) -> float | None:
        """Which share of the planned answers is there, 0 to 1."""
        if not self.answers_planned or self.answers is None:
            return None
        return min(1.0, self.answers / self.answers_planned)

    @property
    def price_of_a_label(self) -> float | None:
        """What a label cost."""
        return self.spent / self.labels if self.labels and self.spent is not None else None

    @property
    def waits_for_a_person(self) -> bool:
        """Whether nothing happens until somebody decides."""
        return self.state in WAITING and not self.is_superseded


def supersede(standings: Sequence[Standing], is_corrected: Callable[[str], bool]) -> list[Standing]:
    """The same batches, oldest first, with those marked whose data a later one took in: a failed batch's good files
    come with the next commit. Files that could not be read wait until somebody has corrected or dismissed them."""
    found: list[Standing] = []
    is_later_in = False
    for each in reversed(standings):
        is_late = is_later_in and each.state == "failed" and each.items is None and is_corrected(each.batch)
        found.append(replace(each, is_superseded=True, text=f"{each.text} {TAKEN_IN}") if is_late else each)
        is_later_in = is_later_in or each.items is not None
    return found[::-1]


def judge(project: Project, history: History, dataset: Event | None, live_status: str | None = None) -> Standing:
    """Where a batch stands.

    Args:
        project: the project.
        history: what is known of the batch.
        dataset: the newest materialization of the dataset.
        live_status: what Toloka says of the pool now; None if it was not asked.
    """
    state, text, todo = stand(project, history, dataset, live_status)
    run = history.run
    if run is not None and run.failure and state in ("publishing", "collecting"):
        state, text = ("failed", run.failure) if not run.will_repeat else (state, f"will be tried again: {run.failure}")
    events = history.events
    plan, answered = events.get("pools"), newest(events.get("raw_answers"), history.observation)
    raw_data, labels = metadata(events.get("raw_data")), metadata(events.get("aggregated_labels"))
    has_pool = bool(metadata(plan).get("pool_id"))
    moments = [event.timestamp for event in (*events.values(), history.observation) if event is not None]
    if state == "failed" and run is not None:
        moments = [run.ended]
    return Standing(
        batch=history.batch,
        state=state,
        text=text,
        what_to_do=todo,
        since=max(moments, default=None),
        items=raw_data.get("new_items"),
        answers=metadata(answered).get("answers", 0 if has_pool else None),
        answers_planned=metadata(newest(plan, history.observation)).get(ANSWERS, metadata(plan).get(ANSWERS)),
        planned=metadata(plan).get("estimate_maximum"),
        cap=metadata(plan).get("cap"),
        spent=metadata(answered).get("spent", 0.0 if plan else None),
        labels=labels.get("labels"),
        confidence=labels.get("mean_confidence"),
        expected_end=metadata(history.observation).get("expected_end") if state == "open" else None,
        round=metadata(newest(history.observation, events.get("rounds"))).get(ROUND),
        pool_id=str(metadata(plan).get("pool_id") or ""),
        pool=str(metadata(plan).get("pool") or ""),
        run_id=run.id if run else "",
        failed_step=run.failed_step if run and state == "failed" else "",
        rejections=tuple(find_rejections(project, history)),
        title=str(raw_data.get("batch") or title(history.batch)),
        commit=str(raw_data.get("commit") or ""),
    )


def count_others(standing: Standing, others: Sequence[PoolState], spent: float) -> Standing:
    """A batch for which people were asked in other pools as well (in the order of their age, the batch's own among
    them, if it waits for a person to put all but one away; otherwise none): what those have cost is spent, too."""
    counted = replace(standing, spent=(standing.spent or 0.0) + spent)
    if not others:
        return counted
    return replace(counted, state="twice", text=plural(len(others), "pool"), what_to_do=describe_doubled(others))


def stand(project: Project, history: History, dataset: Event | None, live_status: str | None) -> tuple[State, str, str]:
    """The state of a batch as its events tell, more about it, and what a person should do."""
    plan = history.events.get("pools")
    if plan is None and metadata(history.events.get("raw_data")).get(DISMISSED):
        return "dismissed", "what its commit brought is left out", ""
    if plan is None:
        under_way = history.run is not None and history.run.is_under_way
        return "publishing", "" if under_way else "waits for its run", ""
    if not plan.metadata.get("pool_id"):
        return without_people(history, dataset)
    status = live_status or last_status(history)
    if status == NOT_OPENED:
        preview = plan.metadata.get("preview")
        return "not_opened", "", f"Look at its preview{f' ({preview})' if preview else ''}, then open it."
    if status == GONE:
        return "gone", "Toloka does not list its pool any more.", "Look for the pool in Toloka before you publish anew."
    if status == "OPEN":
        return "open", "", ""
    reason = status.removeprefix("CLOSED: ")
    if reason == "FOR_UPDATE":
        return "open", "somebody edits the pool; it opens again by itself", ""
    return ended(project, history, dataset, reason)


def without_people(history: History, dataset: Event | None) -> tuple[State, str, str]:
    """The same for a batch without a pool: nothing was new, or a model was sure of everything."""
    labels = history.events.get("aggregated_labels")
    if not metadata(history.events.get("raw_data")).get("new_items"):
        return "nothing_new", "", ""
    is_in_dataset = labels is not None and dataset is not None and dataset.storage_id > labels.storage_id
    return ("labeled", "nobody was asked", "") if is_in_dataset else ("collecting", "nobody is asked", "")


def ended(project: Project, history: History, dataset: Event | None, reason: str) -> tuple[State, str, str]:
    """The same for a batch whose pool has ended."""
    plan, answers = history.events["pools"], history.events.get("raw_answers")
    if answers is None or answers.storage_id < plan.storage_id:
        return "collecting", "" if is_whole(reason, project) else f"the pool closed: {reason}", ""
    reviewed, labels = history.events.get("reviewed_answers"), history.events.get("aggregated_labels")
    if reviewed is not None and reviewed.storage_id > answers.storage_id and reviewed.metadata.get("undecided"):
        undecided = reviewed.metadata["undecided"]
        return (
            "review",
            f"{plural(undecided, 'assignment waits', 'assignments wait')} for you",
            "Decide which are good: they are paid.",
        )
    if labels is None or labels.storage_id < answers.storage_id:
        return "collecting", "answers are there, labels are not", ""
    if dataset is None or dataset.storage_id < labels.storage_id:
        return "collecting", "labels are there, the dataset follows", ""
    missing = int(labels.metadata.get("items_without_label") or 0) + int(labels.metadata.get("partial_labels") or 0)
    if is_whole(reason, project):
        return "labeled", left_unsure(history), str(metadata(history.events.get("rounds")).get(REFUSED, ""))
    if not missing:
        return "labeled", f"the pool closed: {reason}", ""
    return (
        "partial",
        f"{reason}; {plural(missing, 'item lacks', 'items lack')} answers",
        what_to_do(project, history, reason),
    )


def left_unsure(history: History) -> str:
    """How many labels are not as sure as was wanted, though nobody is asked any more; empty if none is."""
    unsure = metadata(history.events.get("rounds")).get("items_unsure")
    return f"{plural(unsure, 'label is', 'labels are')} not sure enough" if unsure else ""


def what_to_do(project: Project, history: History, reason: str) -> str:
    """What a person does about a pool that ended early; the command is told apart from it."""
    seen = metadata(history.observation)
    if seen.get(STOPPED):
        return "It was closed at its cap. See what was changed in the pool; raise budget.per_batch or per_project."
    return advise(reason, project, history.batch).split(" The answers that were paid are kept", 1)[0]


def last_status(history: History) -> str:
    """The newest that is known of the pool's state: from its publication, its observation or its answers."""
    answers = history.events.get("raw_answers")
    event = newest(history.events.get("pools"), history.observation, answers)
    if event is not None and event is answers:
        return f"CLOSED: {event.metadata.get('close_reason')}"
    told = metadata(event)
    # Before 0.2 a publication told it as `status`, too.
    return str(told.get("status") or told.get(STATUS_THEN))


def newest(*events: Event | None) -> Event | None:
    """The event that was stored last."""
    return max((event for event in events if event is not None), key=lambda event: event.storage_id, default=None)


def metadata(event: Event | None) -> Any:
    """Its metadata; of no event nothing."""
    return event.metadata if event is not None else {}
