"""Which rows are the same item, and under which keys an item is known."""

import sys
from typing import Any

import pytest

from hitl_assets.labeling.items.items import RawData, Taken, collect_items
from hitl_assets.labeling.values.characters import PRINTABLE_UNSEEN, SPACE, UNSEEN, is_blank, show
from hitl_assets.labeling.values.identity import IDENTITY, Identity, digest, every_key, item_key, look_of

TEXT = {"text": {"type": "string", "required": True}}
TO_THE_CHARACTER, WITHOUT_CASE = Identity(version=1), Identity(ignore_case=True)
SAME = [
    ("caf\u00e9", "cafe\u0301"),
    ("Hello world", "Hello\u00a0world"),
    ("Hello world", "Hello\u202fworld"),
    ("Hello world", "Hello\u200b world"),
    ("Hello world", " Hello world\t"),
    ("Hello world", "Hello world\u3000"),
    ("Hello", "Hel\u00adlo"),
    ("Hello", "\ufeffHello"),
    ("Hello", "Hello\u200e"),
    ("Hello", "Hel\x07lo"),
    ("Hello", "Hel\U000e0001\U000e0065\U000e007flo"),
    ("two\nlines", "two\r\nlines"),
    ("two\nlines", "two\rlines"),
    ("two\nlines", "two \nlines\n"),
    ("two\nlines", "two\u2028lines"),
    ("\u2764", "\u2764\ufe0f"),
    ("foobar", "foo\u200cbar"),
    ("\u1100\u1161", "\uac00"),
]
OTHER = [
    ("Hello", "hello"),
    ("Hello world", "Hello  world"),
    ("Helloworld", "Hello world"),
    ("two\nlines", "two lines"),
    ("2", "\u00b2"),
    ("abc", "\u202ecba"),
    ("\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ("\U0001f468\U0001f469", "\U0001f468\u200d\U0001f469"),
    ("1", "1.0"),
    ("\U0001f3f4", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
]


def collect(text: str, taken: Taken | None = None, identity: Identity = IDENTITY) -> RawData:
    """The items of a file of one column."""
    return collect_items({"/a.csv": text.encode()}, TEXT, (), identity=identity, taken=taken)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_nobody_sees_makes_no_other_item(one: str, other: str) -> None:
    """Each of them would be asked and paid for."""
    assert item_key({"text": one}) == item_key({"text": other})


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_can_be_seen_makes_another_item(one: str, other: str) -> None:
    """An item that is taken for another one would never be labeled."""
    assert item_key({"text": one}) != item_key({"text": other})


@pytest.mark.parametrize(("one", "other"), SAME)
def test_version_1_tells_texts_apart_to_the_character(one: str, other: str) -> None:
    """Whoever labels invisible characters can have them."""
    assert item_key({"text": one}, TO_THE_CHARACTER) != item_key({"text": other}, TO_THE_CHARACTER)


def test_nothing_that_is_unseen_passes_for_plain_text() -> None:
    """Text of printable characters is not looked at any closer, but for those that show nothing all the same."""
    printable = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isprintable() and char != " "]
    hidden = [char for char in printable if UNSEEN.match(char) or SPACE.match(char)]
    assert len(hidden) > 10
    assert all(map(PRINTABLE_UNSEEN.match, hidden))


def test_case_is_ignored_on_request() -> None:
    """Names of products, for example."""
    assert item_key({"text": "STRASSE"}, WITHOUT_CASE) == item_key({"text": "Straße"}, WITHOUT_CASE)


@pytest.mark.parametrize(
    ("one", "other"), [({"a": 1, "b": "x"}, {"b": "x ", "a": 1.0}), ([{"a": "x"}], [{"a": "x\u00a0"}])]
)
def test_json_is_the_same_inside_as_well(one: Any, other: Any) -> None:
    """Order of names, 1 and 1.0, texts in lists."""
    assert item_key({"json": one}) == item_key({"json": other})


def test_a_plain_text_has_the_key_that_it_always_had() -> None:
    """Nearly every item that was labeled before."""
    assert item_key({"text": "two\nlines, café"}) == digest({"text": "two\nlines, café"})


def test_an_item_is_known_under_keys_of_finer_identities_only() -> None:
    """By a coarser one it is the same as others, which are to be told from it."""
    values = {"text": "Cox "}
    to_the_character, plain, folded = (item_key(values, each) for each in (TO_THE_CHARACTER, IDENTITY, WITHOUT_CASE))
    assert every_key(values, TO_THE_CHARACTER) == (to_the_character,)
    assert every_key(values, IDENTITY) == (plain, to_the_character)
    assert every_key(values, WITHOUT_CASE) == (folded, plain, to_the_character)


def test_a_row_that_differs_by_what_nobody_sees_is_put_aside_with_the_first() -> None:
    """Who wrote it wants to know."""
    found = collect("text\nCox\nCox\u200b\n")
    assert [row.reason for row in found.rejected] == ["same values as row 2, but for what nobody sees"]


def test_values_are_passed_on_as_they_are() -> None:
    """Identity is for us; workers see what was in the file."""
    assert [item.values["text"] for item in collect("text\n Cox\u00a0red \n").items] == [" Cox\u00a0red "]


@pytest.mark.parametrize("blank", ["\u200b", "\ufeff", "\u00ad", "\u00a0", " \u3000", "\u2800", "\u3164", "\u200e"])
def test_a_cell_of_nothing_that_is_seen_is_a_missing_value(blank: str) -> None:
    """Nobody can say what is on an empty page."""
    found = collect(f"text\n{blank}\n")
    assert is_blank(blank)
    assert [row.reason for row in found.rejected] == ["value is missing"]


def test_items_of_version_0_1_stay_known() -> None:
    """They were paid under the digest of their values to the character."""
    old = digest({"text": "Cox "})
    found = collect("text\nCox \n", Taken(known={old}))
    assert (found.items, found.known) == ((), 1)


def test_a_batch_that_is_taken_in_again_keeps_its_keys() -> None:
    """People were asked under them; and both rows stay items if both were."""
    old = [digest({"text": "Cox "}), digest({"text": "Cox\u00a0"})]
    found = collect("text\nCox \nCox\u00a0\nCox\n", Taken(own=frozenset(old)))
    assert [item.item_key for item in found.items] == old
    assert len(found.rejected) == 1


def test_what_looks_the_same_is_listed() -> None:
    """It stays two items: case, width and the number of spaces may mean something."""
    found = collect("text\nNew York\nnew  york\n\uff2eew York\nBoston\n")
    assert len(found.items) == 4
    assert [(each.item.row, each.earlier.row) for each in found.alike] == [(3, 2), (4, 2)]


def test_a_look_has_no_case_and_no_width() -> None:
    """It is for the list only."""
    assert look_of({"text": "\uff2e\uff39\uff23  "}) == look_of({"text": "nyc"})


def test_a_message_shows_what_is_unseen() -> None:
    """`has no column text; it has: text` would be no help."""
    assert show("te\u200bxt") == r"'te\u200bxt'"


def test_to_the_character_is_with_the_case() -> None:
    """A project that asks for both is refused."""
    with pytest.raises(ValueError, match="ignore_case goes with version 2"):
        Identity(version=1, ignore_case=True)
