"""Who gets in, and what is refused at the door."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx
import pytest
from toloka.client import TolokaClient
from toloka.client.exceptions import ApiError, AuthenticationApiError

from hitl_assets.emulators.toloka import StateError, TolokaEmulator

HEADERS = {"Authorization": "OAuth any"}


def test_any_token_is_good_when_none_is_set(desk) -> None:
    """A first run needs no secret."""
    assert desk.client.get_requester().balance == 1000


def test_a_wrong_token_is_refused(start) -> None:
    """With a token set, others get Toloka's 401."""
    desk = start(token="secret")
    with pytest.raises(AuthenticationApiError) as refused:
        desk.client.get_requester()
    assert refused.value.status_code == 401
    assert TolokaClient("secret", url=desk.emulator.url, retries=0).get_requester().balance == 1000


def test_a_missing_token_is_refused(desk) -> None:
    """Without the header nothing is answered."""
    assert httpx.get(f"{desk.emulator.url}/api/v1/requester").json()["code"] == "AUTHENTICATION_ERROR"


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_other_sites_are_refused(desk, header: dict[str, str]) -> None:
    """A page in a browser must not reach the server."""
    answer = httpx.get(f"{desk.emulator.url}/api/v1/requester", headers={**HEADERS, **header})
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")


def test_what_is_not_covered_says_so(desk) -> None:
    """Never silently: the client gets an ApiError with a sentence."""
    with pytest.raises(ApiError, match="does not cover GET /api/app/v0/apps"):
        list(desk.client.get_apps())


def test_a_body_that_is_no_json_is_refused(desk) -> None:
    """Every answer is JSON, also this one."""
    url = f"{desk.emulator.url}/api/v1/projects"
    for body in (b"{", b"[NaN]", b'{"public_name": "\\ud800"}'):
        answer = httpx.post(url, headers=HEADERS, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


def test_one_process_per_state(desk, tmp_path: Path) -> None:
    """Two emulators on one directory would pay twice."""
    with pytest.raises(StateError, match="in use by another emulator"), TolokaEmulator(tmp_path / "state"):
        pass


def test_a_newer_state_is_refused(tmp_path: Path) -> None:
    """An old program must not guess at what a newer one wrote."""
    with TolokaEmulator(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "toloka.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="newer version"), TolokaEmulator(tmp_path):
        pass


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    """The message names the directory and the way out."""
    (tmp_path / "toloka.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StateError, match="damaged"), TolokaEmulator(tmp_path):
        pass
