"""How people see items that are files: the section `pictures` of a project's YAML."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Discriminator, Field, Tag

from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.sections import Strict

NAMES = ("repo", "commit", "path", "hash")
HOLE = re.compile(r"\{([^{}]*)\}")


def check_template(text: str) -> str:
    """A template that gives each file an address of its own."""
    holes = HOLE.findall(text)
    if not re.match(r"https?://[^\s/]", text) or re.search(r"\s", text):
        raise ValueError("write an address that begins with https:// and has no spaces")
    if [each for each in holes if each not in NAMES] or HOLE.sub("", text).strip("{}") != HOLE.sub("", text):
        raise ValueError(f"write these names in braces only: {', '.join(NAMES)}")
    if "path" not in holes and "hash" not in holes:
        raise ValueError("write {path} or {hash} into it: otherwise all files have the same address")
    return text


class Link(Strict):
    """Addresses of one's own, made of a template."""

    link: Annotated[str, AfterValidator(check_template)] = Field(
        description="the address of a file, with {repo}, {commit}, {path} and {hash} in it"
    )

    def write(self, place: Place, digest: str = "") -> str:
        """The address of a file: names are quoted, the slashes of its path are not."""
        values = {"repo": place.repo, "commit": place.commit, "path": place.path.lstrip("/"), "hash": digest}
        return HOLE.sub(lambda hole: quote(values[hole[1]], safe="/"), self.link)


def link_or_serve(value: Any) -> str:
    """Which of the two ways the section is written in: so that an error speaks of that way only."""
    return "serve" if isinstance(value, str) else "link"


Pictures = Annotated[
    Annotated[Link, Tag("link")] | Annotated[Literal["serve"], Tag("serve")], Discriminator(link_or_serve)
]
