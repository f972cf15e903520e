"""What it costs to have a client of Toloka, and to look for what is ours."""

import ssl
from pathlib import Path

import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.proxies import failing_http


def test_certificates_are_read_once(still_toloka_url: str) -> None:
    """Each sensor's tick and each run makes clients: reading the bundle again took longer than their requests."""
    first, second = (Toloka(still_toloka_url, token) for token in ("one", "another"))
    clients = (first.reader, first.writer, second.reader, second.writer)
    assert len({id(client.verify) for client in clients}) == 1
    assert isinstance(first.reader.verify, ssl.SSLContext)


@pytest.mark.slow
def test_an_account_of_many_projects_is_looked_through_in_one_request(tmp_path: Path, project: Project) -> None:
    """Unless more are asked for, a page has fifty of them."""
    with TolokaEmulator(tmp_path / "state") as emulator, failing_http(emulator.url) as network:
        for number in range(51):
            form = {**project.project, "private_comment": f"somebody's {number}"}
            Toloka(emulator.url, "any token").writer.create_project(form)
        Toloka(network.url, "any token").look_up_projects(project_mark(project))
        assert len(network.requests) == 1
