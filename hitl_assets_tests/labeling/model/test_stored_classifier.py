"""A classifier goes through its file unchanged, the same training makes the same file, and nothing in a file is run."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.classifier import TextClassifier, input_frame
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.model.stored_classifier import StoredClassifier, Training, read_model, write_model
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.storage.files import restore
from hitl_assets.labeling.tables.tables import UnreadableFileError

TEXTS = input_frame([{"text": text} for text in ("Guess what", "A report", "Guess who", "A treaty") * 5], ["text"])
LABELS = ["clickbait", "news"] * 10
OURS = Model()
MARK = Path("marked.txt")
TRAIN = """
import hashlib
from hitl_assets.labeling.project.automation import Model
from hitl_assets.labeling.classifier import TextClassifier, input_frame
from hitl_assets.labeling.model.stored_classifier import write_model
texts = input_frame([{"text": text} for text in ("Guess what", "A report", "Guess who", "A treaty") * 5], ["text"])
print(hashlib.sha256(write_model(TextClassifier().fit(texts, ["a", "b"] * 10), Model())).hexdigest())
"""


class Hostile:
    """Runs something when it is restored, as a pickled object could."""

    def __init__(self) -> None:
        self.state = "any"

    def __setstate__(self, state: Any) -> None:
        """Leave a mark."""
        MARK.write_text("was here")


def trained() -> TextClassifier:
    """A classifier that knows something."""
    return TextClassifier().fit(TEXTS, LABELS)


def dumps(model: Any) -> bytes:
    """A file of skops that may hold anything."""
    import skops.io  # noqa: PLC0415  # 1 s for all who collect tests

    return skops.io.dumps(model)


@pytest.mark.slow
def test_a_classifier_comes_back_as_it_was() -> None:
    """With the same probabilities, to the last bit."""
    model = trained()
    back = read_model(write_model(model, OURS), OURS, "model.skops")
    assert np.array_equal(back.predict_proba(TEXTS), model.predict_proba(TEXTS))


@pytest.mark.slow
def test_the_same_training_makes_the_same_file() -> None:
    """In another process, with other addresses and another order of hashes: else each run would make a commit."""
    command, path = [sys.executable, "-c", TRAIN], ":".join(sys.path)
    runs = [
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed, "PYTHONPATH": path}, capture_output=True, text=True, check=True
        )
        for seed in ("1", "2")
    ]
    first, second = (run.stdout.strip() for run in runs)
    assert len(first) == 64
    assert first == second


@pytest.mark.slow
def test_a_hostile_type_is_refused_and_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named, the type is named, and nothing has happened."""
    monkeypatch.chdir(tmp_path)
    model = trained()
    model.extra = Hostile()  # type: ignore[attr-defined]  # that is the attack
    content = dumps(model)
    with pytest.raises(ConfigurationError, match=r"repo@commit:model.skops holds types .*\.Hostile.* Nothing of it"):
        read_model(content, OURS, "repo@commit:model.skops")
    assert not MARK.exists()
    name = f"{Hostile.__module__}.{Hostile.__name__}"
    read_model(content, OURS.model_copy(update={"trusted_types": [name]}), "model.skops")
    assert MARK.exists(), "what was trusted was not restored: this test would not have seen an attack"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["system", "popen"])
def test_a_command_in_a_file_is_refused(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema may name any function; naming it calls nothing."""
    monkeypatch.chdir(tmp_path)
    schema = (
        '{"__class__": "%s", "__module__": "os", "__loader__": "ConstructorFromReduceNode", "protocol": 2, "content": '
        '{"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [{"__class__": "str", '
        '"__module__": "builtins", "__loader__": "JsonNode", "content": "\\"touch marked.txt\\"", "is_json": true}]}}'
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("schema.json", schema % command)
    with pytest.raises(ConfigurationError, match=rf"not trusted: os\.{command}\."):
        read_model(archive.getvalue(), OURS, "model.skops")
    assert not MARK.exists()


def test_another_classifier_is_not_the_project_s() -> None:
    """A harmless file may still be somebody else's."""
    from sklearn.dummy import DummyClassifier  # noqa: PLC0415  # as skops

    content = dumps(DummyClassifier().fit(TEXTS, LABELS))
    with pytest.raises(UnreadableFileError, match=r"holds a DummyClassifier, not a hitl_assets.labeling.classifier"):
        read_model(content, OURS, "model.skops")


@pytest.mark.parametrize("damage", [lambda file: file[:-100], lambda file: b"", lambda file: b"pickled?" * 100])
def test_a_damaged_file_is_refused(damage: Any) -> None:
    """With what to do."""
    with pytest.raises(UnreadableFileError, match=r"model.skops cannot be restored: .* Materialize classifier again"):
        read_model(damage(write_model(trained(), OURS)), OURS, "model.skops")


def test_what_could_not_be_restored_is_not_stored() -> None:
    """Whoever brings a class hears of it when it is trained, not when it is needed."""
    model = trained()
    model.extra = Hostile()  # type: ignore[attr-defined]  # as if its author had forgotten it
    with pytest.raises(ConfigurationError, match=r"A trained .* holds types that are not trusted: .*Hostile"):
        write_model(model, OURS)
    model.extra = (each for each in ())  # type: ignore[attr-defined]  # as above
    with pytest.raises(ConfigurationError, match=r"cannot be stored: .*generator"):
        write_model(model, OURS)


def test_files_say_what_it_was_made_of() -> None:
    """For people, and for the next training."""
    training = Training(OURS.classifier, ("text",), ("clickbait", "news"), "abc", rows=20, by_people=12)
    stored = StoredClassifier(b"model", training, frozenset({"b", "a"}))
    files = stored.to_files()
    assert files["rows.txt"] == b"a\nb\n"
    assert restore(StoredClassifier, files, "place") == stored
    with pytest.raises(UnreadableFileError, match=r"^place is not as it was written"):
        restore(StoredClassifier, {**files, "training.json": b"[]"}, "place")
