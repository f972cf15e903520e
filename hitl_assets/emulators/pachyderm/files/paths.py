"""Names and paths as pachd accepts them. Directories end with a slash, files don't."""

import posixpath
import re

from hitl_assets.emulators.pachyderm.errors import RefusedError

NAME = re.compile(r"[a-zA-Z0-9_-]+")
UUID4 = re.compile(r"[0-9a-f]{12}4[0-9a-f]{19}")
# Limits of our own. pachd has none, and what it stores a name in has others.
LONGEST_NAME = 2_000
LONGEST_PATH = 65_536
DEEPEST_PATH = 2_000
GLOB_CHARACTERS = re.compile(r"[*?\[\]{}!()@+^]")
PRINTABLE = re.compile(r"[ -~]*")


def check_name(name: str) -> str:
    """The name of a repo or branch.

    Raises:
        RefusedError: it holds other characters than pachd allows.
    """
    if not NAME.fullmatch(name):
        raise RefusedError(f"name ({name}) invalid: only alphanumeric characters, underscores, and dashes are allowed")
    if len(name) > LONGEST_NAME:
        raise RefusedError(f"name ({name[:40]}...) invalid: {len(name)} characters, at most {LONGEST_NAME} allowed")
    return name


def is_commit_id(text: str) -> bool:
    """Whether it is a uuid4 without dashes."""
    return UUID4.fullmatch(text) is not None


def clean(path: str) -> str:
    """An absolute path without a trailing slash, `/` for the root, as Go's path.Clean makes it."""
    # lstrip: posixpath keeps two leading slashes, Go doesn't.
    return posixpath.normpath("/" + path.lstrip("/"))


def check_path(path: str) -> str:
    """A path to write to, cleaned.

    Raises:
        RefusedError: pachd would refuse it.
    """
    if not path:
        raise RefusedError("path () invalid: only printable ASCII characters allowed")
    if len(path) > LONGEST_PATH or path.count("/") > DEEPEST_PATH:
        raise RefusedError(
            f"path ({path[:40]}...) invalid: at most {LONGEST_PATH} characters and {DEEPEST_PATH} directories allowed"
        )
    if not PRINTABLE.fullmatch(path):
        raise RefusedError(f"path ({path}) invalid: only printable ASCII characters allowed")
    found = GLOB_CHARACTERS.search(path)
    if found:
        raise RefusedError(f"path ({path}) invalid: globbing character ({found[0]}) not allowed in path")
    if any(part in (".", "..") for part in path.split("/")):
        raise RefusedError(f"path ({path}) invalid: relative file paths are not allowed")
    return clean(path)


def check_file_path(path: str) -> str:
    """A path to write a file to, cleaned.

    Raises:
        RefusedError: pachd would refuse it, or it names a directory.
    """
    cleaned = check_path(path)
    if cleaned == "/" or path.endswith("/"):
        raise RefusedError(f"path ({path}) invalid: a file needs a name, and it can't end with a slash")
    return cleaned


def as_directory(path: str) -> str:
    """The same path with one trailing slash."""
    return path.rstrip("/") + "/"


def parents(path: str) -> list[str]:
    """The directories above a path, `/` first."""
    inner = path.rstrip("/")
    return [inner[: index + 1] for index, character in enumerate(inner) if character == "/"]
