"""The pictures of README and docs, taken from the real UI after a demo: `make screenshots`.

.venv/bin/python -m docs.screenshots [--state .hitl]
"""

import argparse
import contextlib
import io
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import httpx
from PIL import Image

from hitl_assets.local.state import State
from hitl_assets_tests.browsers import chromium
from hitl_assets_tests.ui.pages import PATIENCE, Pages

HITL = (sys.executable, "-m", "hitl_assets.cli")
PROJECT = "clickbait"
IMAGES = Path(__file__).parent / "images"
WINDOW = {"width": 1440, "height": 810}
WIDE = {"width": 2080, "height": 1100}  # the graph from end to end, near enough that boxes say more than names
# More colors than Dagster's pages need, and a third of the size.
COLORS = 128


@contextlib.contextmanager
def opened(state: State) -> Iterator[str]:
    """Dagster's UI on a state, as `hitl dev` opens it; its address, once it knows the project."""
    with tempfile.TemporaryFile("w+") as log:
        command = [*HITL, "dev", "--state", str(state.root)]
        with subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process:
            try:
                yield address(process, log)
            finally:
                process.terminate()
                process.wait(60)


def address(process: subprocess.Popen, log: io.TextIOBase) -> str:
    """What `hitl dev` prints, once the webserver there answers."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        log.seek(0)
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read())
        with contextlib.suppress(httpx.TransportError):
            if found and httpx.post(f"{found[0]}/graphql", json={"query": "{ version }"}, timeout=60).is_success:
                return found[0]
        time.sleep(0.5)
    log.seek(0)
    raise SystemExit(f"hitl dev did not open the UI. It said: {log.read()}")


def lineage(pages: Pages) -> None:
    """The group, near enough to see what each asset is."""
    pages.page.set_viewport_size(WIDE)
    pages.automation()
    pages.press("Hide navigation")  # before: the graph is made to fit when it opens
    pages.lineage()
    pages.page.get_by_text("100% filled").first.wait_for()


def batch(pages: Pages, batch: str) -> None:
    """A batch's labels."""
    pages.batch("aggregated_labels", batch)


def plots(pages: Pages) -> None:
    """Numbers over batches."""
    pages.asset("aggregated_labels")
    pages.press("Plots")
    pages.page.locator("canvas").first.wait_for()
    pages.page.get_by_text("Plots", exact=True).scroll_into_view_if_needed()


def answers(pages: Pages, batch: str) -> None:
    """A plot behind an entry of the metadata."""
    pages.batch("raw_answers", batch)
    pages.plot("answers_over_time")


def checks(pages: Pages) -> None:
    """Verdicts."""
    pages.asset("aggregated_labels", "checks")
    pages.verdict("people_agree", "Succeeded").wait_for()


def settle(pages: Pages) -> None:
    """Wait until nothing is asked for any more, so that no part of the page still turns."""
    pages.page.wait_for_load_state("networkidle", timeout=PATIENCE)


def take(pages: Pages, name: str) -> int:
    """Write what is on the screen as a small PNG; its size in bytes."""
    settle(pages)
    picture = Image.open(io.BytesIO(pages.page.screenshot(animations="disabled"))).convert("RGB")
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    picture.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="what `hitl demo` left; it is run if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        state = State(options.state or Path(folder) / ".hitl")
        if options.state is None:
            subprocess.run([*HITL, "demo", "--state", str(state.root)], check=True, stdout=subprocess.DEVNULL)
        instance = dg.DagsterInstance.from_config(str(state.dagster))
        last = instance.get_dynamic_partitions(f"{PROJECT}_batches")[-1]
        shown: dict[str, Callable[[Pages], None]] = {
            "lineage": lineage,
            "batch": lambda pages: batch(pages, last),
            "plots": plots,
            "answers": lambda pages: answers(pages, last),
            "checks": checks,
            "sensors": lambda pages: pages.automation(),
        }
        with opened(state) as url, chromium() as browser:
            for name, show in shown.items():
                with browser.new_context(viewport=WINDOW) as context:
                    context.set_default_timeout(PATIENCE)
                    pages = Pages(context.new_page(), url, PROJECT)
                    show(pages)
                    sys.stdout.write(f"{name}.png {take(pages, name)} bytes\n")


if __name__ == "__main__":
    main()
