"""What a user did wrong is told in a sentence, and a command that is told works when it is pasted."""

import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hitl_assets.cli import main
from hitl_assets.commands.options import in_sentences
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.local.demo.demo import DemoFiles, read_answer_key
from hitl_assets.local.dev import check_keys
from hitl_assets.local.state import State


@pytest.fixture
def wrong_key(tmp_path: Path) -> Path:
    """An answer key with a label that the example does not allow."""
    key = tmp_path / "key.csv"
    key.write_text("headline,category\nOne,maybe\n")
    return key


def test_a_directory_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    """With the whole path, what the system said, and what to do."""
    (tmp_path / "file").touch()
    with (
        pytest.raises(
            click.ClickException, match=r"file/state/emulators cannot be used: Not a directory\. Name another"
        ),
        in_sentences(),
    ):
        State(tmp_path / "file" / "state").prepare()


def test_a_new_project_in_such_a_directory_is_told_the_same(tmp_path: Path) -> None:
    """As by every command."""
    (tmp_path / "file").touch()
    told = CliRunner().invoke(main, ["new", "mine", "--folder", str(tmp_path / "file")])
    assert told.exit_code != 0
    assert "Traceback" not in told.output
    assert str(tmp_path / "file") in told.output


def test_a_rehearsal_refuses_a_key_with_wrong_labels(wrong_key: Path) -> None:
    """Simulated people would give answers that count for nothing."""
    told = CliRunner().invoke(main, ["rehearse", "clickbait", "--answer-key", str(wrong_key)])
    assert told.exit_code == 1
    assert f"{wrong_key} row 2 column category: 'maybe' is not one of clickbait, notclickbait" in told.output


def test_dev_and_demo_refuse_it_too(tmp_path: Path, wrong_key: Path, shipped_project) -> None:
    """Before anything is started."""
    with pytest.raises(UnreadableFileError, match="'maybe' is not one of"):
        check_keys(State(tmp_path / "state"), [wrong_key])
    with pytest.raises(UnreadableFileError, match="'maybe' is not one of"):
        read_answer_key(shipped_project, DemoFiles(answer_key=wrong_key))


def test_a_command_that_is_told_names_the_state_as_a_shell_takes_it() -> None:
    """The default needs no option; blanks are quoted."""
    assert State(Path(".hitl")).option == ""
    assert shlex.split(State(Path("my state/.hitl")).option) == ["--state", "my state/.hitl"]
