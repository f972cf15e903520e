"""A worker's answers are data: they come out of Pachyderm as they went in, and the UI shows them as text."""

import re
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from hitl_assets import reports
from hitl_assets.labeling.answers.coverage import Labels
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label, PoolState
from hitl_assets.labeling.storage.files import StoredAnswers, restore
from hitl_assets.services.labeling import Collected
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.collection import settle_account
from hitl_assets.steps.intake.changes import LabeledBefore

HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\tstart", "\rstart", "<script>alert(1)</script>", "| a | b |",
    "[x](javascript:alert(1))", "![x](http://x/y.png)", "`x`", "# x", "{{ 7 * 7 }}", "${HOME}", "%s%n", "a,b\n\"c\"",
    "\u202egnihtyna", "\u200f\u2066x\u2069", "🍐👩‍👩‍👧", "x" * 1_000_000, "\ufeffx", "\x1b[31mred", "'; DROP TABLE x",
)  # fmt: skip
# CSV has no NUL and UTF-8 no half characters: these are exact in assignments.jsonl, and U+FFFD in tables.
UNWRITABLE = ("a\0b", "\ud83c")
LONGEST_SHOWN = 300
PICTURE = re.compile(r"^!\[[a-z ]+\]\(data:image/png;base64,[A-Za-z0-9+/=]+\)$")


def assignment(kind: str) -> dict[str, Any]:
    """An assignment with one answer, and with a comment that is the same text."""
    task = {"id": "t", "input_values": {"item_key": "k", "text": kind}}
    solution = {"output_values": {"kind": kind, "comment": kind}}
    return {"id": "a", "pool_id": "7", "user_id": "ann", "status": "ACCEPTED", "tasks": [task], "solutions": [solution]}


def stored_values() -> list[Any]:
    """Answers, labels and a dataset of these texts."""
    labels = [Label(f"k{n}", {"text": t}, t, 1.0, {t: 1}, ("ann",), "7") for n, t in enumerate(HOSTILE)]
    rows = [LabeledRow({"text": text}, text, "crowd", "b1", f"k{n}", 1.0) for n, text in enumerate(HOSTILE)]
    answers = StoredAnswers(tuple(assignment(text) for text in (*HOSTILE, *UNWRITABLE)))
    return [answers, StoredLabels(tuple(labels)), StoredDataset(tuple(rows), "kind")]


@pytest.mark.parametrize("stored", stored_values(), ids=lambda stored: type(stored).__name__)
def test_hostile_answers_come_out_of_pachyderm_as_they_went_in(pachyderm: Pachyderm, prefix: str, stored: Any) -> None:
    """To the character, a megabyte of it too."""
    files = {f"/b/{name}": content for name, content in stored.to_files().items()}
    commit = pachyderm.write(f"{prefix}_stored", files, "hostile")
    assert restore(type(stored), pachyderm.read_directory(f"{prefix}_stored", commit, "/b"), "here") == stored


def texts(metadata: dict[str, Any]) -> list[str]:
    """Every text in the metadata of a materialization."""
    found = []
    for value in metadata.values():
        if isinstance(value, dg.TableMetadataValue):
            found += [cell for record in value.records for cell in record.data.values() if isinstance(cell, str)]
        elif isinstance(value, dg.MarkdownMetadataValue):
            found.append(PICTURE.sub("", value.md_str or ""))
        elif isinstance(value, str):
            found.append(value)
    return found


POOL = PoolState("7", "1", "p/b1", "0" * 64, Decimal(1), False, False, "2026-01-01", "COMPLETED", "", "", "", "")


def every_report(project: Project, text: str) -> list[str]:
    """Every text that the UI gets to see of an answer."""
    label = Label("k", {"headline": text}, text, 1.0, {text: 1}, ("ann",), "7")
    row = LabeledRow({"headline": text}, text, "crowd", "b1", "k", 1.0)
    bad = {**assignment(text), "user_id": text, "id": text, "status": text}
    made = [
        reports.labels(Labels((label,)), project),
        reports.dataset([row], LabeledBefore(), project, Delta(1, 0, 0), Decimal(1)),
        reports.answers(Collected(POOL, (bad,), settle_account(POOL, [bad], project)), project, "b1"),
    ]
    return [shown for metadata in made for shown in texts(dict(metadata))]


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HOSTILE, *UNWRITABLE], ids=lambda text: repr(text)[:20])
def test_metadata_can_be_stored_and_is_short(project: Project, text: str) -> None:
    """An event of a megabyte would slow down every page; half a character would break it."""
    for shown in every_report(project, text):
        assert len(shown.encode()) < 10 * LONGEST_SHOWN
        assert "\0" not in shown


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:20])
def test_markdown_shows_an_answer_as_text(text: str) -> None:
    """No tag, link, image, heading or cell of its own."""
    header, rule, row = reports.markdown([{"label": text}]).split("\n")
    cell = row.removeprefix("| ").removesuffix(" |")
    assert (header, rule) == ("| label |", "| --- |")
    assert not any(character in cell for character in "<>\r\n")
    unescaped = [at for at, character in enumerate(cell) if character in "`*_[]()|#!" and cell[at - 1 : at] != "\\"]
    assert unescaped == []
