"""A requester's HTML: what is left of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_assets.emulators.toloka.people.markup.sanitizing import KEPT, markdown, sanitize

PIECES = ("<", ">", "</", "<!--", "-->", "<![CDATA[", "]]>", "script", "svg", "p", "a href=", "img src=", "javascript:",
          "'", '"', " onload=x", "&lt;", "&#60;", "\x00", "/", "style", "title", "=", " ", "x")  # fmt: skip


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
        ("<h1>a</h1>", "<h2>a</h2>"),
        ("<p onclick=x style=y class=z>a</p>", "<p>a</p>"),
        ("<script>alert(1)</script>a", "a"),
        ("<script>alert(1)", ""),
        ("<svg><p>x</p></svg>a", "a"),
        ("<form><input><button>a</button></form>", "a"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='JaVa\nScript:alert(1)'>a</a>", "<a>a</a>"),
        ("<img src='data:text/html,x' alt='a\"b'>", '<img alt="a&quot;b" loading="lazy">'),
        ("<ul><li>a<li>b", "<ul><li>a<li>b</li></li></ul>"),
        ("</div></p>a", "a"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
def test_only_harmless_markup_is_left(given_html: str, kept: str) -> None:
    """And every element is closed, so that nothing of the page ends up inside."""
    assert sanitize(given_html) == kept


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_input_makes_other_markup(text: str) -> None:
    """Of all that can be put together, only known elements come out, with known attributes."""
    for made in (sanitize(text), markdown(text)):
        names = "|".join(KEPT)
        attributes = r'( (href|src|alt|loading|target|rel)="[^"<>]*")*'
        assert "<" not in re.sub(rf"</?({names}){attributes}>", "", made)
        assert not re.search(r'(href|src)="(?!https?://|data:image/)', made)


def test_markdown_links_and_code_stay_text_where_they_must() -> None:
    """HTML in Markdown is text, and so is a link that runs something."""
    assert markdown("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    assert "href" not in markdown("[x](javascript:alert(1))")
    assert 'href="https://a.example"' in markdown("[x](https://a.example)")


def test_a_megabyte_of_markdown_is_not_parsed() -> None:
    """It is shown as it was written, at once."""
    assert "[[[[" in markdown("[" * 1_000_000)
