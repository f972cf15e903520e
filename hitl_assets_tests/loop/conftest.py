"""Loops to run."""

from collections.abc import Iterator

import dagster as dg
import pytest

from hitl_assets.labeling.project import Project

from .loops import Loop


@pytest.fixture
def loop(project: Project, pachyderm_address: str, toloka_url: str) -> Iterator[Loop]:
    """A loop on emulators where pools are done at once."""
    with dg.instance_for_test() as instance:
        yield Loop(project, instance, pachyderm_address, toloka_url)
