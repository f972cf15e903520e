"""Parquet files as JSON lines, which is how the rest reads them."""

import io
import json
import math
from typing import Any

from hitl_assets.labeling.tables.unreadable import UnreadableFileError

SUFFIX = ".parquet"


def as_json_lines(content: bytes, file: str) -> bytes:
    """An object a line; a missing value is null, and what JSON does not know is its text.

    Raises:
        UnreadableFileError: it is no Parquet file.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import read_table

    try:
        rows = read_table(io.BytesIO(content)).to_pylist()
    except (ArrowException, OSError) as error:
        raise UnreadableFileError(f"{file} is no Parquet file: {error}") from error
    return "\n".join(json.dumps(plain(row), ensure_ascii=False, default=str) for row in rows).encode()


def plain(value: Any) -> Any:
    """A value without what is no JSON: numbers that are none, and members of structures that are not there."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
