"""A classifier that learns from pictures in a Pachyderm: what it is tried on, and what it is asked."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_assets.examples.digits import key
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.labeling.model.stored_classifier import StoredClassifier
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import Item
from hitl_assets.labeling.storage.files import Stored, directory_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.hashes import hash_before
from hitl_assets.steps.evaluation import GoldenAnswers, evaluate
from hitl_assets.steps.training import predict, train

pytestmark = pytest.mark.slow
EXAMPLE = Path(key.__file__).parent
TAUGHT = 120


class Album:
    """The digits with repos of their own, and a dataset of some of them."""

    def __init__(self, pachyderm: Pachyderm, name: str, folder: Path) -> None:
        self.pachyderm, self.folder = pachyderm, folder
        project = load_project(EXAMPLE / "defs.yaml")
        source = project.configuration.source.model_copy(update={"repo": f"{name}_pictures"})
        self.project = replace(
            project,
            folder=folder,
            configuration=project.configuration.model_copy(update={"name": name, "source": source}),
        )

    def with_model(self, **changes: object) -> Project:
        """The project with another section `model`."""
        configuration = self.project.configuration.model_copy(update={"model": Model(**changes)})  # type: ignore[arg-type]
        self.project = replace(self.project, configuration=configuration)
        return self.project

    def commit(self, files: dict[str, bytes]) -> list[Item]:
        """Committed pictures as items."""
        repo = self.project.configuration.source.repo
        made = self.pachyderm.write(repo, files, "by a test")
        for path, content in files.items():
            (self.folder / "one").write_bytes(content)
            files[path] = hash_before(self.folder / "one").encode()
        return [Item(digest.decode(), {"picture": f"{repo}@{made}:{path}"}, path, 1) for path, digest in files.items()]

    def store(self, name: str, value: Stored) -> None:
        """Store an asset as the IO manager does."""
        directory = directory_of(name)
        files = {f"{directory}/{file}": content for file, content in value.to_files().items()}
        self.pachyderm.write(f"{self.project.name}_{name}", files, "by a test", directory)

    def label(self, items: list[Item], labels: list[str]) -> None:
        """The dataset from now on."""
        pairs = zip(items, labels, strict=True)
        rows = [LabeledRow(each.values, label, "crowd", "b", each.item_key, 1.0) for each, label in pairs]
        self.store("concatenated_dataset", StoredDataset(tuple(rows), self.project.label))


def test_a_model_learns_from_pictures_and_is_asked(pachyderm: Pachyderm, prefix: str, tmp_path: Path) -> None:
    """Held out by content, whatever the picture is called; damaged ones are named and left to people."""
    album = Album(pachyderm, prefix, tmp_path)
    drawn = key.draw_all(1, TAUGHT + 4)
    contents, labels = [each.png for each in drawn.values()], [each.digit for each in drawn.values()]
    items = album.commit({f"/{name}": content for name, content in zip(drawn, contents, strict=True)})
    taught = items[:TAUGHT]
    other = f"{prefix}_tests"
    commit = pachyderm.write(other, {f"/t{at}.png": contents[at] for at in range(60)}, "a test file")
    rows = io.StringIO()
    csv.writer(rows).writerows(
        [["picture", "digit"], *([f"{other}@{commit}:/t{at}.png", labels[at]] for at in range(60))]
    )
    (tmp_path / "test.csv").write_text(rows.getvalue())
    (broken,) = album.commit({"/broken.png": contents[0][:-40]})
    album.label([*taught, broken], [*labels[:TAUGHT], "7"])
    told: list[tuple[str, str]] = []
    project = album.with_model(test="test.csv")
    stored = train(pachyderm, project, lambda *about: told.append(about))
    assert (stored.training.rows, stored.rows) == (60, {item.item_key for item in taught[60:]})
    assert [place for place, _ in told] == [broken.values["picture"]]
    project = album.with_model()
    album.store("classifier", train(pachyderm, project))
    evaluation = evaluate(pachyderm, project, GoldenAnswers(0, 0))
    assert evaluation.approved == evaluation.classifier
    assert evaluation.scores["cross_validation"]["accuracy"] > 0.6
    album.store("evaluation", evaluation)
    asked = [*items[TAUGHT:], broken]
    found = predict(pachyderm, project, asked, tell=lambda *about: told.append(about))
    assert [each.item_key for each in found.predictions] == [item.item_key for item in items[TAUGHT:]]
    assert told[1][0] == broken.values["picture"]
    assert predict(pachyderm, project, []).predictions == ()
    with pytest.raises(ServiceError, match=r"has learned from what .*PictureNumbers made .* Materialize classifier"):
        predict(pachyderm, album.with_model(embedding="hitl_assets_tests.steps.test_contents.Sizes"), asked)


def test_what_it_learned_from_is_stored(pachyderm: Pachyderm, prefix: str, tmp_path: Path) -> None:
    """The class and what made the numbers; of texts the file is as it was."""
    album = Album(pachyderm, prefix, tmp_path)
    drawn = key.draw_all(1, 40)
    items = album.commit({f"/{name}": each.png for name, each in drawn.items()})
    album.label(items, [each.digit for each in drawn.values()])
    files = train(pachyderm, album.project).to_files()
    training = StoredClassifier.from_files(files).training
    assert training.classifier.endswith(".PictureClassifier")
    assert training.embedding.endswith(".PictureNumbers")
    plain = replace(StoredClassifier.from_files(files), training=replace(training, embedding=""))
    assert b"embedding" not in plain.to_files()["training.json"]
