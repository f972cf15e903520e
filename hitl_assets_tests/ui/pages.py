"""The pages of Dagster's UI that show a project: where they are, and what is on them when they are there.

The benchmark and the screenshots of the docs use these as well.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Response, expect

from hitl_assets.local.processes import CODE_LOCATION

PATIENCE = 60_000  # milliseconds: a busy machine
SCREEN = {"width": 1440, "height": 900}
LOADED = "e => e.complete && e.naturalWidth > 0"
# On its box in the graph an asset's name may be shortened in the middle; so much of both ends is always there.
ENDS = 6
RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def starts_a_run(response: Response) -> bool:
    """Whether a response is the webserver's to the wish for a run."""
    query = response.request.post_data or ""
    return any(f'"operationName":"{name}"' in query for name in ("LaunchPipelineExecution", "LaunchMultipleRuns"))


@dataclass(frozen=True)
class Pages:
    """One project's pages, in one tab of a browser."""

    page: Page
    url: str
    project: str

    def lineage(self) -> None:
        """The graph of the project's group, once all of it is drawn."""
        repository = f"__repository__@{CODE_LOCATION}"
        self.page.goto(f"{self.url}/locations/{repository}/asset-groups/{self.project}")
        self.box("concatenated_dataset").wait_for(timeout=PATIENCE)

    def box(self, asset: str) -> Locator:
        """An asset in the graph; its name is in the list beside the graph as well."""
        whole = re.escape(asset)
        short = f"{re.escape(asset[:ENDS])}.*….*{re.escape(asset[-ENDS:])}"
        return self.page.locator("foreignObject").get_by_text(re.compile(f"^({whole}|{short})$")).first

    def asset(self, name: str, view: str = "overview", **selected: str) -> None:
        """The page of an asset: its overview, `partitions`, `events`, `checks` or `lineage`."""
        query = "&".join(f"{key}={value}" for key, value in {"view": view, **selected}.items())
        self.page.goto(f"{self.url}/assets/{self.project}/{name}?{query}")
        self.page.get_by_role("tab", name="Lineage").wait_for(timeout=PATIENCE)

    def batch(self, asset: str, batch: str) -> None:
        """What an asset shows of one batch."""
        self.asset(asset, "partitions", partition=batch)
        self.value("pachyderm/commit").wait_for(timeout=PATIENCE)

    def value(self, name: str) -> Locator:
        """The row of the metadata that has this name."""
        return self.page.locator("tr").filter(has=self.page.get_by_text(name, exact=True)).first

    def plot(self, name: str) -> Locator:
        """The picture behind an entry of the metadata, once the browser has drawn it."""
        self.value(name).get_by_text("[Show Markdown]").click()
        picture = self.page.get_by_role("dialog").locator("img").first
        picture.wait_for(timeout=PATIENCE)
        assert picture.evaluate(LOADED), f"the plot {name} is not a picture that a browser can show"
        return picture

    def close_dialog(self) -> None:
        """Go back to the page below."""
        self.page.get_by_role("button", name="Close").click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def verdict(self, check: str, text: str) -> Locator:
        """A check in an asset's list, with what came of it. The page has its name twice: cut and whole."""
        both = re.compile(rf"^\s*({check}\s*)+{text}\s*$", re.IGNORECASE)
        return self.page.locator("div", has=self.page.get_by_title(check, exact=True)).filter(has_text=both).first

    def sensor(self, name: str) -> None:
        """The page of one of the project's sensors, once its ticks are there."""
        repository = f"__repository__@{CODE_LOCATION}"
        self.page.goto(f"{self.url}/locations/{repository}/sensors/{self.project}_{name}")
        self.page.get_by_role("button", name="View logs").first.wait_for(timeout=PATIENCE)

    def automation(self) -> None:
        """The sensors and schedules of all projects."""
        self.page.goto(f"{self.url}/automation")
        self.page.get_by_text(f"{self.project}_pools", exact=True).wait_for(timeout=PATIENCE)

    def press(self, text: str) -> None:
        """Press the button that says this, once it can be pressed."""
        button = self.page.locator("button:not([disabled])", has_text=text).first
        button.click(timeout=PATIENCE)

    def launch(self, text: str) -> None:
        """Press the button that starts a run, and go to the run's page."""
        with self.page.expect_response(starts_a_run, timeout=PATIENCE) as response:
            self.press(text)
        run = RUN_ID.search(response.value.text())
        assert run, f"The webserver started no run: {response.value.text()}"
        self.page.goto(f"{self.url}/runs/{run[0]}")

    def picture(self, path: Path) -> None:
        """Keep what is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
