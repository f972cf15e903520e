"""The second part of the demo: people draw boxes around fruit in drawn pictures, of which everything is known."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, cast

from rich.console import Console

from hitl_assets.examples.orchard.drawing import Drawing
from hitl_assets.examples.orchard.key import GOLDEN, GOLDEN_REPO, GOLDEN_SEED, boxes_of, draw_all
from hitl_assets.labeling.kinds.pictures.marks import Marks
from hitl_assets.labeling.kinds.pictures.precision import Marked, measure
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.local.demo.screen import in_key, print_cost, read_dataset
from hitl_assets.local.demo.shows import begin_with_golden, files_of
from hitl_assets.local.state import State
from hitl_assets.local.status.progress import Batch
from hitl_assets.services.pachyderm import Pachyderm

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

NAME, PICTURES = "orchard", 16
# The contact sheet: so many pictures in a row, each so many pixels wide.
IN_A_ROW, WIDE = 4, 360
COLORS = {"apple": (214, 40, 40), "pear": (214, 120, 0), "plum": (120, 40, 160)}


@dataclass(frozen=True)
class Orchard:
    """The drawn pictures, by the names of their files."""

    drawings: Mapping[str, Drawing]

    @classmethod
    def drawn(cls, seed: int) -> "Orchard":
        """As many pictures as the demo has."""
        return cls(draw_all(seed, PICTURES))

    def key(self) -> bytes:
        """What simulated people know: the boxes of each file."""
        rows = [(name, json.dumps(boxes_of(each))) for name, each in self.drawings.items()]
        return write_rows(["picture", "fruit"], rows)

    def commit(self, pachyderm: Pachyderm, project: Project) -> str:
        """Commit the pictures, and before them those of the golden tasks; the id of the commit."""
        begin_with_golden(pachyderm, project, GOLDEN_REPO, draw_all(GOLDEN_SEED, GOLDEN))
        source = project.configuration.source
        return pachyderm.write(source.repo, files_of(self.drawings), "hitl demo: drawn trees", branch=source.branch)


def print_pictures(
    console: Console, pachyderm: Pachyderm, project: Project, batch: Batch, orchard: Orchard, state: State
) -> None:
    """Print how good the boxes are and what they cost; the labeled pictures are on one sheet."""
    dataset, _ = read_dataset(pachyderm, project)
    kind, field = cast(Marks, project.kind), project.configuration.source.field or ""
    labeled = {in_key(row.values[field]): row for row in dataset.rows if row.batch}
    marked = [read_marked(kind, row, orchard.drawings[name]) for name, row in labeled.items()]
    figures = measure(kind, marked)
    sheet = state.root / f"{NAME}.png"
    sheet.write_bytes(draw_sheet(kind, labeled, orchard.drawings))
    boxes, true = sum(len(each.marks) for each in marked), sum(len(each.true) for each in marked)
    found = round(figures.recall * true)
    console.print(f"Pictures labeled             {len(labeled)}, with {boxes} boxes", highlight=False)
    right = f"{found} of {true} fruit found, {found} of {boxes} boxes right"
    console.print(f"Agree with the answer key     {right}", highlight=False)
    quality = f"mean IoU {figures.mean_iou:.3f}, mAP at 0.5 {figures.average_precision:.3f}"
    console.print(f"How exact                     {quality}", highlight=False)
    print_cost(console, [batch], len(labeled), "picture")
    console.print(f"The labeled pictures          {sheet}", highlight=False, soft_wrap=True)


def read_marked(kind: Marks, row: LabeledRow, drawing: Drawing) -> Marked:
    """A row's boxes beside those of the drawing."""
    true = kind.parts_in(kind.cell(boxes_of(drawing))) or ()
    return Marked(kind.parts_in(row.label) or (), row.part_confidences, true)


def draw_sheet(kind: Marks, labeled: Mapping[str, LabeledRow], drawings: Mapping[str, Drawing]) -> bytes:
    """All pictures with their labels on one sheet, as a PNG: the boxes that people drew are thin and white."""
    from PIL import Image

    tiles = [draw_tile(kind, row, drawings[name]) for name, row in sorted(labeled.items())]
    high = max((tile.height for tile in tiles), default=1)
    sheet = Image.new("RGB", (WIDE * IN_A_ROW, high * max(1, -(-len(tiles) // IN_A_ROW))), "white")
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % IN_A_ROW * WIDE, number // IN_A_ROW * high))
    out = BytesIO()
    sheet.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_tile(kind: Marks, row: LabeledRow, drawing: Drawing) -> "Picture":
    """One picture with its boxes, each with its class and how sure it is."""
    from PIL import Image, ImageDraw

    picture = Image.open(BytesIO(drawing.png)).convert("RGB")
    picture = picture.resize((WIDE, picture.height * WIDE // picture.width))
    pen = ImageDraw.Draw(picture)
    for cell in row.votes:
        for _, points in kind.outlines(cell):
            pen.polygon(in_pixels(points, picture.size), outline="white")
    for (name, points), sure in zip(kind.outlines(row.label), row.part_confidences, strict=True):
        corners, color = in_pixels(points, picture.size), COLORS.get(name, (0, 0, 0))
        pen.polygon(corners, outline=color, width=3)
        at = min(corners, key=lambda corner: corner[::-1])
        text = f"{name} {sure:.2f}"
        pen.rectangle(pen.textbbox((at[0], at[1] - 12), text), fill="white")
        pen.text((at[0], at[1] - 12), text, fill=color)
    return picture


def in_pixels(points: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Shares of a picture's sides as pixels."""
    return [(x * size[0], y * size[1]) for x, y in points]
