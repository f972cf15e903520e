"""What links are signed with: one secret, or while it is replaced two. It is never part of a message."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

VARIABLE = "HITL_MEDIA_SECRET"
SHORTEST = 32
ADVICE = (
    f'Set it to one of {SHORTEST} characters or more (python -c "import secrets; print(secrets.token_urlsafe(32))"), '
    "the same for Dagster and for `hitl media`."
)


class SecretError(ValueError):
    """There is no secret, or it is none. The message doesn't show it."""


@dataclass(frozen=True)
class Secrets:
    """The secrets that are accepted. The first one signs."""

    accepted: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> "Secrets":
        """Those of the variable: one, or the new one and the old one with a comma or a blank between them.

        Raises:
            SecretError: there is none, there are more than two, or one is short.
        """
        found = tuple(filter(None, re.split(r"[,\s]+", text)))
        if not found:
            raise SecretError(f"{VARIABLE} is not set, and links to pictures are signed with it. {ADVICE}")
        if len(found) > 2:
            raise SecretError(f"{VARIABLE} holds {len(found)} secrets: write the new one, and the old one behind it.")
        if any(len(each) < SHORTEST for each in found):
            raise SecretError(
                f"{VARIABLE} holds a secret of less than {SHORTEST} characters: it can be guessed. {ADVICE}"
            )
        return cls(tuple(each.encode() for each in found))

    def sign(self, text: str) -> str:
        """The signature of a text by the first secret."""
        return signature(self.accepted[0], text)

    def accept(self, text: str, signed: str) -> bool:
        """Whether one of the secrets gives this signature."""
        given = signed.encode(errors="replace")
        return any(hmac.compare_digest(signature(each, text).encode(), given) for each in self.accepted)


def signature(secret: bytes, text: str) -> str:
    """HMAC-SHA256 (RFC 2104) of a text, in the characters of addresses."""
    return urlsafe_b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode().rstrip("=")
