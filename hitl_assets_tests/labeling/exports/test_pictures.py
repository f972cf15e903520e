"""What pictures are called."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_assets.labeling.exports.pictures import named, path_of
from hitl_assets_tests.labeling.exports.datasets import dataset, row

COMMIT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("https://host/a/b%20c.png?x=1#y", "a/b c.png"),
        ("https://user@host:/a.png", "a.png"),
        (f"orchard@{COMMIT}:/a@b:/c d.png", "a%40b_/c d.png"),
        (f"orchard@{COMMIT}:/a/b%20c.png", "a/b%20c.png"),
        ("https://host/../../etc/passwd", "etc/passwd"),
        ("https://host/%2e%2e%2f%2e%2e%2fetc/passwd", "etc/passwd"),
        ("C:\\pictures\\a.png", "pictures/a.png"),
        ("https://host/", ""),
        ("https://[host", "https_/%5Bhost"),
        ("https://host/груша (1).png", "%D0%B3%D1%80%D1%83%D1%88%D0%B0 %281%29.png"),
    ],
)
def test_a_picture_is_called_as_its_file(source: str, path: str) -> None:
    """A name leads out of no folder. In Pachyderm a percent sign is one, and other signs than ASCII can't be."""
    assert path_of(source) == path


def test_names_are_the_same_again() -> None:
    """Each file of an export goes through them once."""
    rows = [row({"picture": f"https://host/{folder}/a.{end}"}, []) for folder in "ab" for end in ("png", "jpg")]
    found = dataset([*rows, *rows])
    names = [name for _, name in named(found)]
    assert names == [name for _, name in named(found)]
    assert len({str(PurePosixPath(name).with_suffix("")) for name in names}) == 8
    assert names[0] == "a/a.png"


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=5))
def test_whatever_an_address_is_its_name_can_be_written(sources: list[str]) -> None:
    """Below the folder, and no part longer than a disk takes."""
    plain = [source.replace("\0", "").encode(errors="replace").decode() or "x" for source in sources]
    for _, name in named(dataset([row({"picture": source}, []) for source in plain])):
        path = PurePosixPath(name)
        assert not path.is_absolute()
        assert not {"..", ""} & set(path.parts)
        assert all(len(part) <= 255 for part in path.parts)
        assert name.isascii()
