"""The secret of links on one machine: made once for a state directory, and kept in a file that only its owner reads."""

import contextlib
import os
import secrets
from pathlib import Path

FILE = "media_secret"


def local_secret(folder: Path) -> str:
    """The secret of a state directory, made now if it has none."""
    path = folder / FILE
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True, exist_ok=True)
        # Complete before it has its name: of two that make it at once, both take the same.
        made = folder / f"{FILE}.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(made, path)
        finally:
            made.unlink()
    return path.read_text(encoding="utf-8")
