"""Secrets: what a token may look like. It is never part of a message."""

from hitl_assets.services.errors import TransientServiceError


def clean_token(token: str, variable: str) -> str:
    """The token without the line end that files and `echo` leave behind it.

    Raises:
        TransientServiceError: it has characters that no header can carry. HTTP and gRPC clients would quote the whole
            token in their complaint.
    """
    stripped = token.strip()
    if not all(" " <= character <= "~" for character in stripped):
        raise TransientServiceError(f"{variable} holds characters that no token has. Copy it again; it is not shown.")
    return stripped
