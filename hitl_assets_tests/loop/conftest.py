"""Loops to run."""

import dagster as dg
import pytest

from hitl_assets.labeling.project.declaration import Project

from .loops import Loop


@pytest.fixture
def loop(project: Project, instance: dg.DagsterInstance, pachyderm_address: str, toloka_url: str) -> Loop:
    """A loop on emulators where pools are done at once."""
    return Loop(project, instance, pachyderm_address, toloka_url)
