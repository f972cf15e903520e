"""Labels that are marks in pictures, drawn with the votes that they were made from. The pictures are not fetched: the
outlines are on empty canvases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import Label
from hitl_assets.reports import plots
from hitl_assets.reports.tables import Metadata, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DRAWN, IN_A_ROW, SIDE = 12, 4, 1.9
VOTE, COLORS = "#b0b0b0", ("#4f6bed", "#d9534f", "#3c9d5b", "#e0a030", "#8e5bbf", "#3aa6b9")


def drawings(labels: Sequence[Label], kind: Kind) -> Metadata:
    """The labels that are least sure, those that people voted for. Nothing where labels are no marks."""
    voted = sorted((label for label in labels if label.votes), key=lambda label: label.confidence)
    if not kind.has_parts or not any(kind.outlines(cell) for label in voted for cell in (label.label, *label.votes)):
        return {}
    return {"least_sure_labels": draw(voted[:MOST_DRAWN], kind)}


def draw(labels: Sequence[Label], kind: Kind) -> dg.MarkdownMetadataValue:
    """A canvas for each label: votes in grey, and the label's marks in the colors of their classes."""
    from matplotlib.figure import Figure

    rows, columns = -(-len(labels) // IN_A_ROW), min(IN_A_ROW, len(labels))
    figure = Figure(figsize=(SIDE * columns, (SIDE + 0.2) * rows), layout="constrained")
    canvases = figure.subplots(rows, columns, squeeze=False).ravel()
    for canvas in canvases[len(labels) :]:
        canvas.set_axis_off()
    for label, canvas in zip(labels, canvases, strict=False):
        draw_label(canvas, label, kind)
    return plots.picture(figure, "the least sure labels, and the votes in grey")


def draw_label(canvas: "Axes", label: Label, kind: Kind) -> None:
    """One label on its canvas, as wide as it is high, whatever the picture is."""
    canvas.set_xlim(0, 1)
    canvas.set_ylim(1, 0)
    canvas.set_xticks([])
    canvas.set_yticks([])
    # Names come from outside: a dollar sign would begin a formula.
    title = f"{plots.plain(shown(label.values)[-plots.LONGEST_NAME :])} {label.confidence:.2f}"
    canvas.set_title(title, fontsize=6, parse_math=False)
    for cell in label.votes:
        for _, points in kind.outlines(cell):
            canvas.fill(*zip(*points, strict=True), fill=False, edgecolor=VOTE, linewidth=0.8)
    for (name, points), sure in zip(kind.outlines(label.label), label.part_confidences, strict=False):
        color = COLORS[list(kind.counted).index(name) % len(COLORS)] if name in kind.counted else plots.COLOR
        canvas.fill(*zip(*points, strict=True), fill=False, edgecolor=color, linewidth=1.4)
        left, top = min(points, key=lambda point: point[::-1])
        canvas.text(
            left, top, f"{plots.plain(name)} {sure:.2f}", fontsize=5, color=color, parse_math=False, va="bottom"
        )
