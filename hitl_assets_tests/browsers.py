"""The browser that tests, benchmarks and screenshots look through: the system's own Chromium, without a display."""

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowserError(RuntimeError):
    """There is no Chromium. The message says how to get it."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Keep it for a module, not for a session: its driver keeps asyncio's loop from all other tests."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        raise NoBrowserError("This needs Chromium: `make browser` says how to get it")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()
