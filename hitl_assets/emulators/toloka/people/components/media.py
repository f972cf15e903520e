"""Pictures, sound and films."""

from __future__ import annotations

from collections.abc import Callable

from hitl_assets.emulators.toloka.people.addresses import page_address, picture_address
from hitl_assets.emulators.toloka.people.components.parts import Control, Part
from hitl_assets.emulators.toloka.people.markup.markup import Html, tag


def _image(part: Part) -> Html:
    url = part.text("url")
    source = picture_address(url)
    if source is None:
        return no_source(part, url, "picture")
    label = part.text("label")
    picture = tag("img", src=source, alt=label or "Picture of the task", loading="lazy", referrerpolicy="no-referrer")
    whole = page_address(source)
    if whole is None or part.value("popup") is False:
        return tag("div", picture, class_="picture")
    return tag(
        "a", picture, href=whole, target="_blank", rel="noopener noreferrer", class_="picture", title="Full size"
    )


def _audio(part: Part) -> Html:
    return _player(part, "audio", loop=part.value("loop") is True)


def _video(part: Part) -> Html:
    return _player(part, "video", playsinline=True)


def _player(part: Part, element: str, **attributes: object) -> Html:
    url = part.text("url")
    source = page_address(url)
    sheet = part.sheet
    name = f"{sheet.position}.m.{sheet.players}"
    sheet.players += 1
    # How far it was played is the page's to say; `condition.played` asks for it.
    state = (sheet.posted.get(name) or [""])[0]
    part.controls.append(Control(name, state))
    label = part.text("label") or ("Recording" if element == "audio" else "Film")
    if source is None:
        return no_source(part, url, "recording" if element == "audio" else "film")
    return tag(
        "div",
        tag(element, src=source, controls=True, preload="metadata", data_state=name, aria_label=label, **attributes),
        tag("input", type="hidden", name=name, value=state),
        class_="player",
    )


def no_source(part: Part, url: str, what: str) -> Html:
    """What is shown where a task has no address, or something that is none; the requester is told."""
    part.sheet.note(f"{part.kind} has no address to load a {what} from")
    shown = url if len(url) <= 200 else f"{url[:200]}…"
    reason = f"There is no {what}: " + ("the task has no address." if not url else "this is no address to load from.")
    return tag("div", tag("span", reason), tag("code", shown) if url else None, class_="unknown")


MEDIA: dict[str, Callable[[Part], Html]] = {"view.image": _image, "view.audio": _audio, "view.video": _video}
