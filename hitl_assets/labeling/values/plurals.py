"""Counts as people read them: there is one of something, or there are several."""


def plural(number: int, one: str, many: str = "") -> str:
    """A number with its noun, `1 file` or `2 files`; with what the noun does if both forms are given: `row was`,
    `rows were`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
