"""`conll`: spans of texts as a token a line, a tab, and its tag: B-PER begins a span, I-PER goes on, O is in none. An
empty line is between two texts.

Tokens are runs of letters, digits and underscores, and each other sign by itself; spaces and line ends are none. A span
that begins or ends inside of a token is widened to all of it. Of two that overlap, the one that begins first (then the
longer one) stays. Both are told.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from hitl_assets.labeling.exports.dataset import Dataset, Example, File
from hitl_assets.labeling.exports.marks import Span, spans_of
from hitl_assets.labeling.values.plurals import plural

TOKEN = re.compile(r"\w+|[^\w\s]")
WIDENED, OVERLAPPING, EMPTY = "widened", "overlapping", "empty"


def write_conll(dataset: Dataset) -> Iterator[File]:
    """One file."""
    yield "dataset.conll", documents(dataset)


def documents(dataset: Dataset) -> Iterator[bytes]:
    """A text after the other, then what there is to say."""
    seen: Counter[str] = Counter()
    for example in dataset.examples():
        yield tagged(dataset.subject_of(example), example, seen)
    sentences = {
        WIDENED: "{} widened to whole tokens.",
        OVERLAPPING: "{} left out, since another one has the same tokens.",
        EMPTY: "{} left out, since no token is in it.",
    }
    for what, sentence in sentences.items():
        if seen[what]:
            dataset.notes.append(sentence.format(plural(seen[what], "span is", "spans are")))


def tagged(text: str, example: Example, seen: Counter[str]) -> bytes:
    """The tokens of a text with their tags, and an empty line. A text without tokens is a sign that stands for it, so
    that texts can be counted."""
    tokens = [(match.start(), match.end()) for match in TOKEN.finditer(text)]
    tags = ["O"] * len(tokens)
    for span in spans_of(example):
        place(span, tokens, tags, seen)
    lines = [f"{text[begin:end]}\t{tag}\n" for (begin, end), tag in zip(tokens, tags, strict=True)]
    return ("".join(lines or ["-\tO\n"]) + "\n").encode(errors="replace")


def place(span: Span, tokens: Sequence[tuple[int, int]], tags: list[str], seen: Counter[str]) -> None:
    """Write the tags of a span, and count what did not go by itself."""
    inside = [at for at, (begin, end) in enumerate(tokens) if begin < span.end and span.start < end]
    if not inside:
        seen[EMPTY] += 1
        return
    if any(tags[at] != "O" for at in inside):
        seen[OVERLAPPING] += 1
        return
    first, last = inside[0], inside[-1]
    seen[WIDENED] += tokens[first][0] < span.start or span.end < tokens[last][1]
    name = "_".join(span.name.split())
    for at in inside:
        tags[at] = f"{'B' if at == first else 'I'}-{name}"
