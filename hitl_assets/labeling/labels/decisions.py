"""The labels of a batch: by people where they answered, by the model where its audit allows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.calibration import Calibration, calibrate, is_sure
from hitl_assets.labeling.aggregation.gathering import NO_RECORDS, gather, try_method
from hitl_assets.labeling.aggregation.knowledge import Records, add_records, advice_records, settled_records
from hitl_assets.labeling.answers.coverage import Labels, cover
from hitl_assets.labeling.model.audits import ORDINARY, AuditResult, Terms, judge_audit
from hitl_assets.labeling.model.evidence import AUDITED, Evidence, compare, reconsider
from hitl_assets.labeling.model.prefills import shown_to_people
from hitl_assets.labeling.model.routing import AUDIT, CROWD, MODEL
from hitl_assets.labeling.pools.round_plans import levels_of
from hitl_assets.labeling.pools.rounds import Asked, answers_by_round
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Label, Prediction, Task

# A label by people that contradicts the model in an audit is asked about again until it is ten times less likely to be
# wrong than the model may be: what is left of people's mistakes is small beside what the audit looks for.
BESIDE = 0.1


@dataclass(frozen=True)
class Audited:
    """An item that the model was sure of, with what people say of it.

    `asked_again`: whether a label that contradicts the model was asked about again; that is not known of those that
    older versions wrote, and they count as if it was. `is_strange`: whether the batch was of another kind than the
    model knows. `agrees`: whether people say the same (None: if the texts are equal, as before there were kinds), and
    `kind` what labels that speaks of.
    """

    prediction: Prediction
    label: Label
    asked_again: bool = True
    is_strange: bool = False
    agrees: bool | None = None
    kind: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether people say what the model says."""
        return self.label.label == self.prediction.label if self.agrees is None else self.agrees

    @property
    def evidence(self) -> Evidence:
        """What people's label says of the prediction."""
        judge = reconsider if self.asked_again else compare
        return judge(self.prediction.probability, self.is_confirmed, self.label.confidence, AUDITED)


@dataclass(frozen=True)
class Decided:
    """A batch's labels, what people found in the audit of the model, what the answers show of the workers, and how
    many answers each item got in which round.

    `disputed`: the audited items (keys) that are to be asked about again because people contradict the model.
    """

    labels: Labels
    audited: tuple[Audited, ...]
    audit: AuditResult
    records: Records
    asked: Asked = field(default_factory=dict)
    disputed: frozenset[str] = frozenset()


def decide_labels(
    project: Project,
    tasks: Sequence[Task],
    answers: Iterable[Answer],
    predictions: Mapping[str, Prediction],
    earlier: Records = NO_RECORDS,
    calibration: Calibration | None = None,
    openings: Sequence[str] = (),
    terms: Terms = ORDINARY,
) -> Decided:
    """The labels of a batch's tasks.

    Where people were asked, the model's probability is a prior of their label, or what the project brings is one more
    worker's answer, measured by labels that people made alone. But not where they were shown it, nor in the audit,
    which must not believe what it is to judge, and nowhere in a batch whose audit failed. The audit is decided as if
    there were no priors at all: a model that is wrong throughout makes workers look as if they were, and so has its way
    everywhere.

    Args:
        project: how answers become labels.
        tasks: the batch's, with their routes.
        answers: all that were given, to golden tasks too.
        predictions: by item key; empty without a model.
        earlier: what earlier batches showed of the workers.
        calibration: what confidence is worth; without one the batch's own golden items tell.
        openings: when the batch's pool was opened (ISO times); empty where it isn't known.
        terms: what the audit is judged by. A batch of another kind than the model knows has no priors.

    Raises:
        AggregationError: the method cannot handle these answers.
    """
    gathered = gather(project, tasks, answers, earlier)
    votes, worth = gathered.votes, calibration or calibrate(try_method(project, gathered))
    values = {task.item_key: task.values for task in tasks}
    routes = {task.item_key: task.route for task in tasks}
    shown = shown_to_people(project, predictions, routes)
    unseen = {key: each for key, each in predictions.items() if key not in shown}
    known = {} if terms.is_strange else unseen
    priors = {key: each for key, each in known.items() if routes.get(key) == CROWD}

    def aggregate(known: Mapping[str, Prediction]) -> tuple[Label, ...]:
        knowledge = replace(gathered.knowledge, predictions=known, adviser=project.adviser)
        return aggregate_answers(votes, values, project.kind, project.configuration.aggregation, knowledge, worth)

    alone = aggregate({})
    looked_at = find_looked_at(project, alone, routes, predictions, terms)
    is_last_word = terms.must_prove and terms.is_final
    audited = tuple(each for each in looked_at if is_last_word or is_known(each, project))
    waiting = 0 if is_last_word else sum(route == AUDIT for route in routes.values()) - len(audited)
    audit = judge_audited(project, audited, terms, waiting)
    people = alone if audit.has_failed or not priors else with_audits(aggregate(priors), alone, routes)
    covered = cover(people, values, project.minimum_overlap, project.answers_wanted)
    asked = answers_by_round(
        votes, openings, levels_in(project), {key for key, route in routes.items() if route == MODEL}
    )
    had_a_say = {**known, **{key: predictions[key] for key in shown}}
    labels = tuple(with_origin(label, routes, had_a_say, project, asked) for label in covered.labels)
    by_model = model_labels(tasks, predictions, {answer.item_key for answer in votes}, audit)
    order = {task.item_key: position for position, task in enumerate(tasks)}
    every = sorted([*labels, *by_model], key=lambda label: order[label.item_key])
    taken = {label.item_key for label in by_model}
    missing = tuple(item for item in covered.unlabeled if item.item_key not in taken)
    measured = advice_records(project.adviser, unseen, alone, project.kind)
    records = add_records(gathered.golden, settled_records(votes, labels, project.kind), measured)
    disputed = frozenset(each.label.item_key for each in looked_at if is_disputed(each, project))
    return Decided(Labels(tuple(every), missing), audited, audit, records, asked, disputed)


def with_audits(people: Sequence[Label], alone: Sequence[Label], routes: Mapping[str, str]) -> tuple[Label, ...]:
    """The labels of people, those of audited items as they were decided without a model."""
    audits = {label.item_key: label for label in alone if routes[label.item_key] == AUDIT}
    return tuple(audits.get(label.item_key, label) for label in people)


def find_looked_at(
    project: Project,
    people: Sequence[Label],
    routes: Mapping[str, str],
    predictions: Mapping[str, Prediction],
    terms: Terms,
) -> tuple[Audited, ...]:
    """What people say so far of the labels that the model was sure of."""
    asked_again, kind = project.configuration.overlap is not None, project.kind
    return tuple(
        Audited(found, label, asked_again, terms.is_strange, kind.is_same(label.label, found.label), kind.evidence)
        for label in people
        if routes[label.item_key] == AUDIT and (found := predictions.get(label.item_key)) is not None
    )


def is_known(audited: Audited, project: Project) -> bool:
    """Whether nobody will be asked about an audited item again.

    Items about which people are not sure yet count when they are: a first answer by a careless worker must not speak
    against the model.
    """
    return is_settled(audited.label, project) and not is_disputed(audited, project)


def is_disputed(audited: Audited, project: Project) -> bool:
    """Whether people contradict the model and may be wrong: a second opinion costs little, as there are few of them,
    and tells people's mistakes from the model's."""
    overlap, model = project.configuration.overlap, project.configuration.model
    if overlap is None or model is None or audited.is_confirmed:
        return False
    is_sure = audited.label.confidence >= 1 - BESIDE * (1 - model.target_accuracy)
    return not is_sure and sum(audited.label.votes.values()) < overlap.max


def judge_audited(
    project: Project, audited: Iterable[Audited], terms: Terms = ORDINARY, waiting: int = 0
) -> AuditResult:
    """What an audit says of the project's model, by how often that must be right."""
    model = project.configuration.model
    target = model.target_accuracy if model else 1.0
    return judge_audit((each.evidence for each in audited), target, terms, waiting)


def levels_in(project: Project) -> tuple[int, ...]:
    """How many answers an item may have after each round; there is one round where nobody is asked again."""
    overlap = project.configuration.overlap
    return levels_of(overlap) if overlap else (project.most_answers,)


def is_settled(label: Label, project: Project) -> bool:
    """Whether a label by people is sure enough, or stands on as many answers as there may be."""
    overlap = project.configuration.overlap
    return overlap is None or is_sure(label, overlap.confidence) or sum(label.votes.values()) >= overlap.max


def with_origin(
    label: Label, routes: Mapping[str, str], predictions: Mapping[str, Prediction], project: Project, asked: Asked
) -> Label:
    """A label by people with its source, its round, and the model that had a say."""
    predicted = predictions.get(label.item_key)
    return replace(
        label,
        source=AUDIT if routes[label.item_key] == AUDIT else CROWD,
        round=max(asked.get(label.item_key, {}), default=1),
        model=predicted.model if predicted else "",
        method=project.configuration.aggregation.method,
    )


def model_labels(
    tasks: Sequence[Task], predictions: Mapping[str, Prediction], answered: set[str], audit: AuditResult
) -> list[Label]:
    """The labels of the items that the model is left with: nobody was asked about them."""
    left = [task for task in tasks if task.route == MODEL and task.item_key not in answered]
    return [
        Label(
            item_key=task.item_key,
            values=task.values,
            label=predictions[task.item_key].label,
            confidence=round(predictions[task.item_key].probability, 6),
            votes={},
            workers=(),
            pool_id="",
            source=MODEL,
            round=0,
            model=predictions[task.item_key].model,
            held_back=audit.has_failed,
        )
        for task in left
        if task.item_key in predictions
    ]
