"""Projects that come, go or change while `hitl dev` runs: Dagster is asked to load its definitions anew."""

from collections.abc import Mapping
from pathlib import Path

from hitl_assets.local.processes import CODE_LOCATION

# As the UI's button does it.
RELOAD = """
mutation Reload($location: String!) {
  reloadRepositoryLocation(repositoryLocationName: $location) {
    __typename
    ... on WorkspaceLocationEntry { locationOrLoadError { __typename ... on PythonError { message } } }
    ... on Error { message }
  }
}
"""
TIMEOUT = 60.0


def look_at(files: list[Path]) -> Mapping[Path, float]:
    """When each project's files were changed last: of the folder, and of what is in it."""
    return {path: max(_changed(each) for each in (path.parent, *path.parent.iterdir())) for path in files}


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # an editor's own, for a moment
        return 0.0


def reload(ui: str) -> str:
    """Have Dagster load the definitions anew; what it says if it can't, else nothing."""
    import httpx

    asked = {"query": RELOAD, "variables": {"location": CODE_LOCATION}}
    try:
        answer = httpx.post(f"{ui}/graphql", json=asked, timeout=TIMEOUT).json()
    except (httpx.HTTPError, ValueError) as error:
        return str(error)
    data = (answer.get("data") or {}).get("reloadRepositoryLocation") or {}
    return str(data.get("message") or (data.get("locationOrLoadError") or {}).get("message") or "")
