"""Bonuses: paying workers beyond the price of their suites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.creation import NAMES_OF_CLIENTS, Creation, Upload, create
from hitl_assets.emulators.toloka.http.errors import ApiError, FieldErrors, conflict, does_not_exist
from hitl_assets.emulators.toloka.http.forms import Form
from hitl_assets.emulators.toloka.http.pages import Listing
from hitl_assets.emulators.toloka.money.billing import change_account, price, read_account
from hitl_assets.emulators.toloka.projects.projects import kept
from hitl_assets.emulators.toloka.storage.state import State, dump, load

LISTING = Listing("bonuses", {"user_id": "user_id", "assignment_id": "assignment_id"}, ("id",), ("created",))
LEAST, MOST = Decimal("0.005"), Decimal(100)
MOST_AT_ONCE = 100
READ_ONLY = ("id", "created", *NAMES_OF_CLIENTS)


@dataclass(frozen=True)
class Bonus:
    """A valid bonus, in dollars without the fee."""

    user_id: str
    amount: Decimal
    assignment_id: str | None
    form: dict[str, Any]

    @property
    def signature(self) -> str:
        """What no two bonuses of one request may have in common."""
        texts = [self.form.get(name) for name in ("public_title", "public_message", "private_comment")]
        return dump([self.user_id, str(self.amount.normalize()), *texts])


def create_bonuses(state: State, call: Call) -> Reply:
    """POST /user-bonuses, one or a list. 409 if the balance does not cover all of them; then nobody is paid."""
    if isinstance(call.body, list) and len(call.body) > MOST_AT_ONCE and not call.flag("async_mode"):
        message = f"At most {MOST_AT_ONCE} bonuses in one synchronous request. Send async_mode=true"
        raise ApiError(400, "VALIDATION_ERROR", message, {})
    return create(state, call, BONUSES)


def list_bonuses(state: State, call: Call) -> Reply:
    """GET /user-bonuses."""
    query = dict(call.query)
    # Not among the listing's own filters: commas in a comment do not separate anything.
    comment = query.pop("private_comment", None)
    fixed, values = ("", ()) if comment is None else ("private_comment = ?", (comment,))
    return Reply(200, LISTING.page(state.store, query, lambda rows: [_view(dict(row)) for row in rows], fixed, values))


def get_bonus(state: State, call: Call) -> Reply:
    """GET /user-bonuses/{id}."""
    return Reply(200, bonus_view(state, call.path["id"]))


def bonuses_of(state: State, assignment_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the bonuses that were paid for assignments; assignments without any are missing."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in state.store.all(
        "SELECT id, assignment_id FROM bonuses WHERE assignment_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        dump(assignment_ids),
    ):
        found[row["assignment_id"]].append(row["id"])
    return found


def bonus_view(state: State, bonus_id: str) -> dict[str, Any]:
    """A bonus as the wire has it. 404 if there is none."""
    row = state.store.maybe("SELECT * FROM bonuses WHERE id = ?", bonus_id)
    if row is None:
        raise does_not_exist("user bonus", bonus_id)
    return _view(dict(row))


def _read_bonuses(state: State, items: Sequence[dict[str, Any]], allow_defaults: bool) -> Upload[Bonus]:
    upload: Upload[Bonus] = Upload()
    for index, item in enumerate(items):
        form = Form(item, FieldErrors())
        bonus = _read_bonus(state, form)
        if bonus is None or form.errors.found:
            upload.errors[index] = form.errors.found
        else:
            upload.valid[index] = bonus
    _refuse_twins(upload)
    return upload


def _read_bonus(state: State, form: Form) -> Bonus | None:
    user_id, amount = form.text("user_id", required=True), form.money("amount", LEAST, MOST, required=True)
    assignment_id = form.text("assignment_id")
    form.text("private_comment", longest=499)
    form.flag("without_message")
    for name in ("public_title", "public_message"):
        form.texts(name)
    if user_id is None or amount is None:
        return None
    if state.store.maybe("SELECT 1 FROM assignments WHERE user_id = ?", user_id) is None:
        form.refuse("user_id", "ENTITY_DOES_NOT_EXIST", f"Nobody with the id {user_id} has worked here")
    elif assignment_id is not None and not _did(state, user_id, assignment_id):
        form.refuse("assignment_id", "ENTITY_DOES_NOT_EXIST", f"User {user_id} has no assignment {assignment_id}")
    return Bonus(user_id, amount, assignment_id, kept(form.values, READ_ONLY))


def _did(state: State, user_id: str, assignment_id: str) -> bool:
    found = state.store.maybe("SELECT user_id FROM assignments WHERE id = ?", assignment_id)
    return found is not None and bool(found["user_id"] == user_id)


def _refuse_twins(upload: Upload[Bonus]) -> None:
    # The same bonus twice in one request is most likely a mistake: the real service refuses all of them.
    seen: set[str] = set()
    for index, bonus in upload.valid.items():
        if bonus.signature in seen:
            message = "The same amount, title, message and comment twice for one user in one request"
            error = {"code": "ENTITY_CONFLICT", "message": message, "params": {}}
            raise conflict("CONFLICT_STATE", message, {f"{index}.user_id": error})
        seen.add(bonus.signature)


def _pay(state: State, upload: Upload[Bonus]) -> dict[int, str]:
    costs = {index: price(bonus.amount, state.fee) for index, bonus in upload.valid.items()}
    total, available = sum(costs.values(), Decimal(0)), read_account(state.store).available
    if total > available:
        message = f"The bonuses cost {total} with the fee; {available} is available. Top up the account"
        raise conflict("NOT_ENOUGH_BALANCE", message)
    ids = {index: state.new_id() for index in upload.valid}
    now = state.clock.stamp()
    state.store.run_many(
        "INSERT INTO bonuses VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                ids[index], bonus.user_id, bonus.assignment_id, str(costs[index]), bonus.form.get("private_comment"),
                now, dump(bonus.form),
            )
            for index, bonus in upload.valid.items()
        ),
    )  # fmt: skip
    change_account(state.store, balance=-total)
    return ids


def _view(row: dict[str, Any]) -> dict[str, Any]:
    return {"without_message": False, **load(row["form"]), "id": row["id"], "created": row["created"]}


BONUSES = Creation(
    noun="bonus",
    operation="USER_BONUS.BATCH_CREATE",
    line="USER_BONUS",
    key="user_bonus_id",
    parameters=("skip_invalid_items",),
    read=_read_bonuses,
    insert=_pay,
    view=bonus_view,
    finish=lambda state, call, upload: [],
    verb="PERSIST",
)
