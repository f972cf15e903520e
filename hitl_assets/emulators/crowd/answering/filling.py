"""Filling in a page: what is wished for where the page takes it, else the next best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.crowd.answering.pages import WHOLE, Asked, Look, Page

# A page that refuses so many answers is given up.
MOST_TRIES = 80
Wishes = Callable[[Asked], Iterable[Any]]


class UnanswerableError(Exception):
    """Nothing that a worker could think of can be handed in. The message says what the page asks for."""


@dataclass(frozen=True)
class Filled:
    """A page that can be handed in: the answers by control, and as they are handed in."""

    given: Mapping[str, Any]
    look: Look

    @property
    def output(self) -> dict[str, Any]:
        """What is handed in."""
        return dict(self.look.output)


def fill(page: Page, wishes: Wishes) -> Filled:
    """Answer what is asked, and what is asked because of these answers, until the page can be handed in.

    Args:
        page: the task.
        wishes: for a control, answers in the order in which they are tried. None leaves it empty.

    Raises:
        UnanswerableError: no wish is left for what is wrong.
    """
    given: dict[str, Any] = {}
    left: dict[str, Iterator[Any]] = {}
    look, wrong = page.look(given), ""
    for _ in range(MOST_TRIES):
        fresh = [asked for asked in look.asked if asked.name not in given]
        for asked in fresh:
            left[asked.name] = _fitting(page, asked, wishes(asked))
            given[asked.name] = next(left[asked.name])
        if not fresh and not look.mistakes:
            return Filled(given, look)
        # What is wrong with the first try says most.
        wrong = wrong or ("" if fresh else "; ".join(_in_words(look, given)))
        if not fresh and not _think_again(look, given, left):
            break
        look = page.look(given)
    raise UnanswerableError(wrong or "the page asks for ever more")


def _fitting(page: Page, asked: Asked, wishes: Iterable[Any]) -> Iterator[Any]:
    """The wishes that the control takes, each once; at last it is left empty."""
    tried: list[str] = []
    for value in wishes:
        if repr(value) not in tried and (value is None or page.fits(asked, value)):
            tried.append(repr(value))
            yield value
    yield None


def _think_again(look: Look, given: dict[str, Any], left: Mapping[str, Iterator[Any]]) -> bool:
    """Answer otherwise where something is wrong; False if there is nothing else to answer."""
    has_changed = False
    for asked in look.asked:
        if asked.name in look.mistakes:
            for value in left[asked.name]:
                given[asked.name], has_changed = value, True
                break
    return has_changed


def _in_words(look: Look, given: Mapping[str, Any]) -> Iterator[str]:
    places = {asked.name: ".".join(asked.path) or asked.name for asked in look.asked}
    for name, message in look.mistakes.items():
        if name == WHOLE:
            yield message
            continue
        remark = ""
        if name not in places:
            remark = " Nothing on the page asks for it."
        elif given.get(name) is None:
            remark = " Nothing that can be given there is allowed."
        yield f"{places.get(name, name)}: {message}{remark}"
