"""Clients of the two services: addresses in, records out. No Dagster."""

import warnings

with warnings.catch_warnings():
    # It imports pkg_resources; setuptools would tell everybody who starts `hitl` that this will end.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import toloka.client  # noqa: F401
