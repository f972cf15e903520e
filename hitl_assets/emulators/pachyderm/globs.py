"""pachd's globs as regular expressions: ohmyglob syntax, and `/` separates."""

import re

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.errors import RefusedError

# `@(a|b)` and its kin end with a quantifier; `!(a|b)` looks ahead.
EXTENDED = {"@": "", "*": "*", "+": "+", "?": "?"}
CHARACTER_CLASS = re.compile(r"\[([!^]?)((?:\[:\w+:\]|\\.|[^\]\\])+)\]")
POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def is_glob(path: str) -> bool:
    """Whether the path can match anything but itself."""
    return paths.GLOB_CHARACTERS.search(path) is not None


def literal_directory(pattern: str) -> str:
    """The deepest directory that holds everything the pattern can match."""
    found = paths.GLOB_CHARACTERS.search(pattern)
    literal = pattern[: found.start()] if found else pattern
    return literal[: literal.rfind("/") + 1] or "/"


def compile_glob(pattern: str) -> re.Pattern[str]:
    """A regular expression for whole paths without a trailing slash.

    Raises:
        RefusedError: the glob is malformed.
    """
    try:
        return re.compile(Translation(paths.clean(pattern)).translate(), re.DOTALL)
    except (re.error, IndexError) as error:
        raise RefusedError(f"glob ({pattern}) invalid: {error}") from error


class Translation:
    """One pass over a glob, left to right."""

    def __init__(self, pattern: str, is_rest: bool = False) -> None:
        self.pattern = pattern
        self.is_rest = is_rest
        self.at = 0

    def translate(self, stop: str = "") -> str:
        """The regular expression up to one of the `stop` characters, which is not consumed."""
        parts: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in stop:
            parts.append(self._one(self.pattern[self.at]))
        return "".join(parts)

    def _one(self, character: str) -> str:
        if self.pattern[self.at + 1 : self.at + 2] == "(" and character in "@*+?!":
            return self._extended(character)
        self.at += 1
        if character == "*":
            if self.pattern[self.at : self.at + 1] == "*":
                self.at += 1
                return ".*"
            return "[^/]*"
        if character == "?":
            return "[^/]"
        if character == "[":
            return self._character_class()
        if character == "{":
            return self._alternatives(",", "}")
        if character == "\\":
            self.at += 1
            return re.escape(self.pattern[self.at - 1])
        return re.escape(character)

    def _extended(self, kind: str) -> str:
        self.at += 2
        choices = self._alternatives("|", ")")
        if kind != "!":
            return choices + EXTENDED[kind]
        # What follows belongs to what must not match: `!(a).csv` is against `a.csv`, not against all that starts with
        # `a`. Once only: looking ahead inside of a look-ahead would double the work with each `!`.
        rest = "" if self.is_rest else Translation(self.pattern[self.at :], is_rest=True).translate()
        return f"(?:(?!{choices}{rest}$)[^/]*)"

    def _alternatives(self, separator: str, end: str) -> str:
        choices = [self.translate(separator + end)]
        while self.pattern[self.at] == separator:
            self.at += 1
            choices.append(self.translate(separator + end))
        self.at += 1
        return "(?:" + "|".join(choices) + ")"

    def _character_class(self) -> str:
        found = CHARACTER_CLASS.match(self.pattern, self.at - 1)
        if found is None:
            raise re.error("a character class isn't closed")
        self.at = found.end()
        negation, body = found.groups()
        for name, characters in POSIX_CLASSES.items():
            body = body.replace(f"[:{name}:]", characters)
        return f"[{'^/' if negation else ''}{body}]"
