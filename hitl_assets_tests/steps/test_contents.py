"""What a classifier is given of files in Pachyderm: paths, pictures or numbers, and what becomes of bad ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.sections import RawSource
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.contents import PORTION, open_contents
from hitl_assets_tests.labeling.items.drawings import draw

HERE = __name__


class OfPaths:
    """Takes paths of files."""

    takes = "paths"

    def fit(self, X: Any, y: Any) -> None:  # noqa: N803  # scikit-learn's names
        """Nothing."""

    def predict_proba(self, X: Any) -> Any:  # noqa: N803  # scikit-learn's names
        """Nothing."""


class OfArrays(OfPaths):
    """Takes decoded pictures."""

    takes = "arrays"


class OfTexts(OfPaths):
    """Takes texts, as if it said nothing."""

    takes = "texts"


class OfNumbers(OfPaths):
    """Takes numbers."""

    takes = "numbers"


class OfSmells(OfPaths):
    """Takes what there is not."""

    takes = "smells"


class Sizes:
    """How large each file is; remembers how many there were at once."""

    most = 0

    def embed(self, contents: Sequence[str]) -> np.ndarray:
        """One number for each."""
        Sizes.most = max(Sizes.most, len(contents), len(list(Path(contents[0]).parent.iterdir())))
        return np.array([[Path(each).stat().st_size] for each in contents])


class Lengths:
    """How long each text is."""

    def embed(self, contents: Sequence[str]) -> list[list[int]]:
        """One number for each."""
        return [[len(each)] for each in contents]


class Wrong:
    """Makes too few rows."""

    def embed(self, contents: Sequence[str]) -> list[list[int]]:
        """None at all."""
        return []


@pytest.fixture
def drawn(project: Project) -> Project:
    """A project whose items are pictures."""
    source = RawSource(repo=project.configuration.source.repo, glob="/**", items="files", field="headline")
    return replace(project, configuration=project.configuration.model_copy(update={"source": source}))


def with_model(project: Project, **model: Any) -> Project:
    """The same with a model."""
    return replace(project, configuration=project.configuration.model_copy(update={"model": Model(**model)}))


def give(pachyderm: Pachyderm, project: Project, values: Sequence[str], told: list[Any] | None = None) -> Any:
    """A function of the contents' opener: what is given, looked at while it is there."""
    assert project.model is not None
    say = [] if told is None else told
    return open_contents(pachyderm, project, project.model, lambda *about: say.append(about)), [
        {"headline": each} for each in values
    ]


def commit(pachyderm: Pachyderm, project: Project, files: dict[str, bytes]) -> list[str]:
    """The places of committed files."""
    repo = project.configuration.source.repo
    made = pachyderm.write(repo, files, "by a test")
    return [f"{repo}@{made}:{path}" for path in files]


def test_paths_are_those_of_copies_that_go_away(drawn: Project, pachyderm: Pachyderm) -> None:
    """A DataFrame as ever, in which the place is a path that ends as the file does."""
    project = with_model(drawn, classifier=f"{HERE}.OfPaths")
    content = draw("JPEG")
    opened, values = give(pachyderm, project, commit(pachyderm, project, {"/one/a b.JPG": content}))
    with opened as contents:
        given = contents.give(values, ["headline"])
        (path,) = map(Path, given.X["headline"])
        assert (path.read_bytes() == content, path.suffix) == (True, ".jpg")
        assert list(contents.give(values, ["headline"]).X["headline"]) == [str(path)], "fetched once"
    assert not path.exists()


def test_arrays_are_the_pictures(drawn: Project, pachyderm: Pachyderm) -> None:
    """Height, width and three colours of each."""
    project = with_model(drawn, classifier=f"{HERE}.OfArrays")
    files = {"/a.png": draw(colour="red"), f"/b.{'x' * 250}": draw(colour="blue", size=(7, 9))}
    opened, values = give(pachyderm, project, commit(pachyderm, project, files))
    with opened as contents:
        found = list(contents.give(values, ["headline"]).X)
    assert [each.shape for each in found] == [(20, 30, 3), (9, 7, 3)]
    assert [tuple(each[0, 0]) for each in found] == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.slow
def test_numbers_are_made_of_a_few_files_at_a_time(drawn: Project, pachyderm: Pachyderm) -> None:
    """However many there are: those that were looked at are gone before others come."""
    project = with_model(drawn, classifier=f"{HERE}.OfNumbers", embedding=f"{HERE}.Sizes")
    files = {f"/{number}.txt": b"x" * number for number in range(1, PORTION + 11)}
    opened, values = give(pachyderm, project, commit(pachyderm, project, files))
    with opened as contents:
        given = contents.give(values, ["headline"])
    assert given.X[:, 0].tolist() == list(range(1, PORTION + 11))
    assert Sizes.most == PORTION


@pytest.mark.parametrize("model", [{"classifier": f"{HERE}.OfPaths"}, {"classifier": f"{HERE}.OfArrays"}, {}])
def test_what_cannot_be_used_is_left_out_and_named(drawn: Project, pachyderm: Pachyderm, model: Any) -> None:
    """A picture whose end is missing, one that is gone, an address: each once, and the others go on."""
    project, told = with_model(drawn, **model), []  # type: ignore[var-annotated]
    files = {"/cut.png": draw(size=(90, 90))[:-30], "/good.png": draw(), "/empty.png": b""}
    cut, good, empty = commit(pachyderm, project, files)
    gone, address = good.replace("good", "gone"), "https://example.com/a.png"
    opened, values = give(pachyderm, project, [cut, good, empty, gone, address, good], told)
    with opened as contents:
        given = [contents.give(values, ["headline"]) for _ in range(2)][1]
        assert (list(given.kept), len(given.X)) == ([1, 5], 2)
    assert {place: reason.split(":")[0] for place, reason in told} == {
        cut: "cannot be decoded as a picture",
        empty: "cannot be decoded as a picture",
        gone: "is not there",
        address: "is no place of a file in Pachyderm (repo@commit",
    }
    assert len(told) == 4


def test_texts_have_embeddings_too(project: Project, pachyderm: Pachyderm) -> None:
    """Of rows, the input fields joined; a linear model learns from them if no class is named."""
    embedded = with_model(project, embedding=f"{HERE}.Lengths")
    opened, values = give(pachyderm, embedded, ["One", "Three"])
    with opened as contents:
        assert contents.give(values, ["headline"]).X.tolist() == [[3], [5]]
    assert embedded.model is not None
    assert embedded.model.classifier.endswith(".LinearClassifier")


def test_an_embedding_that_makes_no_rows_is_an_error(project: Project, pachyderm: Pachyderm) -> None:
    """It is named, with what it made."""
    opened, values = give(pachyderm, with_model(project, embedding=f"{HERE}.Wrong"), ["One"])
    with opened as contents, pytest.raises(ConfigurationError, match=r"Wrong': embed made an array of \(0,\) of 1"):
        contents.give(values, ["headline"])


@pytest.mark.parametrize(
    ("of_files", "model", "reason"),
    [
        (False, {"classifier": f"{HERE}.OfPaths"}, "takes paths, and items are rows"),
        (False, {"classifier": f"{HERE}.OfArrays"}, "takes arrays, and items are rows"),
        (False, {"classifier": f"{HERE}.OfNumbers"}, "takes numbers, which nothing makes"),
        (False, {"classifier": f"{HERE}.OfSmells"}, "takes 'smells'. It can take: texts, paths, arrays, numbers"),
        (False, {"classifier": f"{HERE}.OfTexts", "embedding": f"{HERE}.Lengths"}, "is used by nothing"),
        (True, {"classifier": f"{HERE}.OfTexts"}, "nothing is known of it but where it is"),
    ],
)
def test_a_class_that_cannot_be_given_what_it_takes_is_refused(
    project: Project, drawn: Project, pachyderm: Pachyderm, of_files: bool, model: Any, reason: str
) -> None:
    """Before anything is fetched, with what to do."""
    chosen = with_model(drawn if of_files else project, **model)
    with pytest.raises(ConfigurationError, match=r"model\.(classifier|embedding)") as error:
        give(pachyderm, chosen, [])[0].__enter__()
    assert reason in str(error.value)
