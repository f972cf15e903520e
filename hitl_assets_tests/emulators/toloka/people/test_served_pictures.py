"""Pictures of Pachyderm's on the page of people: by a link, for as long as it is good."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from hitl_assets_tests.media.conftest import Gallery, gallery, hung, settings

# A browser at work.
pytestmark = pytest.mark.slow
__all__ = ["gallery", "hung", "settings"]


def test_people_see_the_picture_behind_a_link_and_none_behind_one_that_expired(office, guest, gallery: Gallery) -> None:
    """The page's own rules allow it, and nothing but the picture is asked for."""
    content = BytesIO()
    Image.new("RGB", (60, 40), "red").save(content, "PNG")
    commit = gallery.pachyderm.write("photos", {"/red.png": content.getvalue()}, "a real picture")
    tasks = [{"picture": gallery.link("/red.png", days=days, commit=commit)} for days in (1, -1)]
    picture = {"type": "view.image", "url": {"type": "data.input", "path": "picture"}}
    guest.page.route(f"{gallery.links.address}/**", lambda route: route.continue_())
    page = guest.take(office.pool(picture, office.choice, tasks=tasks, inputs=("picture",)))
    shown, expired = (page.locator(f"img[src='{task['picture']}']") for task in tasks)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [60, 40]
    assert expired.evaluate("image => image.naturalWidth") == 0
    assert (guest.requests, guest.complaints) == ([], [])
