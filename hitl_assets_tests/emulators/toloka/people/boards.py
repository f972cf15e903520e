"""Pictures to draw in, and somebody's hand on them."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page

LABELS = ({"value": "apple", "label": "Apple"}, {"value": "pear", "label": "Pear"})
BOX = {"shape": "rectangle", "left": 0.2, "top": 0.2, "width": 0.2, "height": 0.4, "label": "apple"}


def picture(width: int = 400, height: int = 200) -> str:
    """Two fruits on a meadow, as a data URL."""
    image = Image.new("RGB", (width, height), "#cfe3c1")
    pen = ImageDraw.Draw(image)
    pen.ellipse((0.2 * width, 0.2 * height, 0.4 * width, 0.6 * height), fill="#c8352b")
    pen.ellipse((0.6 * width, 0.5 * height, 0.75 * width, 0.95 * height), fill="#c9c430")
    target = io.BytesIO()
    image.save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


def board(office: Any, *before: dict[str, Any], output: str = "json", **more: Any) -> Any:
    """A pool with one picture to draw in."""
    field = office.asks(
        "field.image-annotation", "areas", image={"type": "data.input", "path": "text"}, labels=LABELS, **more
    )
    return office.pool(*before, field, tasks=[{"text": picture()}], outputs={"areas": output})


class Hand:
    """Somebody's hand on the picture. Places are shares of it."""

    def __init__(self, page: Page, place: int = 0) -> None:
        self.page = page
        self.field = page.locator(".task").nth(place)
        self.svg = self.field.locator(".stage svg")
        self.field.get_by_role("status").get_by_text("loaded").wait_for(state="detached")
        self.svg.scroll_into_view_if_needed()

    def spot(self, left: float, top: float) -> tuple[float, float]:
        """A place on the screen."""
        box = self.field.locator(".stage image").bounding_box()
        assert box is not None
        return box["x"] + left * box["width"], box["y"] + top * box["height"]

    def click(self, left: float, top: float) -> None:
        """One click."""
        self.page.mouse.click(*self.spot(left, top))

    def drag(self, start: tuple[float, float], *stops: tuple[float, float]) -> None:
        """From place to place with the button down."""
        self.page.mouse.move(*self.spot(*start))
        self.page.mouse.down()
        for stop in stops:
            self.page.mouse.move(*self.spot(*stop), steps=3)
        self.page.mouse.up()

    def press(self, *keys: str) -> None:
        """Keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, name: str) -> None:
        """A button of the field."""
        self.field.locator(".board").get_by_role("button", name=name, exact=True).click()

    @property
    def areas(self) -> list[dict[str, Any]]:
        """What would be handed in now."""
        found: list[dict[str, Any]] = self.field.locator("[data-value]").evaluate(
            "one => JSON.parse(one.value || '[]')"
        )
        return found


def plain(value: Any) -> Any:
    """The numbers that a client reads, as they were written."""
    return json.loads(json.dumps(value, default=float))


def handed_in(office: Any, page: Page, pool: Any) -> list[dict[str, Any]]:
    """Submit, see that it was taken, and what arrived."""
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()
    found: list[dict[str, Any]] = plain(office.answers(pool)[0]["areas"])
    return found
