"""What it costs to have a client of Toloka, and to look for what is ours."""

import ssl

from hitl_assets.labeling.pools import project_mark
from hitl_assets.labeling.project import Project
from hitl_assets.services.toloka import Toloka

from .proxies import Failing


def test_certificates_are_read_once(still_toloka_url: str) -> None:
    """Each sensor's tick and each run makes clients: reading the bundle again took longer than their requests."""
    first, second = (Toloka(still_toloka_url, token) for token in ("one", "another"))
    clients = (first.reader, first.writer, second.reader, second.writer)
    assert len({id(client.verify) for client in clients}) == 1
    assert isinstance(first.reader.verify, ssl.SSLContext)


def test_an_account_of_many_projects_is_looked_through_in_one_request(failing: Failing, project: Project) -> None:
    """Toloka's own page has twenty of them."""
    toloka = Toloka(failing.url, "any token")
    for number in range(21):
        toloka.writer.create_project({**project.project, "private_comment": f"somebody's {number}"})
    failing.requests.clear()
    toloka.look_up_projects(project_mark(project))
    assert len(failing.requests) == 1
