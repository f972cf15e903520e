"""What accuracy a budget buys, told from made-up answers of people who are right in 80 %."""

import random
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.money.budget_curve import Curve, Truth, draw_curve, settled_truths
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Answer, Label
from hitl_assets_tests.labeling.conftest import Load

NAMES = ("apple", "pear")


@pytest.fixture
def project(load: Load, attributes: dict[str, Any]) -> Project:
    """A project that pays for five answers an item."""
    attributes["overlap"] = {"start": 2, "max": 5}
    return load()


def truth_of(item: int) -> str:
    """The right label of an item."""
    return NAMES[item % 2]


def answers(items: int, each: int, golden: bool = False, accuracy: float = 0.8) -> list[Answer]:
    """Answers of twenty workers to so many items."""
    chance = random.Random(items + each)  # noqa: S311 - made-up answers, not a secret
    found = []
    for item in range(items):
        known = ({"kind": truth_of(item)},) if golden else ()
        for worker in chance.sample(range(20), each):
            said = truth_of(item) if chance.random() < accuracy else truth_of(item + 1)
            key = f"{'golden' if golden else 'item'} {item}"
            found.append(Answer(key, {"kind": said}, f"w{worker}", "1", "2", "7", "ACCEPTED", golden, "", "", known))
    return found


@pytest.mark.slow
def test_more_answers_buy_more_right_labels(project: Project) -> None:
    """As golden items show, judged as if they were unknown: one answer is right in 80 %, five in 94."""
    curve = draw_curve([*answers(100, 5), *answers(80, 5, golden=True)], {}, project)
    assert (curve.golden, curve.settled, len(curve.points)) == (80, 0, 5)
    first, last = curve.points[0], curve.points[-1]
    assert first.right == pytest.approx(0.8, abs=0.05)
    assert last.right == pytest.approx(0.94, abs=0.04)
    assert all(point.low < point.right < point.high for point in curve.points)
    assert [point.answers for point in curve.points] == [1, 2, 3, 4, 5]


@pytest.mark.slow
def test_more_evidence_makes_limits_narrower(project: Project) -> None:
    """The same crowd, with ten times the golden items."""
    few, many = (draw_curve([*answers(100, 5), *answers(n, 5, golden=True)], {}, project) for n in (15, 150))
    assert few.points[-1].high - few.points[-1].low > 2 * (many.points[-1].high - many.points[-1].low)


def test_labels_that_are_known_are_evidence(project: Project) -> None:
    """Each by how probable it is right."""
    truths = {f"item {item}": Truth(truth_of(item), 1.0, 1.0) for item in range(100)}
    curve = draw_curve(answers(100, 5), truths, project)
    assert (curve.golden, curve.settled) == (0, 100)
    assert curve.points[0].right == pytest.approx(0.8, abs=0.05)
    doubted = {key: Truth(truth.label, 0.5, 1.0) for key, truth in truths.items()}
    assert draw_curve(answers(100, 5), doubted, project).points[0].right == 0.5


def test_labels_without_evidence_and_those_of_a_model_show_nothing() -> None:
    """They may be over-sure, and people's answers are not to be judged by a model."""
    labels = [
        Label("a", {}, "apple", 0.9, {"apple": 2}, (), "7", lower_bound=0.85),
        Label("b", {}, "apple", 0.9, {"apple": 2}, (), "7"),
        Label("c", {}, "apple", 0.9, {}, (), "7", source="model", lower_bound=0.9),
    ]
    assert settled_truths(labels).keys() == {"a"}


def test_without_evidence_it_is_not_known(project: Project) -> None:
    """In a first batch, with a handful of golden items, and without answers."""
    assert draw_curve(answers(100, 5), {}, project) == Curve()
    assert draw_curve([*answers(100, 5), *answers(4, 5, golden=True)], {}, project) == Curve((), 4, 0)
    assert draw_curve([], {}, project) == Curve()
    assert (Curve().reach(0.9), Curve().best) == (None, None)


@pytest.mark.slow
def test_a_target_costs_as_much_as_the_first_point_that_reaches_it(project: Project) -> None:
    """And some cannot be reached at all."""
    curve = draw_curve([*answers(100, 5), *answers(80, 5, golden=True)], {}, project)
    point = curve.reach(0.85)
    assert point is not None
    assert 1 < point.most <= 5
    assert curve.reach(0.999) is None
    assert curve.best is not None
    assert curve.best.right >= point.right


@pytest.mark.slow
def test_an_item_costs_its_share_of_full_suites(project: Project) -> None:
    """With the fee; a batch as many times that."""
    curve = draw_curve([*answers(100, 5), *answers(50, 5, golden=True)], {}, project)
    each = project.suite_price / project.terms.mixer_config.real_tasks_count
    assert curve.points[2].per_item == (3 * each).quantize(Decimal("0.0001"))
    assert curve.points[2].price(100) == 100 * curve.points[2].per_item


def test_no_more_answers_are_tried_than_there_are(project: Project) -> None:
    """Earlier batches may have had fewer than the project pays for now."""
    assert len(draw_curve([*answers(100, 2), *answers(50, 5, golden=True)], {}, project).points) == 2


@pytest.mark.slow
def test_the_same_answers_make_the_same_curve(project: Project) -> None:
    """What is drawn is told by the seed."""
    every = [*answers(100, 5), *answers(50, 5, golden=True)]
    assert draw_curve(every, {}, project) == draw_curve(every, {}, project)
