"""docs/tutorial.md, as somebody goes through it who has nothing yet."""

from pathlib import Path

import pytest

from .learner import Learner
from .page import read_steps

pytestmark = pytest.mark.story

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"


def test_the_tutorial_leads_to_a_dataset(tmp_path: Path) -> None:
    """Every command is run, and prints what the page says, up to what differs from time to time."""
    folder = tmp_path / "reviews of mine"
    folder.mkdir()
    with Learner(folder) as learner:
        for step in read_steps(PAGE):
            learner.take(step)
