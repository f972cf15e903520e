"""A page's steps, in their order: files, changes, commands with what they print, and places where a person works."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STEP = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$|^<!-- here the test (?P<deed>\w+)',
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Step:
    """A block of code (`kind` is its language), or what a comment has the test do (`kind` is the verb)."""

    kind: str
    title: str
    text: str

    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command of a console, and what it prints."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def read_steps(page: Path) -> list[Step]:
    """The steps of a page."""
    found = STEP.finditer(page.read_text())
    return [Step(one["deed"] or one["kind"], one["title"] or "", one["text"] or "") for one in found]
