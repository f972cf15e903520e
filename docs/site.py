"""Build the site of the docs into build/site: python -m docs.site

Its pages are laid out as in the repo, so that links lead to the same files there.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "mkdocs.yml"
PAGES, SITE = ROOT / "build" / "pages", ROOT / "build" / "site"
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
# What a browser would fetch from elsewhere by itself; links that people follow are not it.
FETCHED = re.compile(r'<(?:script|img|iframe)[^>]+src="?(?:https?:)?//|<link[^>]+stylesheet[^>]+href="?(?:https?:)?//')


def pages() -> list[str]:
    """The pages that the navigation names, by their path in the repo."""
    return list(named(yaml.safe_load(CONFIGURATION.read_text())["nav"]))


def named(nav: object) -> Iterator[str]:
    """The paths in a part of the navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else nav:  # type: ignore[attr-defined] # of mkdocs' form
            yield from named(each)


def linked(page: str) -> set[str]:
    """What a page links to in the repo."""
    found = LINK.findall((ROOT / page).read_text())
    return {str(((ROOT / page).parent / link).resolve().relative_to(ROOT)) for link in found}


def gather() -> None:
    """Copy the pages, and all that they link to."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for path in sorted({path for page in pages() for path in (page, *linked(page))}):
        target = PAGES / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)


def fetched_from_elsewhere() -> list[str]:
    """Pages of the site that would load something from elsewhere."""
    return [str(page.relative_to(SITE)) for page in SITE.rglob("*.html") if FETCHED.search(page.read_text())]


def build() -> None:
    """Make the site; dead links end it."""
    gather()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--clean", "--strict"], cwd=ROOT, check=True)
    if found := fetched_from_elsewhere():
        raise SystemExit(f"These pages load something from elsewhere: {', '.join(found)}")
    print(SITE / "index.html")  # noqa: T201 - for whoever wants to open it


if __name__ == "__main__":
    build()
