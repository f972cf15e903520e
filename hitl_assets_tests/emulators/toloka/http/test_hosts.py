"""Listening for other machines: what a token opens, and by which names people get in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.people.access import check_host, check_origin

SECRET = {"Authorization": "OAuth secret"}
NEAR, FAR = "127.0.0.1", "10.0.0.7"


def visit(host: str, peer: str, public_hosts: Collection[str] = (), origin: str = "") -> Request:
    """A request for a page."""
    application = Starlette()
    application.state.public_hosts = frozenset(public_hosts)
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    return Request({"type": "http", "headers": headers, "client": (peer, 1), "app": application})


def test_nobody_listens_for_others_without_a_token(tmp_path: Path) -> None:
    """Whoever reaches the machine could spend the balance."""
    with pytest.raises(ValueError, match="with a token only"):
        TolokaEmulator(tmp_path, host="0.0.0.0")  # noqa: S104 - it is refused


def test_the_api_of_a_service_answers_by_any_name(tmp_path: Path) -> None:
    """A cluster calls it by names that it makes up; the token is what a page of another site lacks."""
    with TolokaEmulator(tmp_path, token="secret", host="0.0.0.0") as emulator:  # noqa: S104 - it asks for a token
        url = emulator.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        for path in ("/api/v1/requester", "/emulator/account"):
            asked = {**SECRET, "Host": "emulators.hitl.svc:8650"}
            assert httpx.get(url + path, headers=asked).status_code == 200
            assert httpx.get(url + path, headers={**asked, "Authorization": "OAuth any"}).status_code == 401
            assert httpx.get(url + path, headers={**asked, "Origin": "http://evil.example"}).status_code == 403
        for path in ("/", "/requester/project/1"):
            assert httpx.get(url + path, headers={"Host": "emulators.hitl.svc:8650"}).status_code == 403
        assert httpx.get(url).status_code == 200


@pytest.mark.parametrize(("host", "peer"), [("127.0.0.1:8650", FAR), ("localhost", FAR), ("evil.example", NEAR)])
def test_pages_are_for_this_machine(host: str, peer: str) -> None:
    """A name that was pointed here opens none, and a visitor from elsewhere cannot say that it is localhost."""
    with pytest.raises(ApiError, match="loopback"):
        check_host(visit(host, peer))


@pytest.mark.parametrize("host", ["127.0.0.1:8650", "localhost:8650", "[::1]:8650"])
def test_a_forwarded_port_leads_to_the_pages(host: str) -> None:
    """It comes from loopback, in whatever form the system writes that."""
    for peer in (NEAR, "::1", "::ffff:127.0.0.1"):
        check_host(visit(host, peer))


def test_pages_answer_by_a_name_that_was_made_public() -> None:
    """From wherever; other names stay closed."""
    check_host(visit("Tasks.Example:443", FAR, ["tasks.example"]))
    with pytest.raises(ApiError):
        check_host(visit("other.example", FAR, ["tasks.example"]))


def test_forms_of_a_public_host_may_come_by_tls() -> None:
    """What ends it is in front of the emulator; on loopback nothing does."""
    check_origin(visit("tasks.example", FAR, ["tasks.example"], "https://tasks.example"))
    with pytest.raises(ApiError):
        check_origin(visit("localhost", NEAR, ["tasks.example"], "https://localhost"))
