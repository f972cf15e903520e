"""Plots as pictures in Markdown: small PNG files, drawn without a display and without a global state."""

import base64
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE, DPI = (4.8, 1.9), 80
# Room for seven digits and the name of an axis, in inches. To have it measured takes half as long as to draw it all.
LEFT, BOTTOM, EDGE = 0.9, 0.45, 0.15
COLOR = "#4f6bed"
# So many labels have room beside their bars.
MOST_BARS, LONGEST_NAME = 12, 24
BINS = 20
# The longest first.
UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def picture(figure: "Figure", name: str) -> dg.MarkdownMetadataValue:
    """A figure as Markdown, a few kilobytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    content = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(content, format="png", dpi=DPI)
    return dg.MetadataValue.md(f"![{name}](data:image/png;base64,{base64.b64encode(content.getvalue()).decode()})")


def axes(x: str, y: str, height: float = SIZE[1]) -> "tuple[Figure, Axes]":
    """An empty figure with two named axes."""
    from matplotlib.figure import Figure

    width = SIZE[0]
    figure = Figure(figsize=(width, height))
    drawn = figure.add_subplot()
    figure.subplots_adjust(LEFT / width, BOTTOM / height, 1 - EDGE / width, 1 - EDGE / height)
    drawn.set_xlabel(x, fontsize=8)
    drawn.set_ylabel(y, fontsize=8)
    drawn.tick_params(labelsize=8)
    drawn.spines[["top", "right"]].set_visible(False)
    return figure, drawn


def answers_over_time(times: Sequence[datetime]) -> dg.MarkdownMetadataValue:
    """How many answers there were after how many hours; or minutes, or seconds, if it was quick."""
    unit, length = unit_of((times[-1] - times[0]).total_seconds())
    figure, drawn = axes(f"{unit} since the first answer", "answers")
    passed = [(time - times[0]).total_seconds() / length for time in times]
    drawn.step(passed, range(1, len(passed) + 1), where="post", color=COLOR)
    drawn.set_ylim(bottom=0)
    drawn.ticklabel_format(axis="y", style="plain")
    return picture(figure, "answers over time")


def unit_of(seconds: float) -> tuple[str, int]:
    """The unit in which a time is read most easily, and its length in seconds."""
    return next(((unit, length) for unit, length in UNITS if seconds >= 2 * length), UNITS[-1])


def confidences(values: Sequence[float]) -> dg.MarkdownMetadataValue:
    """How many labels are how sure."""
    figure, drawn = axes("confidence", "labels")
    drawn.hist(values, bins=BINS, range=(0, 1), color=COLOR)
    drawn.ticklabel_format(axis="y", style="plain")
    drawn.set_xlim(0, 1)
    return picture(figure, "confidence of the labels")


def calibration(probabilities: Sequence[float], accuracies: Sequence[float]) -> dg.MarkdownMetadataValue:
    """How often predictions of which probability are right; on the line they hold what they promise."""
    figure, drawn = axes("probability", "right", height=2 * SIZE[1])
    drawn.plot((0, 1), (0, 1), color="#c0c0c0", linewidth=1)
    drawn.plot(probabilities, accuracies, marker="o", color=COLOR)
    drawn.set_xlim(0, 1)
    drawn.set_ylim(0, 1.02)
    return picture(figure, "calibration")


def balance(counts: Mapping[str, int], unit: str) -> dg.MarkdownMetadataValue:
    """How often there is which label, the most frequent ones first."""
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_BARS]
    figure, drawn = axes(unit, "", height=0.6 + 0.25 * len(most))
    figure.set_layout_engine("constrained")  # A name may be long.
    drawn.barh(range(len(most)), [count for _, count in most], color=COLOR)
    # Names come from outside: a dollar sign would begin a formula.
    drawn.set_yticks(range(len(most)), labels=[plain(name) for name, _ in most], parse_math=False)
    drawn.invert_yaxis()
    return picture(figure, f"{unit} by label")


def plain(name: str) -> str:
    """A name that every font can draw, and that leaves room for its bar."""
    text = "".join(character if character.isprintable() and ord(character) < 0x250 else "?" for character in name)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."
