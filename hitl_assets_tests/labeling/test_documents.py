"""YAML and JSON as plain values."""

from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError, check_plain, read_json, read_yaml

# Nine aliases to nine aliases to nine ...: 9**9 values in a few hundred bytes.
LEVELS = "bcdefghi"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{chr(ord(name) - 1)}'] * 9)}]\n" for name in LEVELS
)


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """The value of a text, as YAML or as JSON."""

    def write_and_read(text: str | bytes, name: str = "a.yaml") -> Any:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        value = read_json(path) if name.endswith(".json") else read_yaml(path)
        check_plain(value, path)
        return value

    return write_and_read


def test_a_date_stays_text(read: Any) -> None:
    """Toloka's JSON has no dates; what it takes for one is a text."""
    assert read("day: 2026-01-01") == {"day": "2026-01-01"}


def test_an_alias_stands_for_a_value(read: Any) -> None:
    """People write a list of languages once."""
    assert read("a: &a {x: 1}\nb: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (BOMB, "a.yaml", "more than 100000 values or 50 levels"),
        ("a: &a [*a]", "a.yaml", "more than 100000 values or 50 levels"),
        ("[" * 5_000, "a.yaml", "nested too deep"),
        ("[" * 100_000, "a.json", "nested too deep"),
        ("a: 1\na: 2", "a.yaml", "the name 'a' a second time in one section"),
        ('{"a": 1, "a": 2}', "a.json", "the name 'a' is there twice"),
        ("a: {1: x}", "a.yaml", "in a the name 1 is no plain text"),
        ("a: [.nan]", "a.yaml", "field a.0 = nan is no finite number"),
        ("a: !!binary aGk=", "a.yaml", "is of the type bytes, which JSON lacks"),
        ("a: !!int x", "a.yaml", "line 1, column 4"),
        ('{"a": 100000000000000000000}', "a.json", "has more than 64 bits"),
        ('{"a": "\\ud800"}', "a.json", "holds half a character"),
        ("a: !!python/object/apply:os.getcwd []", "a.yaml", "could not determine a constructor"),
        (b"a: \xff", "a.yaml", "is not UTF-8 (byte 3)"),
    ],
)
def test_what_is_no_plain_value_is_refused(read: Any, text: str | bytes, name: str, words: str) -> None:
    """With the file, and the place in it."""
    with pytest.raises(ConfigurationError) as refused:
        read(text, name)
    assert words in str(refused.value)
    assert name in str(refused.value)


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_byte_order_mark_is_no_part_of_a_document(read: Any, name: str) -> None:
    """Editors on Windows write one."""
    assert read('\ufeff{"a": 1}', name) == {"a": 1}


def test_a_name_that_no_file_can_have_is_said(tmp_path: Path) -> None:
    """It comes from a defs.yaml."""
    for name in ("a\0b", "a" * 300):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_json(tmp_path / name)
