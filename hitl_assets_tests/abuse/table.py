"""The table of `make test-abuse`: a row for each action, a column for each stage, as Markdown."""

from collections.abc import Iterator, Mapping

from .stages import STAGES

PROPERTY = "abuse"


def lines(found: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """The table: how the batch came to its end, by action and stage. What was not tried is empty."""
    yield f"| | {' | '.join(STAGES)} |"
    yield "| --- " * (len(STAGES) + 1) + "|"
    for action in dict.fromkeys(action for action, _ in found):
        cells = [found.get((action, stage), "") for stage in STAGES]
        yield f"| {action} | {' | '.join(cells)} |"
