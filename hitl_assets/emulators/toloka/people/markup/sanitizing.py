"""A requester's HTML and Markdown, reduced to what cannot do anything."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from hitl_assets.emulators.toloka.people.addresses import page_address, picture_address
from hitl_assets.emulators.toloka.people.markup.markup import Html, lines

KEPT = frozenset(
    (
        "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
        "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "mark", "ol", "p",
        "pre", "q", "s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "u", "ul",
    )
)  # fmt: skip
# Their content is no text.
DROPPED = frozenset(
    ["iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title"]
)
WITHOUT_END = frozenset(("br", "hr", "img"))
# Beyond this, Markdown is shown as it was written: rendering it would take seconds.
LONGEST_MARKDOWN = 100_000

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def sanitize(markup: str) -> Html:
    """HTML with harmless elements only, all of them closed. Attributes are gone, but for addresses and `alt`."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return Html("".join(reader.written) + "".join(f"</{name}>" for name in reversed(reader.open)))


def markdown(text: str) -> Html:
    """Markdown as HTML; HTML within it is text."""
    return lines(text) if len(text) > LONGEST_MARKDOWN else sanitize(_markdown.render(text))


class _Reader(HTMLParser):
    """Writes only names from KEPT and escaped text, however the input is to be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.open: list[str] = []
        self._dropped: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped is not None:
            return
        if tag in DROPPED:
            self._dropped = tag
        elif tag in KEPT:
            name = _heading(tag)
            self.written.append(f"<{name}{_attributes(tag, dict(attrs))}>")
            if name not in WITHOUT_END:
                self.open.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in WITHOUT_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped is not None:
            self._dropped = None if tag == self._dropped else self._dropped
            return
        name = _heading(tag)
        while name in self.open:
            closed = self.open.pop()
            self.written.append(f"</{closed}>")
            if closed == name:
                break

    def handle_data(self, data: str) -> None:
        if self._dropped is None:
            self.written.append(escape(data))


def _heading(tag: str) -> str:
    # The page has its own first heading.
    return f"h{min(6, int(tag[1]) + 1)}" if tag[0] == "h" and tag[1:].isdigit() else tag


def _attributes(tag: str, given: dict[str, str | None]) -> str:
    if tag == "a" and (address := page_address(given.get("href") or "")):
        return f' href="{escape(address)}" target="_blank" rel="noopener noreferrer"'
    if tag == "img":
        alt = f' alt="{escape(given.get("alt") or "")}" loading="lazy"'
        address = picture_address(given.get("src") or "")
        return alt if address is None else f'{alt} src="{escape(address)}"'
    return ""
