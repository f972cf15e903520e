"""How people see items that are files: what the YAML may say, and the addresses that come of it."""

from datetime import datetime, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.addresses import with_addresses
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.project.expiry import expires_at
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.records import KnownTask, Task
from hitl_assets_tests.labeling.conftest import Load

FILES = {"repo": "photos", "glob": "/**.{png,jpg}", "items": "files", "field": "image"}
LINK = {"link": "https://b.example.com/{path}"}


@pytest.fixture
def pictured(attributes: dict[str, Any]) -> dict[str, Any]:
    """A project whose items are files."""
    attributes["source"], attributes["pictures"] = dict(FILES), dict(LINK)
    attributes["project"]["task_spec"]["input_spec"] = {"image": {"type": "url", "required": True}}
    return attributes


GOLDEN = {"golden.csv": "image,kind\nhttps://example.com/cox.png,apple\n"}


def test_a_project_of_files_loads(load: Load, pictured: dict[str, Any]) -> None:
    """Its field is a place inside, and an address for people."""
    project = load(GOLDEN)
    assert project.inputs == {"image": {"type": "string", "required": True}}
    assert project.shown["image"]["type"] == "url"


@pytest.mark.parametrize(
    ("source", "changes", "words"),
    [
        ({"field": "photo"}, {}, ["source.field = 'photo' is no input field of type url. Allowed: image."]),
        ({"field": None}, {}, ["files need a field and a glob"]),
        ({"items": "rows"}, {}, ["field and values go with items: files"]),
        ({"items": "rows", "field": None}, {}, ["pictures goes with source.items: files"]),
        ({"items": "pages"}, {}, ["source.items", "'rows' or 'files'"]),
        ({"values": "values.csv"}, {}, ["source.values"]),
        ({}, {"pictures": None}, ["field pictures is missing", "pictures: serve"]),
        ({}, {"pictures": "yes"}, ["pictures", "'serve'"]),
        ({}, {"pictures": {"link": "https://b/{name}"}}, ["pictures.link", "repo, commit, path, hash"]),
        ({}, {"pictures": {"link": "https://b/one.png"}}, ["write {path} or {hash} into it"]),
        ({}, {"pictures": {"link": "b/{path}"}}, ["begins with https://"]),
        ({}, {"pictures": {"lnk": "https://b/{path}"}}, ["pictures.lnk", "Did you mean link?"]),
    ],
)
def test_a_mistake_says_what_is_allowed(
    load: Load, pictured: dict[str, Any], source: dict[str, Any], changes: dict[str, Any], words: list[str]
) -> None:
    """Before anybody is asked about what he can't see."""
    pictured["source"] |= source
    pictured |= changes
    with pytest.raises(ConfigurationError) as refused:
        load(GOLDEN)
    assert [word for word in words if word not in str(refused.value)] == []


def test_fields_beside_the_file_need_a_table(load: Load, pictured: dict[str, Any]) -> None:
    """Or are not required."""
    pictured["project"]["task_spec"]["input_spec"]["caption"] = {"type": "string", "required": True}
    with pytest.raises(ConfigurationError, match=r"source\.values is missing: files have no caption"):
        load(GOLDEN)
    pictured["source"]["values"] = "/values.csv"
    assert set(load(GOLDEN).inputs) == {"image", "caption"}


@pytest.mark.parametrize(
    ("template", "path", "address"),
    [
        ("https://b/{path}", "/a/b.png", "https://b/a/b.png"),
        ("https://b/{path}", "/a b/100%/ö#1?.png", "https://b/a%20b/100%25/%C3%B6%231%3F.png"),
        ("https://b/{repo}/{commit}/{path}?v={hash}", "/a.png", "https://b/photos/c1/a.png?v=0f"),
        ("https://b/{hash}.png", "/{path}.png", "https://b/0f.png"),
        ("https://b/{path}", "/{hash}.png", "https://b/%7Bhash%7D.png"),
    ],
)
def test_an_address_is_quoted_by_segment(template: str, path: str, address: str) -> None:
    """What stands in a name is never taken for another hole."""
    assert Link(link=template).write(Place("photos", "c1", path), "0f") == address


def test_an_unfinished_brace_is_refused() -> None:
    """It would be in each address."""
    with pytest.raises(ValidationError, match="names in braces only"):
        Link(link="https://b/{path")


def test_tasks_keep_what_they_are_known_by(load: Load, pictured: dict[str, Any]) -> None:
    """Whatever the address: another attempt may have another one."""
    project = load(GOLDEN)
    task = Task("k1", {"image": "photos@c1:/a.png"})
    known = KnownTask({"image": "photos@c1:/b.png"}, {"kind": "apple"})
    plain = KnownTask({"image": "https://elsewhere/c.png"}, {"kind": "pear"})
    link = Link(link="https://b/{path}?{hash}")
    (shown,), golden = with_addresses(project, [task], link.write), with_addresses(project, [known, plain], link.write)
    assert (shown.item_key, shown.values) == ("k1", {"image": "https://b/a.png?k1"})
    assert [each.item_key for each in golden] == [known.item_key, plain.item_key]
    assert [each.values["image"] for each in golden] == ["https://b/b.png?", "https://elsewhere/c.png"]


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ("", None),
        ("X-Amz-Date=20261130T000000Z&X-Amz-Expires=86400", datetime(2026, 12, 1, tzinfo=timezone.utc)),
        ("X-Goog-Date=20261130T000000Z&X-Goog-Expires=3600", datetime(2026, 11, 30, 1, tzinfo=timezone.utc)),
        ("Expires=1796083200&Signature=x", datetime(2026, 12, 1, tzinfo=timezone.utc)),
        ("se=2026-12-01T00:00:00Z&sig=x", datetime(2026, 12, 1, tzinfo=timezone.utc)),
        ("Expires=soon", None),
        ("Expires=99999999999999999", None),
    ],
)
def test_a_signature_says_its_end(query: str, ends: datetime | None) -> None:
    """As the clouds write it."""
    assert expires_at(f"https://b/a.png?{query}") == ends
