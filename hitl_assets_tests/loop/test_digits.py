"""People say which digits the first pictures show; of the next ones a model says it where it is sure."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.examples.digits import key
from hitl_assets.examples.digits.drawing import Drawing
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.automation import Audit, Model
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.hashes import hash_before

from .loops import Loop, dataset
from .test_model import finish, train

pytestmark = pytest.mark.slow
# What 180 labels can prove.
EASY = Model(target_accuracy=0.8, audit=Audit(share=0.1, at_least=2, error=0.95, power=0.6))
FIRST, SECOND = 180, 40


def files_of(drawn: Mapping[str, Drawing]) -> dict[str, bytes]:
    """Pictures by their paths."""
    return {f"/{name}": each.png for name, each in drawn.items()}


def test_a_model_learns_digits_from_people(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, instance: dg.DagsterInstance
) -> None:
    """The second batch is labeled by the model in part, and what it says is right; a damaged picture goes to people."""
    project = load_project(Path(key.__file__).parent / "defs.yaml")
    pachyderm.ensure_repo(key.GOLDEN_REPO, "by a test")
    pachyderm.write(key.GOLDEN_REPO, files_of(key.draw_golden()), "golden tasks")
    source = project.configuration.source.model_copy(update={"repo": f"{prefix}_pictures"})
    link = Link(link="https://bucket.example.com/{path}?v={hash}")
    changed = {"name": prefix, "source": source, "pictures": link, "model": EASY}
    project = replace(project, configuration=project.configuration.model_copy(update=changed))
    first, second = key.draw_all(1, FIRST), key.draw_all(FIRST + 1, SECOND)
    broken = Drawing(next(iter(key.draw_all(FIRST + SECOND + 1, 1).values())).png[:-40], "5")
    second = {**second, "broken.png": broken}
    truth = {}
    for each in (*first.values(), *second.values()):
        (tmp_path / "one.png").write_bytes(each.png)
        truth[hash_before(tmp_path / "one.png")] = each.digit
    (tmp_path / "key.csv").write_bytes(write_rows(["item_key", "digit"], sorted(truth.items())))
    with TolokaEmulator(tmp_path / "toloka", speed="max", answer_key=tmp_path / "key.csv", crowd="good") as emulator:
        loop = Loop(project, instance, pachyderm_address, emulator.url)
        batches = []
        for drawn in (first, second):
            made = pachyderm.write(source.repo, files_of(drawn), "by a test")
            batches.append(name_batch(pachyderm.inspect_commit(source.repo, made)[0]))
            assert all(result.success for result in loop.publish())
            finish(loop, batches[-1])
            if len(batches) == 1:
                train(loop)
        rows = [row for row in csv.DictReader(io.StringIO(dataset(loop, pachyderm))) if row["batch"] == batches[1]]
    (unread,) = loop.materialized("predictions", batches[1])["unreadable_files"].records
    assert unread.data["file"].endswith(":/broken.png")
    assert unread.data["reason"].startswith("cannot be decoded as a picture")
    sources = Counter(row["source"] for row in rows)
    right = Counter(row["source"] for row in rows if row["digit"] == truth[row["item_key"]])
    assert sources["model"] >= SECOND / 4, sources
    assert right["model"] >= 0.8 * sources["model"]
    assert [row["source"] for row in rows if row["picture"].endswith("/broken.png")] == ["crowd"]
