"""Times as people say them."""

HOUR = 3600.0


def duration(seconds: float) -> str:
    """A time as people say it."""
    if seconds < HOUR:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 48 * HOUR else f"{seconds / HOUR / 24:.1f} days"
