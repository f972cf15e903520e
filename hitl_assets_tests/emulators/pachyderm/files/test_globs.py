"""Globs that nobody asks for honestly: an answer or an error, but soon. What they match is in test_reads.py."""

import time
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm.errors import RefusedError
from hitl_assets.emulators.pachyderm.files.globs import compile_glob

LONG = f"/{'a' * 5000}"
# More than twice of what the slowest one takes on a busy machine.
SOON_SECONDS = 30.0


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        f"/{'*a' * 500}b",
        f"/{'**' * 900}b",
        "/*(*(*(*(a))))b",
        "/+(+(+(a|aa)|*)|?)b",
        f"/{'!(a)' * 15}",
        f"/{'!(*a*)' * 15}b",
        f"/{'{a,b}*' * 500}",
        f"/{'{*a,*b}' * 500}",
        f"/{'?(a)' * 900}{'a' * 90}",
        "/*(!(a)|!(b)|*)b",
        f"/{'*' * 5000}",
        f"/{'@(' * 2000}",
        f"/{'!(' * 2000}",
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    """On a path that makes a backtracking matcher go back for ever."""
    start = time.monotonic()
    try:
        assert compile_glob(pattern).fullmatch(LONG) in (True, False)
    except RefusedError as error:
        assert "invalid" in str(error)
    assert time.monotonic() - start < SOON_SECONDS


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("/{a,b}{c,d}", "/ad", "/ab"),
        ("/+(ab|c)*", "/abcab.txt", "/ba"),
        ("/!(a|b).csv", "/c.csv", "/a.csv"),
        ("/@(!(a)b|c)", "/xb", "/ab"),
        ("/!(*.csv)", "/a.txt", "/a.csv"),
        ("/[!a-c[:digit:]]?", "/dx", "/1x"),
        ("/a\\*", "/a*", "/ab"),
        ("/**/x", "/a/b/x", "/x"),
        ("/a?(b)c", "/ac", "/abbc"),
    ],
)
def test_groups_classes_and_exceptions_match(pattern: str, matching: str, other: str) -> None:
    """As the expressions that pachd makes of them."""
    glob = compile_glob(pattern)
    assert (glob.fullmatch(matching), glob.fullmatch(other)) == (True, False)


@pytest.mark.parametrize("pattern", ["/[a", "/[c-a]", "/[[:odd:]]", f"/{'*' * 5000}"])
def test_malformed_globs_are_refused(client: Any, repo: str, pattern: str) -> None:
    """An error for this call; the next one is answered."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    with pytest.raises(grpc.RpcError, match=r"invalid|unexpected end") as caught:
        list(client.glob_file((repo, "master"), pattern))
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert len(list(client.glob_file((repo, "master"), "/*"))) == 1
