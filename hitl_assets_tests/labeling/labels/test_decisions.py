"""The labels of a batch: people's, the model's, and what an audit changes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.knowledge import add_records, golden_records, read_records, write_records
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.labels.decisions import Decided, decide_labels
from hitl_assets.labeling.model.audits import Terms
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Prediction, Task
from hitl_assets_tests.labeling.conftest import Load

SPEC: dict[str, Any] = {"type": "string", "allowed_values": ["apple", "pear"]}


def answer(item: str, worker: str, kind: str, known: str = "", status: str = "ACCEPTED") -> Answer:
    """An answer; with `known` to a golden task."""
    return Answer(
        item_key=item,
        values={"kind": kind},
        worker_id=worker,
        assignment_id="1",
        task_id="1",
        pool_id="7",
        status=status,
        is_golden=bool(known),
        created="",
        submitted="",
        known=({"kind": known},) if known else (),
    )


@pytest.fixture
def project(load: Load, attributes: dict[str, Any]) -> Project:
    """Fruit, with rounds and a model."""
    attributes["overlap"] = {"start": 1, "max": 3, "confidence": 0.9}
    attributes["model"] = {"target_accuracy": 0.9}
    return load({})


def decide(project: Project, routes: dict[str, str], answers: list[Answer], label: str = "apple") -> Decided:
    """Tasks by key with their routes; the model says `label` of all, and is sure of it."""
    tasks = [Task(key, {"text": key}, route) for key, route in routes.items()]
    predictions = {key: Prediction(key, label, 0.95, "v1") for key in routes}
    return decide_labels(project, tasks, answers, predictions)


def careful(worker: str) -> list[Answer]:
    """Golden tasks that a worker got right: enough to be believed."""
    return [answer(f"golden {kind} {n}", worker, kind, known=kind) for n in range(10) for kind in ("apple", "pear")]


def test_each_label_says_where_it_is_from(project: Project) -> None:
    """In the order of the tasks: source, round, votes, model."""
    answers = [*careful("ann"), *careful("bob"), answer("a", "ann", "apple"), answer("b", "ann", "apple")]
    answers += [answer("b", "bob", "apple")]
    decided = decide(project, {"c": "model", "a": "crowd", "b": "audit"}, answers)
    found = [(each.item_key, each.source, each.round, dict(each.votes), each.model) for each in decided.labels.labels]
    assert found == [
        ("c", "model", 0, {}, "v1"),
        ("a", "crowd", 1, {"apple": 1}, "v1"),
        ("b", "audit", 2, {"apple": 2}, "v1"),
    ]
    assert decided.labels.labels[0].confidence == 0.95
    assert {label.method for label in decided.labels.labels if label.source != "model"} == {"bayesian_dawid_skene"}


def test_the_model_has_a_say_where_people_were_asked_but_not_in_its_audit(project: Project) -> None:
    """An audit that believed the model would find it right."""
    votes = [*careful("ann"), answer("a", "ann", "apple"), answer("b", "ann", "apple")]
    asked, audited = decide(project, {"a": "crowd", "b": "audit"}, votes).labels.labels
    assert asked.confidence > audited.confidence


def strangers(routes: Sequence[str], seed: int) -> list[Answer]:
    """Three answers to each item, half of which are pears, by workers who come once, answer four items and a golden
    task, and are right in 85 %."""
    chance = np.random.default_rng(seed)
    kinds = ("apple", "pear")
    given = []
    for worker, (key, number) in enumerate([(key, n) for n, key in enumerate(routes)] * 3):
        is_right = chance.random() < 0.85
        given.append(answer(key, f"worker {worker // 4}", kinds[(number + (not is_right)) % 2]))
        if worker % 4 == 0:
            known = int(chance.integers(2))
            said = kinds[known if chance.random() < 0.85 else 1 - known]
            given.append(answer("golden", f"worker {worker // 4}", said, known=kinds[known]))
    return given


@pytest.mark.slow
def test_a_model_does_not_make_its_auditors_look_wrong(project: Project) -> None:
    """It is sure that everything is an apple. If that were believed of the rest of the batch, whoever says pear would
    seem careless, and the audit would find the model right, in half of such batches. It is not always found out: with
    one golden item little is known of what people's confidence is worth."""
    routes = {**many(60, "crowd"), **many(10, "audit")}
    failed = [decide(project, routes, strangers(list(routes), seed)).audit.has_failed for seed in range(20)]
    assert sum(failed) >= 16


def many(count: int, route: str) -> dict[str, str]:
    """So many tasks of a route."""
    return {f"{route} {n}": route for n in range(count)}


def test_labels_by_a_model_that_failed_its_audit_are_held_back(project: Project) -> None:
    """People say pear wherever they looked."""
    workers = ["ann", "bob", "cid"]
    answers = [each for worker in workers for each in careful(worker)]
    answers += [answer(key, worker, "pear") for key in many(10, "audit") for worker in workers]
    decided = decide(project, {**many(10, "audit"), **many(5, "model")}, answers)
    assert decided.audit.has_failed
    assert [label.held_back for label in decided.labels.labels] == [False] * 10 + [True] * 5


def test_after_a_failed_audit_people_decide_alone(project: Project) -> None:
    """What the model said of the rest of the batch is not believed any more, and who was asked instead is the crowd."""
    workers = ["ann", "bob", "cid"]
    answers = [each for worker in workers for each in careful(worker)]
    answers += [answer(key, worker, "pear") for key in many(10, "audit") for worker in workers]
    answers += [answer("model 0", "ann", "pear"), answer("crowd 0", "ann", "pear")]
    decided = decide(project, {**many(10, "audit"), **many(1, "model"), **many(1, "crowd")}, answers)
    instead, asked = decided.labels.labels[10:]
    assert (instead.source, instead.label, instead.held_back) == ("crowd", "pear", False)
    assert asked.confidence == instead.confidence > 0.9


def test_an_audit_waits_until_people_are_sure(load: Load, attributes: dict[str, Any]) -> None:
    """The first answer of a stranger to each says little, and may be asked about again."""
    attributes |= {"overlap": {"start": 1, "max": 3, "confidence": 0.999}, "model": {"target_accuracy": 0.9}}
    project = load({})
    answers = [answer(key, f"stranger {key}", "pear") for key in many(10, "audit")]
    decided = decide(project, {**many(10, "audit"), **many(5, "model")}, answers)
    assert (decided.audit.items, decided.audit.has_failed) == (0, False)


def test_who_contradicts_the_model_in_an_audit_is_asked_again(load: Load, attributes: dict[str, Any]) -> None:
    """People are sure, but not as sure as it takes to tell their mistakes from the model's; until then it waits."""
    attributes |= {"overlap": {"start": 1, "max": 3, "confidence": 0.6}, "model": {"target_accuracy": 0.9}}
    project = load({})
    answers = [*careful("ann"), answer("audit 0", "ann", "pear"), answer("audit 1", "ann", "apple")]
    decided = decide(project, many(2, "audit"), answers)
    assert decided.disputed == {"audit 0"}
    assert [each.label.item_key for each in decided.audited] == ["audit 1"]
    more = [each for worker in ("bob", "cid") for each in (*careful(worker), answer("audit 0", worker, "pear"))]
    assert not decide(project, many(2, "audit"), [*answers, *more]).disputed


def test_a_batch_of_another_kind_has_no_priors(project: Project) -> None:
    """What the model says of strange items must not sway people."""
    tasks = [Task("a", {"text": "a"})]
    predictions = {"a": Prediction("a", "apple", 0.99, "v1")}
    answers = [*careful("ann"), answer("a", "ann", "apple")]
    (alone,) = decide_labels(project, tasks, answers, {}).labels.labels
    (strange,) = decide_labels(project, tasks, answers, predictions, terms=Terms(is_strange=True)).labels.labels
    assert (strange.confidence, strange.model) == (alone.confidence, "")


def on_trial(project: Project, audits: int, answered: int, is_final: bool = False) -> Decided:
    """A batch whose audit has to prove the model, as far as people have answered; all that they say is the model's."""
    routes = {**many(audits, "audit"), **many(5, "model")}
    tasks = [Task(key, {"text": key}, route) for key, route in routes.items()]
    predictions = {key: Prediction(key, "apple", 0.95, "v1") for key in routes}
    answers = [*careful("ann"), *(answer(key, "ann", "apple") for key in many(answered, "audit"))]
    return decide_labels(project, tasks, answers, predictions, terms=Terms(must_prove=True, is_final=is_final))


def test_labels_on_trial_wait_for_the_proof(project: Project) -> None:
    """22 that are right show nine in ten. While answers are missing nothing is lost; in the end too few are too few."""
    assert not on_trial(project, 22, 22, is_final=True).audit.has_failed
    assert not on_trial(project, 22, 10).audit.has_failed
    short = on_trial(project, 22, 10, is_final=True)
    assert short.audit.has_failed
    assert [label.held_back for label in short.labels.labels if label.source == "model"] == [True] * 5


def test_earlier_batches_tell_who_is_careful(project: Project) -> None:
    """The same answers are worth more of somebody who is known."""
    tasks = [Task("a", {"text": "a"})]
    records = add_records({"ann": {("apple", "apple"): 30.0, ("pear", "pear"): 30.0}})
    (known,) = decide_labels(project, tasks, [answer("a", "ann", "apple")], {}, records).labels.labels
    (unknown,) = decide_labels(project, tasks, [answer("a", "ann", "apple")], {}).labels.labels
    assert known.confidence > unknown.confidence


def test_a_batch_shows_what_its_workers_do(project: Project) -> None:
    """Golden tasks count as they are, items as surely as their label is; and a file keeps it."""
    answers = [*careful("ann"), answer("a", "ann", "apple"), answer("g", "bob", "pear", known="apple")]
    records = decide_labels(project, [Task("a", {"text": "a"})], answers, {}).records
    assert records["bob"] == {("apple", "pear"): 1.0}
    assert 10.7 < records["ann"]["apple", "apple"] <= 11.0
    assert read_records(write_records(records)).keys() == records.keys()


def test_golden_answers_that_are_none_show_nothing() -> None:
    """Rejected work, a label that is not allowed, a golden task with two right answers."""
    two = Answer(**{**vars(answer("g", "eve", "pear", known="pear")), "known": ({"kind": "pear"}, {"kind": "apple"})})
    answers = [
        answer("g", "ann", "pear", known="pear", status="REJECTED"),
        answer("g", "bob", "plum", known="pear"),
        two,
    ]
    assert golden_records(answers, Class("kind", SPEC)) == {}
