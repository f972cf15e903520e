"""What a requester learns about workers."""

from __future__ import annotations

from typing import Any

import pytest
from toloka.client.exceptions import DoesNotExistApiError


def test_a_worker_has_the_profile_that_filters_see(shared: Any) -> None:
    """Who passed a filter on the country comes from there."""
    country = [[{"category": "profile", "key": "country", "operator": "EQ", "value": "DE"}]]
    pool = shared.run(shared.filled(2, filter={"and": [{"or": one} for one in country]}))
    user = shared.client.get_user(shared.assignments(pool)[0].user_id)
    assert (user.country, user.attributes.country_by_ip) == ("DE", "DE")
    assert user.languages
    assert user.attributes.client_type in ("TOLOKA_APP", "BROWSER")


def test_nobody_else_is_known(shared: Any) -> None:
    """Only those who took a suite."""
    with pytest.raises(DoesNotExistApiError):
        shared.client.get_user("f" * 32)
