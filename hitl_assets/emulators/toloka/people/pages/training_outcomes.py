"""What a training came to, in words: for the worker who did it."""

from __future__ import annotations

from hitl_assets.emulators.toloka.admission.training_results import pools_asking_for, result_of
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.pages.frame import moment
from hitl_assets.emulators.toloka.storage.state import State


def training_outcome(state: State, user_id: str, training_id: str) -> Html | None:
    """Whether the training is passed, the way on, or when it may be tried again; None as long as it is not done."""
    result = result_of(state, training_id, user_id)
    if result is None:
        return None
    asking = pools_asking_for(state, training_id)
    passed = [pool for pool, wanted in asking if result["value"] >= wanted]
    if asking and not passed:
        return tag("p", failure(state, user_id, training_id, asking[0][1]))
    done = tag("p", f"Your training is done: {result['value']:.0f} % right at the first try.")
    if not passed:
        return done
    link = tag("a", "Go on to the tasks", href=f"/work/pool/{passed[0]['id']}", class_="button", autofocus=True)
    return join(done, tag("p", "You passed."), tag("p", link))


def failure(state: State, user_id: str, training_id: str | None, wanted: float) -> str:
    """That a training was not passed, and when there is another try."""
    result = result_of(state, training_id, user_id)
    if result is None:
        return "You may do it again."
    again = "There is no second try."
    if result["until"] is not None:
        again = f"You may try again from {moment(state.clock.on_the_wall(result['until']))} on."
    right = f"{result['value']:.0f} % of your first answers were right"
    return f"You did not pass: {right}, {wanted:g} % are asked for. {again}"
