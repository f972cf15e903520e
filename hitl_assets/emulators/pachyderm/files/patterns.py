"""Matching without backtracking: terms of a regular expression, and their derivatives.

The derivative of a term by a character is what may follow that character (Brzozowski; as sums of products, Antimirov:
a term without exceptions has few of them). Derivatives are remembered, so that most characters cost a lookup, and what
making them costs is limited. Python's own expressions go back and try again, and nothing can stop them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hitl_assets.emulators.pachyderm.errors import RefusedError

# What one pattern may cost in all, and how many derivatives are remembered.
WORK = 1_000_000
REMEMBERED = 20_000


# Terms of a pattern are compared by identity, which is enough and costs nothing. Only exceptions are made on the way.
@dataclass(frozen=True, eq=False)
class Characters:
    """One character out of a set, or with `negated` any other one."""

    members: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, eq=False)
class Group:
    """A sum within a product: spelled out, `{a,b}{a,b}{a,b}` would be eight products."""

    term: "Term"


@dataclass(frozen=True, eq=False)
class Star:
    """Any number of times."""

    term: "Term"


@dataclass(frozen=True)
class Except:
    """What the one term matches and the other one doesn't."""

    term: "Term"
    other: "Term"


# A product of atoms; no atoms match the empty text. A term is a sum of products; none match nothing.
Atom = Characters | Group | Star | Except
Product = tuple[Atom, ...]
Term = frozenset[Product]

NOTHING: Term = frozenset()
EMPTY: Term = frozenset({()})


def atom(one: Atom) -> Term:
    """A term of one atom."""
    return frozenset({(one,)})


def join(terms: Iterable[Term]) -> Term:
    """One after the other."""
    atoms: list[Atom] = []
    for term in terms:
        if len(term) == 1:
            atoms += next(iter(term))
        else:
            atoms.append(Group(term))
    return frozenset({tuple(atoms)})


def either(terms: Iterable[Term]) -> Term:
    """One of them."""
    return frozenset().union(*terms)


class Matcher:
    """Asks whether texts match one term as a whole."""

    def __init__(self, term: Term) -> None:
        self._term = term
        self._work = WORK
        self._derivatives: dict[tuple[Term, str], Term] = {}
        self._optional: dict[Term, bool] = {}
        # One object per state: a lookup then compares identities.
        self._states: dict[Term, Term] = {}

    def fullmatch(self, text: str) -> bool:
        """Whether it does.

        Raises:
            RefusedError: the pattern has cost too much, with this text or with those before.
        """
        state = self._term
        for character in text:
            known = self._derivatives.get((state, character))
            state = self._next(state, character) if known is None else known
            if not state:
                return False
        if state not in self._optional:
            self._optional[state] = self._is_optional(state)
        return self._optional[state]

    def _next(self, state: Term, character: str) -> Term:
        if len(self._derivatives) > REMEMBERED:
            for known in (self._derivatives, self._optional, self._states):
                known.clear()
        derivative = self._derive(state, character)
        derivative = self._derivatives[state, character] = self._states.setdefault(derivative, derivative)
        return derivative

    def _derive(self, term: Term, character: str) -> Term:
        found: set[Product] = set()
        for product in term:
            for index, one in enumerate(product):
                rest = product[index + 1 :]
                self._spend(1 + len(rest) // 64)
                found.update(first + rest for first in self._derive_atom(one, character))
                if not self._is_atom_optional(one):
                    break
        return frozenset(found)

    def _derive_atom(self, one: Atom, character: str) -> Iterable[Product]:
        if isinstance(one, Characters):
            return EMPTY if (character in one.members) != one.negated else NOTHING
        if isinstance(one, Group):
            return self._derive(one.term, character)
        if isinstance(one, Star):
            return [(*product, one) for product in self._derive(one.term, character)]
        term, other = self._derive(one.term, character), self._derive(one.other, character)
        # Without an exception, or anything to make one from, it is what it is.
        return atom(Except(term, other)) if term and other else term

    def _is_optional(self, term: Term) -> bool:
        return any(all(self._is_atom_optional(one) for one in product) for product in term)

    def _is_atom_optional(self, one: Atom) -> bool:
        self._spend(1)
        if isinstance(one, Except):
            return self._is_optional(one.term) and not self._is_optional(one.other)
        return isinstance(one, Star) or (isinstance(one, Group) and self._is_optional(one.term))

    def _spend(self, work: int) -> None:
        self._work -= work
        if self._work < 0:
            raise RefusedError("glob invalid: it takes too long to match. Use fewer wildcards.")
