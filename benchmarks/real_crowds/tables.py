"""Tables in Markdown: their lines, and how many answers an item has in words."""

from benchmarks.real_crowds.crowds import ALL


def row(*cells: object) -> str:
    """One line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def header(*cells: str) -> list[str]:
    """The head of a table."""
    return ["", row(*cells), row(*["---"] * len(cells))]


def count_name(answers: int) -> str:
    """How many answers an item has, in words for a table."""
    return "all" if answers == ALL else str(answers)
