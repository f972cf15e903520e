"""Components that place others: `layout.*`. On a narrow screen all of them are one column."""

from __future__ import annotations

from collections.abc import Callable

from hitl_assets.emulators.toloka.people.components.parts import Part
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag


def _columns(part: Part) -> Html:
    ratio = [value for value in part.items("ratio") if isinstance(value, int | float)]
    align = part.text("verticalAlign")
    shares = " ".join(f"{max(0.0, float(value)):g}" for value in ratio) or None
    class_ = f"columns {align if align in ('top', 'middle', 'bottom') else 'top'}"
    return tag("div", *(tag("div", piece) for piece in part.pieces("items")), class_=class_, data_ratio=shares)


def _side_by_side(part: Part) -> Html:
    items = [tag("div", piece, class_="side") for piece in part.pieces("items")]
    return join(tag("div", *items, class_="columns top"), tag("div", part.inner("controls"), class_="controls"))


def _compare(part: Part) -> Html:
    sides = []
    for node in part.node.get("items") or []:
        inner = Part(node, part.sheet, part.scope, part.renderer)
        controls = tag("div", inner.inner("controls"), class_="controls")
        sides.append(tag("div", inner.inner("content"), controls, class_="side"))
    return join(tag("div", *sides, class_="columns top"), tag("div", part.inner("commonControls"), class_="controls"))


def _bars(part: Part) -> Html:
    before, after = part.inner("barBefore"), part.inner("barAfter")
    return tag(
        "div",
        tag("div", before, class_="bar") if before else None,
        part.inner("content"),
        tag("div", after, class_="bar") if after else None,
        class_="stack",
    )


def _sidebar(part: Part) -> Html:
    controls = tag("div", part.inner("controls"), part.inner("extraControls"), class_="controls")
    return tag("div", tag("div", part.inner("content")), controls, class_="sidebar")


LAYOUTS: dict[str, Callable[[Part], Html]] = {
    "layout.columns": _columns,
    "layout.side-by-side": _side_by_side,
    "layout.compare": _compare,
    "layout.bars": _bars,
    "layout.sidebar": _sidebar,
}
