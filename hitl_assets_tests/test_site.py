"""The site of the docs has all pages, and its links lead somewhere. `make docs` builds it, and looks once more."""

import re
from pathlib import Path

import pytest

from docs.site import FETCHED, ROOT, linked, pages

ANCHOR = re.compile(r"\]\(([^)#:\s]*)#([^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    """Those of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def test_the_navigation_names_every_page() -> None:
    """Once."""
    there = [*ROOT.glob("docs/*.md"), *ROOT.glob("hitl_assets/emulators/*/COVERAGE.md")]
    assert sorted(pages()) == sorted(["README.md", "CHANGELOG.md", *(str(page.relative_to(ROOT)) for page in there)])


@pytest.mark.parametrize("page", pages())
def test_links_lead_to_what_is_there(page: str) -> None:
    """To files of the repo, and to headings of their pages."""
    assert [link for link in linked(page) if not (ROOT / link).is_file()] == []
    place = (ROOT / page).parent
    found = [(place / path if path else ROOT / page, name) for path, name in ANCHOR.findall((ROOT / page).read_text())]
    assert [(path.name, name) for path, name in found if name not in anchors(path)] == []


@pytest.mark.parametrize(
    ("html", "is_fetched"),
    [
        ('<script src="https://example.com/a.js">', True),
        ('<link rel="stylesheet" href="//example.com/a.css">', True),
        ('<img alt="" src="http://example.com/a.png">', True),
        ('<script src="assets/a.js">', False),
        ('<a href="https://example.com">', False),
    ],
)
def test_what_a_browser_would_load_from_elsewhere_is_found(html: str, is_fetched: bool) -> None:
    """Links that people follow are not it."""
    assert bool(FETCHED.search(html)) is is_fetched
