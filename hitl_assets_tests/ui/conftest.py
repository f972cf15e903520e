"""Dagster's UI after a demo, as `hitl dev` opens it, and a browser that looks at it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import httpx
import pytest
from playwright.sync_api import Browser, expect

from .pages import PATIENCE, SCREEN, Pages

HITL = (sys.executable, "-m", "hitl_assets.cli")
PROJECT = "clickbait"
ARTIFACTS = Path(__file__).parents[2] / "build" / "screens"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory that a demo left."""
    folder = tmp_path_factory.mktemp("ui") / ".hitl"
    done = subprocess.run([*HITL, "demo", "--state", str(folder)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def url(state: Path, until) -> Iterator[str]:
    """The address of the UI on that state, once it knows the project."""
    command = [*HITL, "dev", "--state", str(state), "--port", "0"]
    log = state.parent / "dev.log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            found = until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()), seconds=120)
            until(lambda: knows_the_project(found[0]), seconds=120)
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def knows_the_project(url: str) -> bool:
    """Whether the webserver answers, and has loaded the definitions."""
    try:
        answer = httpx.post(f"{url}/graphql", json={"query": "{ assetNodes { assetKey { path } } }"}, timeout=60)
    except httpx.TransportError:
        return False
    return bool(answer.json().get("data", {}).get("assetNodes"))


@pytest.fixture(scope="module")
def batches(state: Path) -> list[str]:
    """The commits of the demo, the first one first."""
    return list(dg.DagsterInstance.from_config(str(state / "dagster")).get_dynamic_partitions(f"{PROJECT}_batches"))


@pytest.fixture
def pages(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """A tab of one's own. What it shows when the test ends, well or not, is kept in build/screens."""
    context = browser.new_context(viewport=SCREEN)
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    pages = Pages(context.new_page(), url, PROJECT)
    yield pages
    pages.picture(ARTIFACTS / f"{request.node.name}.png")
    context.close()
    expect.set_options(timeout=None)
