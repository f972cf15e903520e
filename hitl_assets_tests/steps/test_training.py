"""A classifier is trained, evaluated and asked, in a Pachyderm: which version may be used, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.decisions import Audited
from hitl_assets.labeling.labels.files import StoredDataset, write_audit
from hitl_assets.labeling.model.approval import BEFORE, ENOUGH, PEOPLE
from hitl_assets.labeling.model.evidence import AUDITED, Evidence
from hitl_assets.labeling.model.files import StoredEvaluation
from hitl_assets.labeling.model.stored_classifier import StoredClassifier
from hitl_assets.labeling.project.automation import Model, OwnPredictions, PredictionSource
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Item, Label, Prediction, digest, item_key
from hitl_assets.labeling.storage.files import Stored, directory_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.evaluation import GoldenAnswers, evaluate
from hitl_assets.steps.training import predict, read_own_predictions, train

NOUNS = ("cats", "trains", "rivers", "clocks", "doors", "gardens", "bridges", "lamps", "ships", "roads", "maps")
VERBS = ("love", "paint", "fear", "collect")
BAIT = [f"You Will Never Guess Who {verb.title()}s These {noun.title()}" for verb in VERBS for noun in NOUNS]
NEWS = [f"Council reports that residents {verb} {noun}" for verb in VERBS for noun in NOUNS]
RIGHT = {**dict.fromkeys(BAIT, "clickbait"), **dict.fromkeys(NEWS, "notclickbait")}
NOBODY = GoldenAnswers(0, 0)


# Each trains a classifier or two.
pytestmark = pytest.mark.slow


class Desk:
    """A project with a model, whose dataset is written by hand."""

    def __init__(self, pachyderm: Pachyderm, project: Project, folder: Path) -> None:
        self.pachyderm, self.folder = pachyderm, folder
        self.project = replace(
            project, folder=folder, configuration=project.configuration.model_copy(update={"model": Model()})
        )

    def with_test(self, names: Sequence[str]) -> None:
        """Name a file for the test, with the right labels of these headlines."""
        rows = "\n".join(["headline,category", *(f"{name},{RIGHT[name]}" for name in names), ""])
        (self.folder / "test.csv").write_text(rows)
        tested = self.project.configuration.model_copy(update={"model": Model(test="test.csv")})
        self.project = replace(self.project, configuration=tested)

    def label(self, names: Sequence[str], wrong: Sequence[str] = ()) -> None:
        """The dataset from now on: these headlines, some of them labeled the other way round."""
        other = {"clickbait": "notclickbait", "notclickbait": "clickbait"}
        rows = [
            LabeledRow({"headline": name}, other[RIGHT[name]] if name in wrong else RIGHT[name], "crowd", confidence=1)
            for name in names
        ]
        self.store("concatenated_dataset", StoredDataset(tuple(rows), self.project.label))

    def store(self, name: str, value: Stored) -> str:
        """Store an asset as the IO manager does."""
        repo, directory = f"{self.project.name}_{name}", directory_of(name)
        files = {f"{directory}/{file}": content for file, content in value.to_files().items()}
        return self.pachyderm.write(repo, files, "by a test", directory)

    def train(self, people: GoldenAnswers = NOBODY) -> StoredEvaluation:
        """Train and evaluate."""
        self.store("classifier", train(self.pachyderm, self.project))
        evaluation = evaluate(self.pachyderm, self.project, people)
        self.store("evaluation", evaluation)
        return evaluation

    def ask(self, *names: str, before: Sequence[str] = ()) -> list[tuple[str, str]]:
        """What the approved classifier says: label and version of each headline."""
        items = [Item(item_key({"headline": name}), {"headline": name}, "f", 2) for name in names]
        found = predict(self.pachyderm, self.project, items, before)
        return [(each.label, each.model) for each in found.predictions]


@pytest.fixture
def desk(pachyderm: Pachyderm, project: Project, tmp_path: Path) -> Desk:
    """A project with a model."""
    return Desk(pachyderm, project, tmp_path)


def passed(evaluation: StoredEvaluation) -> dict[str, bool]:
    """What was judged."""
    return {each.name: each.passed for each in evaluation.judgments}


def test_too_little_to_learn_from_is_said_with_what_is_there(desk: Desk) -> None:
    """By whoever trains by hand; the sensor waits."""
    with pytest.raises(ServiceError, match=r"_concatenated_dataset has no /concatenated_dataset\. Materialize"):
        train(desk.pachyderm, desk.project)
    desk.label(BAIT[:19])
    with pytest.raises(
        ServiceError, match=r"19 rows to learn from, with the labels: clickbait\. A classifier needs 20"
    ):
        train(desk.pachyderm, desk.project)


def test_the_same_dataset_makes_the_same_files(desk: Desk) -> None:
    """So that training again makes no commit, and its data version is the dataset's."""
    desk.label([*BAIT[:20], *NEWS[:20]])
    first, second = (train(desk.pachyderm, desk.project).to_files() for _ in range(2))
    assert first == second
    desk.label([*BAIT[:20], *NEWS[:21]])
    assert train(desk.pachyderm, desk.project).training.dataset != StoredClassifier.from_files(first).training.dataset


def test_without_an_evaluation_nothing_is_predicted(desk: Desk) -> None:
    """A classifier alone is no permission."""
    assert desk.ask(BAIT[0]) == []
    desk.label([*BAIT[:20], *NEWS[:20]])
    desk.store("classifier", train(desk.pachyderm, desk.project))
    assert desk.ask(BAIT[0]) == []


def test_an_approved_classifier_predicts(desk: Desk) -> None:
    """What it has not seen, with the version that was approved."""
    desk.label([*BAIT[:20], *NEWS[:20]])
    evaluation = desk.train()
    assert evaluation.approved == evaluation.classifier
    version = evaluation.classifier.hash
    assert desk.ask(BAIT[40], NEWS[40]) == [("clickbait", version), ("notclickbait", version)]
    assert len(evaluation.evidence) == 40
    assert evaluation.scores["cross_validation"]["accuracy"] > 0.9
    assert "test" not in evaluation.scores


def test_the_test_file_is_never_learned(desk: Desk) -> None:
    """Also when its rows are labeled in a batch: the scores on it would mean nothing."""
    desk.with_test([*BAIT[30:42], *NEWS[30:42]])
    desk.label([*BAIT, *NEWS])
    trained = train(desk.pachyderm, desk.project)
    assert trained.training.rows == len(RIGHT) - 24
    evaluation = desk.train()
    assert evaluation.scores["test"]["rows"] == 24
    assert len(evaluation.evidence) == 24


def test_a_worse_classifier_is_not_used(desk: Desk) -> None:
    """After a batch of wrong labels: the one before stays, and goes on predicting."""
    desk.with_test([*BAIT[30:], *NEWS[30:]])
    desk.label([*BAIT[:20], *NEWS[:20]])
    good = desk.train()
    desk.label([*BAIT[:28], *NEWS[:28]], wrong=[*BAIT[:28], *NEWS[:28]])
    bad = desk.train()
    assert passed(bad) == {ENOUGH: True, BEFORE: False, PEOPLE: True}
    assert bad.approved == good.classifier != bad.classifier
    assert desk.ask(BAIT[40]) == [("clickbait", good.classifier.hash)]
    assert sum(each.is_right for each in bad.evidence) > 0.9 * len(bad.evidence), "of the approved one"
    desk.label([*BAIT[:29], *NEWS[:29]])
    better = desk.train()
    assert better.approved == better.classifier


def test_without_a_test_file_the_new_rows_compare(desk: Desk) -> None:
    """A classifier that contradicts what the one before knew of new rows, and is right less often, is not used."""
    desk.label([*BAIT[:20], *NEWS[:20]])
    good = desk.train()
    # The rows from before are turned round now; the new ones, which only the first classifier gets right, are not.
    desk.label([*BAIT[:30], *NEWS[:30]], wrong=[*BAIT[:20], *NEWS[:20]])
    bad = desk.train()
    assert not passed(bad)[BEFORE]
    assert "Of 20 rows" in {each.name: each.description for each in bad.judgments}[BEFORE]
    assert bad.approved == good.classifier


def test_a_classifier_worse_than_people_is_not_used(desk: Desk) -> None:
    """It has learned nothing; people know nearly everything."""
    names = [*BAIT[:30], *NEWS[:30]]
    desk.label(names, wrong=sorted(names, key=digest)[:30])
    evaluation = desk.train(GoldenAnswers(195, 200))
    assert not passed(evaluation)[PEOPLE]
    assert evaluation.approved is None
    assert evaluation.evidence == ()
    assert desk.ask(BAIT[40]) == []


def test_too_little_evidence_approves_nothing(desk: Desk) -> None:
    """A test file of four rows cannot tell."""
    desk.with_test([*BAIT[30:32], *NEWS[30:32]])
    desk.label([*BAIT[:20], *NEWS[:20]])
    evaluation = desk.train()
    assert passed(evaluation) == {ENOUGH: False, BEFORE: True, PEOPLE: True}
    assert evaluation.approved is None


def test_an_approved_classifier_that_was_changed_is_refused(desk: Desk) -> None:
    """Approved is what was evaluated, not what lies there now."""
    desk.label([*BAIT[:20], *NEWS[:20]])
    evaluation = desk.train()
    forged = replace(evaluation, approved=replace(evaluation.classifier, hash="0" * 64))
    desk.store("evaluation", forged)
    with pytest.raises(ServiceError, match="is not what was approved"):
        desk.ask(BAIT[40])
    again = evaluate(desk.pachyderm, desk.project, NOBODY)
    assert again.approved == evaluation.classifier, "evaluating again is the way out"


def test_predictions_may_be_in_a_repo_of_their_own(desk: Desk) -> None:
    """At its head; while there is none, people label everything."""
    own = OwnPredictions(source=PredictionSource(repo=f"{desk.project.name}_predicted"))
    settings = desk.project.configuration.model_copy(update={"model": Model(predictions=own)})
    desk.project = replace(desk.project, configuration=settings)
    items = [Item(item_key({"headline": name}), {"headline": name}, "/a.csv", 2) for name in ("One", "Two")]
    assert read_own_predictions(desk.pachyderm, desk.project, "any", items).predictions == ()
    rows = b"headline,predicted_label,predicted_probability\nTwo,clickbait,0.9\n"
    commit = desk.pachyderm.write(f"{desk.project.name}_predicted", {"/p.csv": rows}, "by a test")
    (found,) = read_own_predictions(desk.pachyderm, desk.project, "any", items).predictions
    assert found == Prediction(items[1].item_key, "clickbait", 0.9, f"{desk.project.name}_predicted@{commit}")


def test_audits_of_earlier_batches_are_evidence(desk: Desk) -> None:
    """Of this version of the classifier, and from the batches that were there before."""
    desk.label([*BAIT[:20], *NEWS[:20]])
    evaluation = desk.train()
    version = evaluation.classifier.hash
    label = Label("k", {}, "clickbait", 0.75, {"clickbait": 2}, (), "p")
    audits = {
        f"/{batch}/audit.csv": write_audit((Audited(Prediction("k", "clickbait", 0.9, model), label),))
        for batch, model in (("one", version), ("two", "another"), ("later", version))
    }
    desk.pachyderm.write(f"{desk.project.name}_aggregated_labels", audits, "by a test")
    found = predict(desk.pachyderm, desk.project, (), ["one", "two", "three"])
    assert found.evidence == (*evaluation.evidence, Evidence(0.9, 1.0, source=AUDITED))
