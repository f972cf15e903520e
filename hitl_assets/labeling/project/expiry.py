"""Until when a signed address is good, by what is written in it."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

AMAZON = "%Y%m%dT%H%M%SZ"


def expires_at(address: str) -> datetime | None:
    """The end of an address that is signed as S3 and its likes do (`X-Amz-Date` and `X-Amz-Expires`, also of Google;
    `Expires` in seconds since 1970; Azure's `se`); None if it says none."""
    said = {name.lower(): value for name, value in parse_qsl(urlsplit(address).query)}
    try:
        for vendor in ("amz", "goog"):
            if f"x-{vendor}-expires" in said and f"x-{vendor}-date" in said:
                begins = datetime.strptime(said[f"x-{vendor}-date"], AMAZON).replace(tzinfo=timezone.utc)
                return begins + timedelta(seconds=int(said[f"x-{vendor}-expires"]))
        if "expires" in said:
            return datetime.fromtimestamp(int(said["expires"]), timezone.utc)
        if "se" in said and "sig" in said:
            ends = datetime.fromisoformat(said["se"].replace("Z", "+00:00"))
            return ends if ends.tzinfo else ends.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return None
