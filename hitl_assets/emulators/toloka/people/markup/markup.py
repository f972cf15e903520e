"""HTML in pieces. A string that is not `Html` becomes text, so what people wrote cannot become markup."""

from __future__ import annotations

import html

VOID = ("br", "hr", "img", "input", "link", "meta")


class Html(str):
    """Markup that may be sent as it is. Only this module and the sanitizer make it."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Text as markup; `Html` stays as it is, and None is nothing."""
    if isinstance(value, Html):
        return value
    return Html("" if value is None else html.escape(str(value)))


def join(*children: object) -> Html:
    """Several pieces as one."""
    return Html("".join(map(escape, children)))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. `class_` is class, `data_key` is data-key; True is an attribute without value, None is none."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def lines(text: object, class_: str = "text") -> Html:
    """Somebody's text with its line breaks, in its own direction, and without influence on what surrounds it."""
    return tag("div", tag("bdi", text, dir="auto"), class_=class_)


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
