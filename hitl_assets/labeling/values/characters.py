"""Characters that nobody sees: what a text is for the eye."""

import re
import unicodedata
from functools import lru_cache

# What shows nothing, wherever it stands: control characters, soft hyphens, zero-width spaces, byte order marks, marks
# of direction, fillers, the choice between two pictures of one sign. Not what turns letters around, or draws a flag.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202c\u2060-\u2064\u2066-\u206f\u3164\ufe0e\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
    # Tags, which only draw something behind a black flag.
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001\U000e0020-\U000e007f]+"
)
# Zero-width joiners make another shape of Arabic and Indic letters, and one picture of several. Elsewhere: nothing.
JOINER = re.compile("[\u200c\u200d]+")
JOINED = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})
# What of that Python takes for printable. A text of other printable characters has nothing unseen but spaces.
PRINTABLE_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe0e\ufe0f\uffa0]")
LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Every other space, wide, narrow or unbreakable; and the sign of Braille without a dot.
SPACE = re.compile("[^\\S\n]|\u2800")
SPACES_AT_END = re.compile(" +(?=\n|$)")


@lru_cache(maxsize=64)  # A text is looked at several times in a row.
def normalize_text(text: str, ignore_case: bool = False) -> str:
    """The text that everybody sees: NFC, without what shows nothing, with plain spaces and line ends, and none of
    them at the ends of the text or of a line."""
    if text.isprintable() and (text.isascii() or is_plain(text)):  # most are, and need no more
        seen = text.strip(" ")
    else:
        plain = SPACE.sub(" ", LINE_END.sub("\n", UNSEEN.sub("", unicodedata.normalize("NFC", text))))
        joined = JOINER.sub(keep_joiner, plain)
        seen = unicodedata.normalize("NFC", SPACES_AT_END.sub("", joined).strip(" \n"))
    return seen.casefold() if ignore_case else seen


def is_plain(text: str) -> bool:
    """Whether all of a printable text is seen, and in the form NFC."""
    return unicodedata.is_normalized("NFC", text) and not PRINTABLE_UNSEEN.search(text)


def keep_joiner(found: re.Match[str]) -> str:
    """One of the joiners where it may show, between two signs that know it; else nothing."""
    text, start, end = found.string, found.start(), found.end()
    if start == 0 or end == len(text) or text[end].isspace():
        return ""
    return found[0][0] if unicodedata.category(text[start - 1]) in JOINED else ""


def is_blank(text: str) -> bool:
    """Whether there is nothing to see."""
    return not normalize_text(text)


def look(text: str) -> str:
    """What two texts share that somebody may take for the same: letters of any width and case, one space for many."""
    seen = normalize_text(text)
    wide = seen if seen.isascii() else unicodedata.normalize("NFKC", seen)
    return " ".join(wide.casefold().split())


def show(text: str, most: int = 80) -> str:
    """A text for a message: in quotes, with what is unseen as its code."""
    shown = ascii(text[:most]) if UNSEEN.search(text[:most]) else repr(text[:most])
    return f"{shown[:-1]}...{shown[-1]}" if len(text) > most else shown
