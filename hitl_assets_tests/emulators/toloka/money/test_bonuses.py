"""Bonuses: who gets them, and what they cost."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import UserBonus
from toloka.client.exceptions import ConflictStateApiError, IncorrectActionsApiError, ValidationApiError

# With the fee of 30 percent.
TEN_CENTS = Decimal("0.13")


@pytest.fixture
def work(shared: Any) -> Any:
    """An accepted suite."""
    return shared.assignments(shared.run(shared.filled(2)), status="ACCEPTED")[0]


def bonus(work: Any, amount: str = "0.10", **changes: Any) -> UserBonus:
    """Ten cents for a suite."""
    form = {"user_id": work.user_id, "assignment_id": work.id, "public_title": {"EN": "Thanks"}, **changes}
    return UserBonus(amount=Decimal(amount), **form)


@pytest.mark.parametrize("async_mode", [True, False])
def test_a_bonus_and_its_fee_leave_the_balance_once(shared: Any, work: Any, async_mode: bool) -> None:
    """The fee is taken on bonuses too."""
    before = shared.balance
    paid = shared.client.create_user_bonus(bonus(work), async_mode=async_mode)
    assert (paid.amount, paid.user_id, paid.public_title) == (Decimal("0.1"), work.user_id, {"EN": "Thanks"})
    assert shared.balance == before - TEN_CENTS
    assert shared.client.get_user_bonus(paid.id) == paid


@pytest.mark.parametrize("async_mode", [True, False])
def test_several_bonuses_come_back_by_their_place(shared: Any, work: Any, async_mode: bool) -> None:
    """The client finds its items by their index, whichever way they were sent."""
    amounts = ["0.10", "0.30", "0.20"]
    result = shared.client.create_user_bonuses([bonus(work, one) for one in amounts], async_mode=async_mode)
    assert [result.items[str(place)].amount for place in range(3)] == [Decimal(one) for one in amounts]


def test_the_same_operation_pays_once(shared: Any, work: Any) -> None:
    """A retry after a lost answer must not pay again."""
    operation_id, before = str(uuid.uuid4()), shared.balance
    first = shared.client.create_user_bonuses([bonus(work)], operation_id=operation_id)
    again = shared.client.create_user_bonuses([bonus(work)], operation_id=operation_id)
    assert again.items == first.items
    assert shared.balance == before - TEN_CENTS


def test_the_operation_counts_its_items(shared: Any, work: Any) -> None:
    """Whoever started it without waiting learns from it what was paid."""
    operation = shared.client.create_user_bonuses_async([bonus(work), bonus(work, "1000")], skip_invalid_items=True)
    done = shared.client.wait_operation(operation)
    assert (done.type.value, done.status.value) == ("USER_BONUS.BATCH_CREATE", "SUCCESS")
    assert (done.details.success_count, done.details.failed_count) == (1, 1)
    kinds = [(line.type, line.success) for line in shared.client.get_operation_log(operation.id)]
    assert kinds == [("USER_BONUS_PERSIST", True), ("USER_BONUS_VALIDATE", False)]


WRONG = [
    ({"amount": "0.004"}, "amount", "VALUE_LESS_THAN_MIN"),
    ({"amount": "100.01"}, "amount", "VALUE_GREATER_THAN_MAX"),
    ({"user_id": "f" * 32}, "user_id", "ENTITY_DOES_NOT_EXIST"),
    ({"assignment_id": "0000--1"}, "assignment_id", "ENTITY_DOES_NOT_EXIST"),
]


@pytest.mark.parametrize("async_mode", [True, False])
def test_wrong_bonuses_are_named_and_skipped(shared: Any, work: Any, async_mode: bool) -> None:
    """Money goes to nobody by mistake."""
    wanted = [*(bonus(work, **changes) for changes, _, _ in WRONG), bonus(work)]
    result = shared.client.create_user_bonuses(wanted, skip_invalid_items=True, async_mode=async_mode)
    for place, (_, field, code) in enumerate(WRONG):
        error = result.validation_errors[str(place)][field]
        assert (error["code"] if isinstance(error, dict) else error.code) == code
    assert list(result.items) == [str(len(WRONG))]


@pytest.mark.parametrize("async_mode", [True, False])
def test_one_wrong_bonus_stops_all(shared: Any, work: Any, async_mode: bool) -> None:
    """Unless invalid items are skipped, it is all or nothing."""
    before = shared.balance
    with pytest.raises(ValidationApiError):
        shared.client.create_user_bonuses([bonus(work), bonus(work, "0.001")], async_mode=async_mode)
    assert shared.balance == before


@pytest.mark.parametrize("async_mode", [True, False])
def test_nobody_is_paid_what_the_balance_does_not_cover(start: Any, async_mode: bool) -> None:
    """Not the first of them either."""
    desk = start(balance=Decimal(1))
    work = desk.assignments(desk.run(desk.filled(2)), status="ACCEPTED")[0]
    before = desk.balance
    with pytest.raises(IncorrectActionsApiError) as refusal:
        desk.client.create_user_bonuses([bonus(work, "0.01"), bonus(work, "0.70")], async_mode=async_mode)
    assert refusal.value.code == "NOT_ENOUGH_BALANCE"
    assert (desk.balance, list(desk.client.get_user_bonuses())) == (before, [])


def test_twins_in_one_request_are_refused(shared: Any, work: Any) -> None:
    """The documentation's 409: same user, amount, title, message and comment."""
    with pytest.raises(ConflictStateApiError):
        shared.client.create_user_bonuses([bonus(work), bonus(work)])


def test_bonuses_are_found_by_user_assignment_and_comment(shared: Any, work: Any) -> None:
    """The comment is how a program recognizes what it has paid."""
    other = next(one for one in shared.assignments(shared.run(shared.filled(2)), status="ACCEPTED"))
    keyed = shared.client.create_user_bonus(bonus(work, private_comment="key, with a comma"))
    plain = shared.client.create_user_bonus(bonus(other, "0.50"))
    find = shared.client.find_user_bonuses
    assert find(private_comment="key, with a comma").items == [keyed]
    assert find(assignment_id=other.id).items == [plain]
    assert find(user_id=work.user_id, private_comment="another key").items == []
    assert [one.id for one in find(sort=["-id"], limit=1).items] == [plain.id]
    assert list(shared.client.get_user_bonuses(id_gte=keyed.id, batch_size=1)) == [keyed, plain]


def test_an_assignment_names_its_bonuses(shared: Any, work: Any) -> None:
    """So that a requester sees who was paid extra."""
    paid = shared.client.create_user_bonus(bonus(work))
    assert shared.client.get_assignment(work.id).bonus_ids == [paid.id]
