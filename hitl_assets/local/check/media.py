"""Whether the server that shows people a project's files answers."""

import os
from collections.abc import Iterator

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.problems import Problem

SECONDS = 5.0


def of_media(project: Project) -> Iterator[Problem]:
    """Ask it how it is. Where no address is set, `hitl dev` starts one of its own."""
    url = os.environ.get("HITL_MEDIA_URL", "").rstrip("/")
    if project.configuration.pictures != "serve" or not url:
        return
    import httpx

    try:
        answer = httpx.get(f"{url}/health", timeout=SECONDS)
        said = "" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:200].strip()}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        said = f"{type(error).__name__} {error}"
    if said:
        yield Problem(
            "warning", "media_server", f"People would see no pictures: HITL_MEDIA_URL={url} answers {said}.",
            "Start `hitl media`, and see that its address is reached from here and from where people are.",
            value=url,
        )  # fmt: skip
