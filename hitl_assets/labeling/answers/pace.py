"""How fast people answered, by the times that Toloka gave with their answers."""

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from hitl_assets.labeling.records import Answer

TIME = re.compile(
    r"^(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)?$", re.ASCII
)


def moment(text: str) -> datetime | None:
    """A time of Toloka (ISO, UTC without an offset), or None for what is none."""
    match = TIME.match(text)
    if match is None:
        return None
    # Python 3.10 reads three or six digits, and no Z.
    fraction, zone = (match["fraction"] or ".0")[:7].ljust(7, "0"), match["zone"] or "+00:00"
    try:
        return datetime.fromisoformat(match["second"] + fraction + zone.replace("Z", "+00:00"))
    except ValueError:
        return None


def submitted_at(answers: Iterable[Answer]) -> list[datetime]:
    """When the answers were handed in, in the order of time."""
    return sorted(time for time in (moment(answer.submitted) for answer in answers) if time is not None)


def hours_between(times: Sequence[datetime]) -> float:
    """From the first to the last of sorted times."""
    return (times[-1] - times[0]).total_seconds() / 3600 if times else 0.0


def seconds_per_task(answers: Iterable[Answer]) -> float | None:
    """The median over the suites of these answers: from taking a suite to handing it in, for each of its tasks.

    Golden tasks take time like the others, so they belong to `answers`.
    """
    suites: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        suites[answer.assignment_id].append(answer)
    found = []
    for own in suites.values():
        start, end = moment(own[0].created), moment(own[0].submitted)
        if start is not None and end is not None and end >= start:
            found.append((end - start).total_seconds() / len(own))
    return statistics.median(found) if found else None
