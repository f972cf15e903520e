"""Who may ask for a page and who may post: loopback or a named host, this site's own pages, this worker's own forms."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.people.workers import Person

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Toloka takes 4 MiB of output values; the rest is names and encoding.
LARGEST_POST = 16 * 1024 * 1024
MOST_FIELDS = 50_000
HEADERS = {
    # Pictures and recordings come from where the tasks say. Everything else is the emulator's own, or nothing.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https: data:; media-src http: https:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers say that a form comes from nowhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def check_host(request: Request) -> None:
    """Refuse host names that somebody pointed at this server, and visitors from other machines who come by no name
    that was made public.

    Nobody needs a token for a page. A page of another site reaches this server by having its own name resolved to our
    address (DNS rebinding): the browser then says that name here, and takes the two for one site.
    """
    host = host_of(request)
    if host not in request.app.state.public_hosts and not (host in LOOPBACK and is_near(request)):
        raise ApiError(403, "ACCESS_DENIED", "Pages answer on loopback addresses only, and on hosts that are public")


def check_origin(request: Request) -> None:
    """Refuse posts of other sites, and of other servers on this machine. Before a public host there may be TLS."""
    schemes = ("http", "https") if host_of(request) in request.app.state.public_hosts else ("http",)
    if request.headers.get("origin") not in [f"{scheme}://{request.headers.get('host', '')}" for scheme in schemes]:
        raise ApiError(403, "ACCESS_DENIED", "This server takes forms of its own pages only")


def host_of(request: Request) -> str | None:
    """The name by which the visitor calls this server, in lower case and without the port."""
    return urlsplit(f"//{request.headers.get('host', '')}").hostname


def is_near(request: Request) -> bool:
    """Whether the visitor is on this machine (or was led here by something on it, as by a forwarded port)."""
    return request.client is not None and is_loopback(request.client.host.removeprefix("::ffff:"))


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine's own loopback."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cookie_name(request: Request) -> str:
    """Cookies do not know ports, and each emulator has workers of its own."""
    return f"worker-{urlsplit('//' + request.headers.get('host', '')).port or 80}"


def person_of(request: Request) -> Person | None:
    """Who asks, if they were here before."""
    return Person.of(request.cookies.get(cookie_name(request)))


def is_from_elsewhere(request: Request) -> bool:
    """Whether a link on another site led here: browsers keep a strict cookie to themselves then."""
    return request.headers.get("sec-fetch-site") == "cross-site"


async def read_form(request: Request) -> dict[str, list[str]]:
    """The values that were posted, by name.

    Raises:
        ApiError: it is too large, or no form.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise ApiError(415, "VALIDATION_ERROR", "Send a form")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_POST:
            raise ApiError(413, "VALIDATION_ERROR", f"A form has at most {LARGEST_POST} bytes")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise ApiError(400, "VALIDATION_ERROR", f"The form cannot be read: {error}") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def check_token(person: Person | None, posted: Mapping[str, list[str]]) -> Person:
    """The person whose form this is. Refuse a form that was not made for whoever sends it."""
    if person is None or not person.owns_form((posted.get("form_token") or [""])[0]):
        raise ApiError(403, "ACCESS_DENIED", "This form is not yours or too old. Open the page again")
    return person
