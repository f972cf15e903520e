"""Does every file that a commit names have its bytes?"""

import sqlite3
from collections.abc import Iterator

from hitl_assets.emulators.pachyderm.store.chunks.chunks import ChunkFiles, split_hashes


def find_damage(db: sqlite3.Connection, files: ChunkFiles) -> Iterator[str]:
    """One sentence per missing or truncated chunk. Contents are checked when they are read."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        yield f"the database is damaged: {verdict}"
    for name, size in db.execute("SELECT hash, size FROM chunks WHERE data IS NULL"):
        path = files.path(name)
        if not path.exists():
            yield f"chunk file {path} is missing"
        elif path.stat().st_size != size:
            yield f"chunk file {path} has {path.stat().st_size} of {size} bytes"
    known = {name for (name,) in db.execute("SELECT hash FROM chunks")}
    for path, joined in db.execute("SELECT path, chunks FROM entries WHERE live"):
        if not known.issuperset(split_hashes(joined)):
            yield f"file {path} names a chunk that is missing"
