"""Signed links to items: `<address>/<what is meant>.<signature>/<name of the file>`.

A link is signed and not encrypted: whoever has one can read the file's path from it, and nothing of a token.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from hitl_assets.labeling.media.secrets import Secrets

# A batch whose pool ended early may go on so much later, for as long as pools are open.
MARGIN = timedelta(days=30)
LONGEST = 8000
FOREIGN = "This is no link that was given out here. Copy all of it."


class LinkError(ValueError):
    """No such link was given out."""


class ExpiredError(LinkError):
    """It was, and its time is over."""


@dataclass(frozen=True)
class Exhibit:
    """A file of Pachyderm's that is shown to people, and the batch of a project in which they are asked about it."""

    project: str
    batch: str
    repo: str
    commit: str
    path: str

    @property
    def name(self) -> str:
        """What the file is called: links end with it, so that people and programs see what they are of."""
        return self.path.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.repo}@{self.commit}:{self.path}"


@dataclass(frozen=True)
class Links:
    """Writes links that begin with an address, and reads them."""

    address: str
    secrets: Secrets

    def write(self, exhibit: Exhibit, expires: datetime) -> str:
        """The link to it, until a time that is aware of its zone."""
        content = [*astuple(exhibit), int(expires.timestamp())]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        meant = urlsafe_b64encode(text).decode().rstrip("=")
        return f"{self.address.rstrip('/')}/{meant}.{self.secrets.sign(meant)}/{quote(exhibit.name, safe='')}"

    def read(self, written: str, now: datetime) -> tuple[Exhibit, datetime]:
        """What is behind the address in a link (without percents), and until when.

        Raises:
            ExpiredError: it was a link until then.
            LinkError: it was not made with one of the secrets, or changed since.
        """
        signature, _, name = written.partition("/")
        meant, _, signed = signature.rpartition(".")
        if len(written) > LONGEST or not self.secrets.accept(meant, signed):
            raise LinkError(FOREIGN)
        try:
            *parts, expires = json.loads(urlsafe_b64decode(meant + "=" * (-len(meant) % 4)))
            found, until = Exhibit(*map(str, parts)), datetime.fromtimestamp(int(expires), now.tzinfo)
        except (binascii.Error, TypeError, ValueError, OverflowError) as error:
            raise LinkError("This link is of another version. Publish the batch anew.") from error
        if name != found.name:
            raise LinkError(FOREIGN)
        if now >= until:
            raise ExpiredError(f"This link expired on {until:%Y-%m-%d}.")
        return found, until


def lifetime(pool_days: int) -> timedelta:
    """How long links are good for: longer than the pool is open, also if it goes on once after it ended early."""
    return 2 * timedelta(days=pool_days) + MARGIN
