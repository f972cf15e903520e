"""How a project's files are written: their encoding, and what their columns are called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hitl_assets.labeling.values.characters import normalize_text

# What Toloka's own TSV and CSV files put before a column's name.
FORMS = ("", "INPUT:", "GOLDEN:", "OUTPUT:", "HINT:")
# A name that YAML takes for a text without quotes.
PLAIN = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][\w-]*( [\w-]+)*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Written:
    """`encoding`: of files that are not UTF-8 and have no byte order mark. `columns`: the project's field, by the name
    that a column has in the files, without spaces at its ends."""

    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def field_of(self, name: str) -> str:
        """What a column is called in the project, in the form of Toloka's that it has in the file."""
        if name in self.columns:
            return self.columns[name]
        form, plain = split_form(name)
        return form + self.columns[plain] if plain in self.columns else name

    def names_of(self, column: str) -> list[str]:
        """By which other names files have a field."""
        return [name for name, mapped in self.columns.items() if mapped == column]

    def alike(self, names: Sequence[str], column: str) -> str:
        """A column of a file that is called nearly as a field, or as it should be by `columns`; empty if there is
        none."""
        wanted = {squash(each) for each in (column, *self.names_of(column))} - {""}
        return next((name for name in names if squash(name) in wanted), "")


USUAL = Written()


def split_form(name: str, ignore_case: bool = False) -> tuple[str, str]:
    """What Toloka puts before a column's name, and the name."""
    start = name.upper() if ignore_case else name
    form = next((each for each in FORMS if each and start.startswith(each)), "")
    return form, normalize_text(name[len(form) :])


def squash(name: str) -> str:
    """What two names share that differ in case, spaces, punctuation, and the form that Toloka gives them."""
    _, plain = split_form(name, ignore_case=True)
    return re.sub(r"[\W_]+", "_", plain.casefold()).strip("_")


def plain_name(text: str) -> str:
    """A name that a field or a project can have, made of a text that it can't; empty if nothing is left of it."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return "" if name[:1].isdigit() else name


def as_mapping(name: str, column: str) -> str:
    """A line for the project's YAML that gives a column of files to a field."""
    quoted = name if PLAIN.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"columns: {{{quoted}: {column}}}"
