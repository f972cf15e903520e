"""The rooms and who may enter which: import-linter keeps the contracts of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINTER = "from importlinter.cli import lint_imports_command as main; main()"


@pytest.mark.slow
def test_imports_point_down() -> None:
    """A knot between rooms is a design error, wherever it hides."""
    done = subprocess.run([sys.executable, "-c", LINTER], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_outgrows_its_room() -> None:
    """250 lines make one think, 400 are two files."""
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / "hitl_assets").rglob("*.py")}
    assert {str(path): n for path, n in lengths.items() if n > 400} == {}
