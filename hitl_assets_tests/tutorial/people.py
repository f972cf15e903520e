"""Somebody who works at the emulated Toloka's page: what a browser would send, by what its forms say."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx

FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TASK = re.compile(r'<section class="task".*?</section>', re.DOTALL)
TEXT = re.compile(r'<div class="text"><bdi[^>]*>(.*?)</bdi>', re.DOTALL)
CHOICE = re.compile(r'<input type="radio" name="([^"]+)" value="([^"]*)"')
CARD = re.compile(r'<article class="card">.*?</article>', re.DOTALL)
LINK = re.compile(r'href="(/work/pool/\d+)"')
TRAINING = re.compile(r'href="(/work/pool/\d+)" class="button"')
NOTHING = "<dt>Tasks left</dt><dd>0</dd>"

Answer = Callable[[str], str]


class Person:
    """A worker, who is known by a cookie."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Origin": url}, follow_redirects=True, timeout=60)

    def offered(self) -> list[str]:
        """Pools in which something is left, each with its training first if it asks for one."""
        cards = [card for card in CARD.findall(self.client.get("/").text) if NOTHING not in card]
        return [(TRAINING.findall(card) or LINK.findall(card))[0] for card in cards]

    def work(self, answer: Answer) -> int:
        """Answer all that is offered; how many suites that were."""
        count = 0
        while places := self.offered():
            page = self.press_first(self.client.get(places[0]).text)
            assert TASK.search(page), page
            self.press_first(page, lambda form: fill(form, answer))
            count += 1
        return count

    def press_first(self, page: str, more: Callable[[str], dict[str, Any]] | None = None) -> str:
        """Send the first form of a page, as its button does; the page that follows."""
        found = FORM.search(page)
        assert found, page
        action, form = found.groups()
        data = {name: unescape(value) for name, value in HIDDEN.findall(form)}
        response = self.client.post(action, data=data | (more(form) if more else {}))
        assert response.status_code == 200, response.text
        return response.text


def fill(form: str, answer: Answer) -> dict[str, str]:
    """Choose in each task the answer to its text."""
    chosen = {}
    for task in TASK.findall(form):
        (text,) = TEXT.findall(task)
        wanted = f'"{answer(unescape(text))}"'
        (name,) = {name for name, value in CHOICE.findall(task) if unescape(value) == wanted}
        chosen[name] = wanted
    return chosen
