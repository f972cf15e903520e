"""pachd's globs: ohmyglob syntax, and `/` separates."""

import re

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.files.patterns import (
    EMPTY,
    NOTHING,
    Characters,
    Except,
    Matcher,
    Star,
    Term,
    atom,
    either,
    join,
)

# A longer pattern, or one with deeper groups, is no honest question.
LONGEST = 4096
DEEPEST = 16

NOT_SLASH = atom(Characters(frozenset("/"), negated=True))
ANY = atom(Characters(frozenset(), negated=True))
POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\x00-\x7f",
    "blank": "\t ",
    "cntrl": "\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@[-`{-~",
    "space": "\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
CHARACTER_CLASS = re.compile(r"\[([!^]?)((?:\[:\w+:\]|\\.|[^\]\\])+)\]", re.DOTALL)
MEMBER = re.compile(r"\[:(?P<posix>\w+):\]|(?P<first>\\.|.)(?:-(?P<last>\\.|.))?", re.DOTALL)


def is_glob(path: str) -> bool:
    """Whether the path can match anything but itself."""
    return paths.GLOB_CHARACTERS.search(path) is not None


def literal_prefix(pattern: str) -> str:
    """How everything starts that the pattern can match."""
    found = paths.GLOB_CHARACTERS.search(pattern)
    return pattern[: found.start()] if found else pattern


def literal_directory(pattern: str) -> str:
    """The deepest directory that holds everything the pattern can match."""
    literal = literal_prefix(pattern)
    return literal[: literal.rfind("/") + 1] or "/"


def compile_glob(pattern: str) -> Matcher:
    """A matcher for whole paths without a trailing slash.

    Raises:
        RefusedError: the glob is malformed, or would take too long.
    """
    if len(pattern) > LONGEST:
        raise RefusedError(f"glob ({pattern[:20]}...) invalid: it has {len(pattern)} characters, {LONGEST} are allowed")
    try:
        return Matcher(Translation(paths.clean(pattern)).translate())
    except IndexError:
        # As in pachd, a group that isn't closed matches nothing.
        return Matcher(NOTHING)
    except UnclosedError as error:
        raise RefusedError("unexpected end of input") from error
    except ValueError as error:
        raise RefusedError(f"glob ({pattern}) invalid: {error}") from error


class UnclosedError(Exception):
    """A character class isn't closed."""


class Translation:
    """One pass over a glob, left to right."""

    def __init__(self, pattern: str, depth: int = 0, is_rest: bool = False) -> None:
        self.pattern = pattern
        self.depth = depth
        self.is_rest = is_rest
        self.at = 0

    def translate(self, stop: str = "") -> Term:
        """The term up to one of the `stop` characters, which is not consumed."""
        parts: list[Term] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in stop:
            parts.append(self._one(self.pattern[self.at], stop))
        return join(parts)

    def _one(self, character: str, stop: str) -> Term:
        if self.pattern[self.at + 1 : self.at + 2] == "(" and character in "@*+?!":
            self.at += 2
            choices = self._alternatives("|", ")")
            if character == "!":
                return self._negate(choices, stop)
            many = atom(Star(choices))
            forms = {"@": choices, "*": many, "+": join([choices, many]), "?": choices | EMPTY}
            return forms[character]
        self.at += 1
        return self._simple(character)

    def _simple(self, character: str) -> Term:
        if character == "*":
            is_double = self.pattern[self.at : self.at + 1] == "*"
            self.at += is_double
            return atom(Star(ANY if is_double else NOT_SLASH))
        if character == "?":
            return NOT_SLASH
        if character == "[":
            return self._character_class()
        if character == "{":
            return self._alternatives(",", "}")
        if character == "(":
            return self._alternatives("|", ")")
        if character == "\\":
            self.at += 1
            character = self.pattern[self.at - 1]
        return atom(Characters(frozenset(character)))

    def _negate(self, choices: Term, stop: str) -> Term:
        # What follows belongs to what must not match: `!(a).csv` is against `a.csv`, not against all that starts with
        # `a`. Once only: an exception inside of an exception would double the work with each `!`.
        start = self.at
        self._go_deeper()
        allowed = join([atom(Star(NOT_SLASH)), self.translate(stop)])
        forbidden = choices
        if not self.is_rest:
            again = Translation(self.pattern, self.depth, is_rest=True)
            again.at = start
            forbidden = join([choices, again.translate(stop)])
        self.depth -= 1
        return atom(Except(allowed, forbidden))

    def _alternatives(self, separator: str, end: str) -> Term:
        self._go_deeper()
        choices = [self.translate(separator + end)]
        while self.pattern[self.at] == separator:
            self.at += 1
            choices.append(self.translate(separator + end))
        self.at += 1
        self.depth -= 1
        return either(choices)

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError(f"its groups are more than {DEEPEST} deep")

    def _character_class(self) -> Term:
        found = CHARACTER_CLASS.match(self.pattern, self.at - 1)
        if found is None:
            raise UnclosedError
        self.at = found.end()
        negation, body = found.groups()
        # A negated class matches no slash either.
        members = expand_class(body) | ({"/"} if negation else frozenset())
        return atom(Characters(members, negated=bool(negation)))


def expand_class(body: str) -> frozenset[str]:
    """The characters of a class: single ones, ranges, and POSIX classes. Beyond ASCII there is no path."""
    members: set[str] = set()
    for found in MEMBER.finditer(body):
        posix, first, last = found.groups()
        if posix:
            if posix not in POSIX_CLASSES:
                raise ValueError(f"there is no character class {posix}")
            members |= expand_class(POSIX_CLASSES[posix])
            continue
        start, end = ord(first[-1]), ord((last or first)[-1])
        if start > end:
            raise ValueError(f"the range {found[0]} is empty")
        members.update(map(chr, range(start, min(end, 127) + 1)))
    return frozenset(members)
