"""The health of a batch in numbers."""

from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.labels.decisions import Audited
from hitl_assets.labeling.labels.quality import StoredQuality, count_confidences, describe_audit, measure_quality
from hitl_assets.labeling.model.audits import AuditResult
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label, Prediction, Task
from hitl_assets_tests.labeling.conftest import Load

TASKS = [Task("a", {"text": "a"}), Task("b", {"text": "b"}, "audit"), Task("c", {"text": "c"}, "model")]
LABELS = [
    Label("a", {"text": "a"}, "apple", 0.97, {"apple": 2}, ("ann", "bob"), "7"),
    Label("b", {"text": "b"}, "pear", 0.6, {"apple": 1, "pear": 1}, ("ann", "bob"), "7", source="audit"),
    Label("c", {"text": "c"}, "pear", 1.0, {}, (), "", source="model", round=0, held_back=True),
]


def suite(worker: str, **answers: str) -> dict[str, Any]:
    """An assignment with a task for each answer; `golden` is one with the known answer apple."""
    tasks = [
        {"id": key, "input_values": {"item_key": key}, "known_solutions": [{"output_values": {"kind": "apple"}}]}
        if key == "golden"
        else {"id": key, "input_values": {"item_key": key}}
        for key in answers
    ]
    solutions = [{"output_values": {"kind": answer}} for answer in answers.values()]
    return {
        "id": f"suite of {worker}",
        "user_id": worker,
        "pool_id": "7",
        "status": "ACCEPTED",
        "tasks": tasks,
        "solutions": solutions,
        "created": "2026-01-01T10:00:00",
        "submitted": "2026-01-01T10:00:30",
    }


@pytest.fixture
def project(load: Load) -> Project:
    """Fruit, apples or pears."""
    return load({})


def test_a_batch_is_measured(project: Project) -> None:
    """Every number that a requester would ask for."""
    given = [suite("ann", a="apple", b="pear", golden="apple"), suite("bob", a="apple", b="apple", golden="pear")]
    quality = measure_quality(project, TASKS, LABELS, given, (), Decimal("0.39"))
    assert (quality.items, quality.labels, quality.held_back) == (3, 3, 1)
    assert quality.golden_accuracy == 0.5
    assert quality.cost_per_label == Decimal("0.13")
    assert quality.routes == quality.sources == {"audit": 1, "crowd": 1, "model": 1}
    assert [(w.worker_id, w.golden_right, w.share, w.seconds_per_task) for w in quality.workers] == [
        ("ann", 1, 0.5, 10.0),
        ("bob", 0, 0.5, 10.0),
    ]


def test_alpha_is_krippendorffs(project: Project) -> None:
    """By hand: coincidences apple-apple 2, apple-pear 1 and 1; n = 4; 1 - (n - 1) * 2 / (2 * 3 * 1) = 0."""
    given = [suite("ann", a="apple", b="pear"), suite("bob", a="apple", b="apple")]
    assert measure_quality(project, TASKS, LABELS, given, (), Decimal(0)).alpha == pytest.approx(0.0)
    agreed = [suite("ann", a="apple", b="pear"), suite("bob", a="apple", b="pear")]
    assert measure_quality(project, TASKS, LABELS, agreed, (), Decimal(0)).alpha == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("given", "alpha"),
    [([], None), ([suite("ann", a="apple")], None), ([suite("ann", a="apple"), suite("bob", a="apple")], 1.0)],
    ids=["nobody", "one", "no variety"],
)
def test_alpha_has_a_value_where_the_formula_has_none(project: Project, given: list[Any], alpha: float | None) -> None:
    """A batch of one answer each, or of one label, must not stop the report."""
    assert measure_quality(project, TASKS, LABELS, given, (), Decimal(0)).alpha == alpha


def test_confidences_are_counted_in_tenths() -> None:
    """1.0 belongs to the last tenth."""
    assert count_confidences(LABELS) == (0, 0, 0, 0, 0, 0, 1, 0, 0, 2)


def test_what_is_stored_is_read_back(project: Project) -> None:
    """Exact amounts, missing values, several workers."""
    audited = [Audited(Prediction("b", "apple", 0.9, "v1"), LABELS[1])]
    given = [suite("ann", a="apple", golden="apple"), {**suite("bob", b="pear"), "created": ""}]
    quality = measure_quality(project, TASKS, LABELS, given, audited, Decimal("0.1300"))
    assert StoredQuality.from_files(StoredQuality(quality).to_files()) == StoredQuality(quality)


def test_the_audit_is_a_sentence() -> None:
    """With its interval and what is allowed."""
    audit = AuditResult(items=20, wrong=3.0, error=0.15, low=0.042, high=0.34, allowed=0.05)
    assert describe_audit(audit) == (
        "3 of 20 audited labels by the model are wrong: 15.0%, between 4.2% and 34.0%; 5.0% are allowed."
    )
