"""What a link holds, and what is none."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

import pytest

from hitl_assets.labeling.media.links import Exhibit, ExpiredError, LinkError, Links, lifetime
from hitl_assets.labeling.media.secrets import SecretError, Secrets

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LATER = NOW + timedelta(days=3)
OLD, NEW = "old-secret-of-which-nobody-knows-1", "new-secret-of-which-nobody-knows-2"
LINKS = Links("https://pictures.example/of/us/", Secrets.from_text(OLD))
EXHIBIT = Exhibit("orchard", "2026-03-01 a1b2", "photos", "a" * 32, "/north side/100% ripe.png")


def meant(link: str) -> str:
    """What a server reads of an address."""
    return unquote("/".join(link.split("/")[-2:]))


def test_a_link_leads_back_to_its_place_and_time() -> None:
    """Under the address of the server, whatever characters the path has."""
    link = LINKS.write(EXHIBIT, LATER)
    assert link.startswith("https://pictures.example/of/us/")
    assert LINKS.read(meant(link), NOW) == (EXHIBIT, LATER)


@pytest.mark.parametrize("at", ["first", "middle", "last", "dot"])
def test_a_changed_link_is_none(at: str) -> None:
    """Wherever it was changed, also in the bits of the last character that mean nothing."""
    link = meant(LINKS.write(EXHIBIT, LATER))
    where = {"first": 0, "middle": len(link) // 3, "last": len(link) - 1, "dot": link.index(".")}[at]
    for other in "AB-":
        if link[where] != other:
            with pytest.raises(LinkError, match="no link that was given out"):
                LINKS.read(f"{link[:where]}{other}{link[where + 1 :]}", NOW)


@pytest.mark.parametrize("length", [0, 1, 20, -43, -1])
def test_a_part_of_a_link_is_none(length: int) -> None:
    """It was cut off by a mail program."""
    with pytest.raises(LinkError):
        LINKS.read(meant(LINKS.write(EXHIBIT, LATER))[:length], NOW)


def test_the_signature_of_one_link_opens_no_other() -> None:
    """Two neighbours in a batch."""
    one, other = (meant(LINKS.write(replace(EXHIBIT, path=path), LATER)) for path in ("/1.png", "/2.png"))
    with pytest.raises(LinkError):
        LINKS.read(f"{one.partition('.')[0]}.{other.partition('.')[2]}", NOW)


def test_a_link_ends_at_its_time() -> None:
    """It is said when that was."""
    link = meant(LINKS.write(EXHIBIT, LATER))
    LINKS.read(link, LATER - timedelta(seconds=1))
    with pytest.raises(ExpiredError, match="expired on 2026-03-04"):
        LINKS.read(link, LATER)


def test_a_secret_is_replaced_without_a_broken_link() -> None:
    """Both are accepted, the first one signs; once the old one is gone, so are its links."""
    both, new = (Links("", Secrets.from_text(text)) for text in (f"{NEW}, {OLD}\n", NEW))
    old_link, new_link = meant(LINKS.write(EXHIBIT, LATER)), meant(both.write(EXHIBIT, LATER))
    assert both.read(old_link, NOW) == both.read(new_link, NOW) == new.read(new_link, NOW)
    with pytest.raises(LinkError):
        new.read(old_link, NOW)


@pytest.mark.parametrize(
    ("text", "message"),
    [(" \n", "is not set"), ("short", "less than 32"), (f"{OLD} {NEW} {OLD}", "3 secrets"), (f"{OLD},short", "less")],
)
def test_what_is_no_secret_is_refused_and_not_shown(text: str, message: str) -> None:
    """The message names the variable, and what to do."""
    with pytest.raises(SecretError, match=f"HITL_MEDIA_SECRET.*{message}") as refused:
        Secrets.from_text(text)
    assert "short" not in str(refused.value)


def test_no_secret_is_in_a_repr() -> None:
    """Tracebacks with local variables show these."""
    assert OLD not in repr(LINKS) + repr(LINKS.secrets) + LINKS.write(EXHIBIT, LATER)


def test_links_outlive_a_pool_that_goes_on_once() -> None:
    """It may be open again for as long, up to a month after it ended."""
    assert lifetime(14) >= timedelta(days=14 + 14 + 30)


def test_a_link_ends_with_the_name_of_its_file() -> None:
    """So that people see what it is of; another name is another link."""
    link = LINKS.write(replace(EXHIBIT, path="/a b/1 of%202.png"), LATER)
    assert link.endswith("/1%20of%25202.png")
    assert LINKS.read(meant(link), NOW)[0].path == "/a b/1 of%202.png"
    with pytest.raises(LinkError, match="no link that was given out"):
        LINKS.read(meant(link).replace("1 of", "2 of"), NOW)
