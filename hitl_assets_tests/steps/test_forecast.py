"""What earlier batches say of the accuracy that a budget buys, as they lie in a Pachyderm."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.money.budget_curve import Curve
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD, Label
from hitl_assets.labeling.storage.files import StoredAnswers, directory_of
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.forecast import earlier_curve, newest_batches
from hitl_assets_tests.services.toloka.publications import rename

NAMES = ("clickbait", "notclickbait")


@pytest.fixture
def fresh(project: Project) -> Project:
    """A project of the test's own."""
    return rename(project, f"{project.name}_forecast")


def assignment(number: int, chance: random.Random) -> Mapping[str, Any]:
    """A worker's answers to four items and a golden task, right in four of five cases."""
    keys = [f"item {(number * 4 + place) % 20}" for place in range(4)]
    tasks = [{"id": key, "input_values": {KEY_FIELD: key, "headline": key}} for key in keys]
    golden = f"golden {number % 12}"
    known = {"known_solutions": [{"output_values": {"category": "clickbait"}}]}
    tasks.append({"id": golden, "input_values": {KEY_FIELD: golden, "headline": golden}, **known})
    said = [{"output_values": {"category": NAMES[int(chance.random() > 0.8)]}} for _ in tasks]
    about = {"id": f"a{number}", "user_id": f"w{number % 9}", "pool_id": "7", "status": "ACCEPTED", "reward": 0.03}
    return {**about, "created": "2026-01-01T10:00:00", "tasks": tasks, "solutions": said}


def store(pachyderm: Pachyderm, project: Project, batch: str, ended: str, labels: bool = True, count: int = 15) -> None:
    """A batch of twenty items, with three answers each."""
    chance = random.Random(7)  # noqa: S311 - made-up answers, not a secret
    account = Account("7", f"COMPLETED {ended}", Decimal(1), count, 0, Decimal(1))
    answers = StoredAnswers(tuple(assignment(number, chance) for number in range(count)), account)
    found = StoredLabels(
        tuple(
            Label(f"item {n}", {"headline": f"item {n}"}, "clickbait", 0.9, {"clickbait": 3}, (), "7")
            for n in range(20)
        )
    )
    written = {"raw_answers": answers.to_files(), **({"aggregated_labels": found.to_files()} if labels else {})}
    for name, files in written.items():
        placed = {f"{directory_of(batch)}/{file}": content for file, content in files.items()}
        pachyderm.write(f"{project.name}_{name}", placed, "a test")


def test_a_first_batch_has_no_forecast(pachyderm: Pachyderm, fresh: Project) -> None:
    """Nothing is stored yet."""
    assert earlier_curve(pachyderm, fresh) == Curve()


@pytest.mark.slow
def test_golden_answers_of_earlier_batches_make_a_forecast(pachyderm: Pachyderm, fresh: Project) -> None:
    """Three answers each were given, so three points are known."""
    store(pachyderm, fresh, "first", "2026-01-01T10:00:00")
    curve = earlier_curve(pachyderm, fresh)
    assert (curve.golden, curve.settled, len(curve.points)) == (12, 0, 3)


def test_a_batch_does_not_forecast_itself(pachyderm: Pachyderm, fresh: Project) -> None:
    """Published again, it is told what it was told before."""
    store(pachyderm, fresh, "first", "2026-01-01T10:00:00")
    assert earlier_curve(pachyderm, fresh, but="first") == Curve()


def test_only_the_newest_labeled_batches_are_read(pachyderm: Pachyderm, fresh: Project) -> None:
    """One without labels is not over; older ones had other workers."""
    for day in range(1, 6):
        store(pachyderm, fresh, f"batch{day}", f"2026-01-0{day}T10:00:00", labels=day != 4)
    assert list(newest_batches(pachyderm, fresh, "batch5")) == ["batch3", "batch2", "batch1"]
    assert list(newest_batches(pachyderm, fresh, "")) == ["batch5", "batch3", "batch2"]


def test_a_damaged_batch_forecasts_nothing(pachyderm: Pachyderm, fresh: Project) -> None:
    """It stops nobody from publishing."""
    store(pachyderm, fresh, "first", "2026-01-01T10:00:00")
    pachyderm.write(f"{fresh.name}_raw_answers", {f"{directory_of('first')}/assignments.jsonl": b"{"}, "a test")
    assert earlier_curve(pachyderm, fresh) == Curve()
