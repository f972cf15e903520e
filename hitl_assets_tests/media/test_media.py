"""What people get by a link, and what they don't."""

import logging
import socket
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.labeling.media.links import Links
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.media.application import Media, Settings
from hitl_assets.media.server import serving
from hitl_assets_tests.services.proxies import cutting_tcp

from .conftest import FILES, FILM, PICTURE, PNG, SECRET, TOKEN, Gallery

OTHER_SECRET = "another-secret-0123456789-abcdefghijk"


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_link_shows_its_file(gallery: Gallery, path: str) -> None:
    """To the byte, also an empty one and one of several messages."""
    answer = gallery.get(path)
    assert (answer.status_code, answer.content == FILES[path]) == (200, True)
    assert answer.headers["content-length"] == str(len(FILES[path]))


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (PICTURE, "image/png"),
        ("/film.mp4", "video/mp4"),
        ("/empty.png", "application/octet-stream"),
        ("/page.png", "application/octet-stream"),
        ("/drawing.svg", "application/octet-stream"),
    ],
)
def test_nothing_is_run_whatever_is_in_a_file(gallery: Gallery, path: str, media_type: str) -> None:
    """The bytes say what it is, and not the name; a browser guesses nothing, and gives it no rights."""
    for answer in (gallery.get(path), gallery.get(path, "HEAD"), gallery.get(path, Range="bytes=0-3")):
        if answer.status_code != 416:
            assert answer.headers["content-type"] == media_type
            assert answer.headers["content-disposition"] == "inline"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


def test_a_head_is_the_answer_without_the_file(gallery: Gallery) -> None:
    """Players ask so how long a film is."""
    answer = gallery.get("/film.mp4", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(FILM))
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5000000-5000009", 5_000_000, 5_000_010),
        ("bytes=11000000-", 11_000_000, len(FILM)),
        ("bytes=-7", len(FILM) - 7, len(FILM)),
    ],
)
def test_a_part_is_what_was_asked_for(gallery: Gallery, asked: str, start: int, end: int) -> None:
    """Whoever moves a slider does not wait for all that is before it."""
    answer = gallery.get("/film.mp4", Range=asked)
    assert (answer.status_code, answer.content == FILM[start:end]) == (206, True)
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert answer.headers["content-type"] == "video/mp4"


def test_the_first_byte_alone_does_not_tell_what_a_file_is(gallery: Gallery, settings: Settings) -> None:
    """A player may ask for it before anybody asked for more, and what it was told is remembered."""
    with serving(Media(settings)) as url:
        link = gallery.link("/film.mp4").replace(gallery.links.address, url)
        asked = [gallery.client.get(link, headers={"Range": part}) for part in ("bytes=0-0", "bytes=0-99")]
    assert [answer.headers["content-type"] for answer in asked] == ["video/mp4"] * 2


def test_a_part_behind_the_end_is_refused(gallery: Gallery) -> None:
    """With the length of the file."""
    answer = gallery.get(Range=f"bytes={len(PNG)}-")
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(PNG)}")


def test_several_parts_are_answered_whole(gallery: Gallery) -> None:
    """RFC 9110 allows that."""
    assert gallery.get(Range="bytes=0-1,4-5").content == PNG


def test_what_a_browser_has_is_not_sent_again(gallery: Gallery) -> None:
    """The tag is that of the content; as long as the link is good, nobody need ask."""
    first = gallery.get()
    again = gallery.get(If_None_Match=f'"x", {first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert gallery.get(If_None_Match='"x"').status_code == 200
    private, seconds = first.headers["cache-control"].split(", max-age=")
    assert (private, 86_000 < int(seconds) <= 86_400) == ("private", True)
    assert gallery.get("/film.mp4").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(("is_same", "status"), [(True, 206), (False, 200)])
def test_a_part_of_another_file_is_no_part(gallery: Gallery, is_same: bool, status: int) -> None:
    """If-Range: what was begun goes on only if it is the same file."""
    tag = gallery.get(method="HEAD").headers["etag"]
    assert gallery.get(Range="bytes=0-3", If_Range=tag if is_same else '"other"').status_code == status


@pytest.mark.parametrize(("origin", "allowed"), [("https://people.example", True), ("https://others.example", False)])
def test_programs_of_named_sites_read_files_and_no_others(gallery: Gallery, origin: str, allowed: bool) -> None:
    """A page that draws on a picture asks first, then reads."""
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "Range"}
    first = gallery.client.options(gallery.link(), headers={"Origin": origin, **asked})
    then = gallery.get(Origin=origin)
    assert (first.status_code == 200) is allowed
    for answer in (first, then):
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert "Content-Range" in then.headers["access-control-expose-headers"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_links_are_for_reading(gallery: Gallery, method: str) -> None:
    """Nothing else is answered."""
    assert gallery.client.request(method, gallery.link()).status_code == 405


def test_what_was_not_given_out_is_refused(gallery: Gallery) -> None:
    """Changed, cut off, signed with another secret, made of two, or past its time."""
    link, film = gallery.link(), gallery.link("/film.mp4")
    other = replace(gallery, links=Links(gallery.links.address, Secrets.from_text(OTHER_SECRET)))
    mixed = f"{link.rpartition('/')[0]}/{film.rpartition('/')[2]}"
    tried = [link[:-1], link[:-43], f"{link}A", link.replace("/W", "/X"), mixed, other.link(), f"{link}/..", "x.y"]
    answers = [gallery.client.get(httpx.URL(gallery.links.address).join(each)) for each in tried]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert {answer.status_code for answer in answers[:6]} == {403}
    assert "no link that was given out" in answers[0].text
    late = gallery.client.get(gallery.link(days=-1))
    assert (late.status_code, "expired on" in late.text) == (410, True)
    for answer in (*answers, late):
        assert (answer.headers["x-content-type-options"], b"PNG" in answer.content) == ("nosniff", False)


@pytest.mark.parametrize(
    ("batch", "status"), [("open", 200), ("over", 410), ("resumed", 200), ("never published", 410)]
)
def test_only_items_of_open_batches_are_shown(gallery: Gallery, batch: str, status: int) -> None:
    """A batch is over when it has labels, unless its pool was opened again."""
    assert gallery.client.get(gallery.link(batch=batch)).status_code == status


def test_a_batch_is_over_within_seconds(gallery: Gallery, settings: Settings) -> None:
    """What Pachyderm says is remembered for a moment only; and a crowd asks no more than one person."""
    media = Media(settings)
    clock = [0.0]
    media.answers.now = lambda: clock[0]
    gallery.pachyderm.write("orchard_tasks", {"/short/tasks.jsonl": b""}, "a third batch")
    with serving(media) as url:
        link = replace(gallery, links=Links(url, settings.secrets)).link(batch="short")
        assert httpx.get(link).status_code == 200
        gallery.pachyderm.write("orchard_aggregated_labels", {"/short/labels.csv": b""}, "it ended")
        assert httpx.get(link).status_code == 200
        clock[0] += media.answers.seconds
        assert httpx.get(link).status_code == 410


def test_two_secrets_are_good_while_one_is_replaced(gallery: Gallery, settings: Settings) -> None:
    """Links that are out there go on to work."""
    both = replace(settings, secrets=Secrets.from_text(f"{OTHER_SECRET} {SECRET}"))
    with serving(Media(both)) as url:
        for secrets in (settings.secrets, both.secrets):
            assert httpx.get(replace(gallery, links=Links(url, secrets)).link()).status_code == 200


@pytest.mark.parametrize("change", [{"path": "/none.png"}, {"path": "/north side"}, {"commit": f"{0:012}4{0:019}"}])
def test_what_is_gone_is_not_found(gallery: Gallery, change: dict[str, str]) -> None:
    """A commit that was dropped, or a directory."""
    assert gallery.client.get(gallery.link(**{"path": PICTURE, **change})).status_code == 404


def test_no_secret_is_in_a_log_an_answer_or_a_repr(
    gallery: Gallery, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the file, the status and the bytes; never the link."""
    caplog.set_level(logging.DEBUG)
    link = gallery.link()
    answer = gallery.client.get(link)
    bad = gallery.client.get(f"{link}x")
    lines = [each.getMessage() for each in caplog.records if each.name == "hitl_assets.media"]
    assert f"GET photos@{gallery.commit}:{PICTURE} 200 {len(PNG)} bytes" in "".join(lines)
    for text in ("".join(lines), answer.headers, bad.text, bad.headers, settings, Media(settings)):
        for secret in (SECRET, TOKEN, link.split("/")[-2].rpartition(".")[2]):
            assert secret not in f"{text} {text!r}"
    assert TOKEN not in link


def test_health_says_whether_pictures_could_be_shown(gallery: Gallery, settings: Settings) -> None:
    """And what goes wrong behind the server is not told to the world."""
    assert gallery.client.get(f"{gallery.links.address}/health").text == "ok\n"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = replace(settings, pachd=f"127.0.0.1:{taken.getsockname()[1]}")
        with serving(Media(nowhere)) as url:
            lost = replace(gallery, links=Links(url, settings.secrets))
            for answer in (httpx.get(f"{url}/health"), httpx.get(lost.link())):
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
                assert nowhere.pachd not in answer.text


def test_half_a_file_is_never_a_whole_one(
    hung: tuple[PachydermEmulator, object, str], gallery: Gallery, settings: Settings
) -> None:
    """Where the connection to Pachyderm breaks, that to the browser does, too."""
    with cutting_tcp(hung[0].address) as proxy, serving(Media(replace(settings, pachd=proxy.address))) as url:
        far = replace(gallery, links=Links(url, settings.secrets))
        assert far.get("/film.mp4", "HEAD").status_code == 200
        proxy.bytes_left = len(FILM) // 2
        with pytest.raises(httpx.RemoteProtocolError):
            far.get("/film.mp4")


def test_who_goes_away_is_not_read_for(gallery: Gallery) -> None:
    """The call to Pachyderm ends with the connection of the browser."""
    gallery.get("/film.mp4", "HEAD")
    with gallery.emulator.gate.hold("GetFile") as held:
        address = urlsplit(gallery.link("/film.mp4"))
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as browser:
            browser.sendall(f"GET {address.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            held.arrived()
        assert held.released.wait(10)


def test_only_so_many_are_served_at_once(gallery: Gallery, settings: Settings) -> None:
    """Memory is for a message of each; who doesn't get a turn is told to come again."""
    few = replace(settings, readers=1, patience=0.05)
    with serving(Media(few)) as url:
        busy = replace(gallery, links=Links(url, settings.secrets))
        with gallery.emulator.gate.hold("GetFile") as held:
            first = threading.Thread(target=httpx.get, args=(busy.link(),))
            first.start()
            held.arrived()
            refused = httpx.get(busy.link("/film.mp4"))
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert httpx.get(f"{url}/health").status_code == 200
        first.join()
        assert httpx.get(busy.link("/film.mp4")).status_code == 200
