"""Who answers on emulators that run, whoever started them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.local.crowds import Answering, ask_people, own_keys, tell_keys
from hitl_assets.local.state import PACKAGE
from hitl_assets.services.errors import ServiceError


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[TolokaEmulator]:
    """An emulator that somebody started, with a key of their own and people who make nothing up."""
    key = tmp_path / "theirs.csv"
    key.write_text("headline,category\nOne,clickbait\n")
    with TolokaEmulator(tmp_path / "state", answer_key=key, speed="manual", crowd="good", makes_up=False) as running:
        yield running


@pytest.fixture
def mapped(tmp_path: Path) -> Project:
    """The shipped project, whose files call their columns otherwise; beside it some items with right answers."""
    folder = tmp_path / "clickbait"
    shutil.copytree(
        PACKAGE / "projects" / "clickbait", folder, ignore=shutil.ignore_patterns("headlines_*", "labeled*")
    )
    path = folder / "defs.yaml"
    source = '{repo: clickbait_headlines, branch: master, glob: "/**.csv"'
    text = path.read_text()
    assert source in text
    path.write_text(text.replace(source, f"{source}, columns: {{Text: headline, Right: category}}"))
    (folder / "items.csv").write_text("Text,Right\nOne,clickbait\nTwo,notclickbait\n")
    return load_project(path)


def test_running_emulators_are_told_the_keys_of_projects(
    emulator: TolokaEmulator, mapped: Project, tmp_path: Path
) -> None:
    """Also of one that came later; what they were started with is kept, and told instead of what we would start."""
    theirs = str(tmp_path / "theirs.csv")
    assert ask_people(emulator.url) == Answering("good", [theirs], makes_up=False)
    told = tell_keys(emulator.url, [mapped], [])
    assert told == Answering("good", [theirs, str(mapped.folder / "items.csv")], makes_up=False)
    assert tell_keys(emulator.url, [mapped], []) == told


def test_a_given_key_is_read_as_each_project_reads_it(
    emulator: TolokaEmulator, mapped: Project, tmp_path: Path
) -> None:
    """Simulated people know the columns of Toloka only."""
    key = tmp_path / "key.csv"
    key.write_text("Text,Right\nThree,clickbait\n", encoding="utf-16")
    assert tell_keys(emulator.url, [mapped], [key]).keys[-2:] == [str(key), f"{key} for clickbait"]


def test_right_answers_are_told_by_item(mapped: Project) -> None:
    """In whichever file and by whichever names they are; wrong ones are nobody's."""
    ((name, content),) = own_keys([mapped])
    assert (name, content.decode().splitlines()[0]) == (str(mapped.folder / "items.csv"), "item_key,category")
    assert sorted(line.split(",")[1] for line in content.decode().splitlines()[1:]) == ["clickbait", "notclickbait"]
    (mapped.folder / "items.csv").write_text("Text,Right\nOne,apple\n")
    assert list(own_keys([mapped])) == []


@pytest.mark.parametrize(
    ("answering", "lines"),
    [
        (("none", ["k.csv"], False), ["Answers        you, at there"]),
        (("mixed", [], False), ["Answers        you, at there"]),
        (("mixed", [], True), ["Answers        simulated (mixed), and their truth is made up"]),
        (
            ("mixed", ["k.csv"], False),
            [
                "Answers        simulated (mixed), for items whose answers are in k.csv",
                "Other items    you, at there",
            ],
        ),
    ],
)
def test_it_is_said_who_answers(answering: tuple[str, list[str], bool], lines: list[str]) -> None:
    """By what the emulators do, not by what they would do if we had started them."""
    assert list(Answering(*answering).describe("there")) == lines


def test_a_server_that_is_no_emulator_is_told() -> None:
    """`hitl dev` goes on, and says so."""
    with pytest.raises(ServiceError, match="did not answer GET people"):
        ask_people("http://127.0.0.1:9")
