"""Files that workers attach to their answers."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from toloka.client.exceptions import DoesNotExistApiError, ValidationApiError

PHOTOS = {
    "input_spec": {"text": {"type": "string"}},
    "output_spec": {"photo": {"type": "file"}, "more": {"type": "array_file", "required": False}},
    "view_spec": {"type": "classic", "markup": "{{field type='file' name='photo'}}", "script": "", "styles": ""},
}


@pytest.fixture
def pool(shared: Any) -> Any:
    """A pool whose workers sent files."""
    pool = shared.pool(shared.project(task_spec=PHOTOS))
    shared.client.create_tasks(shared.real(pool.id, 2), allow_defaults=True)
    return shared.run(pool)


def test_a_workers_file_is_found_and_downloaded(shared: Any, pool: Any) -> None:
    """The answer of a file field is the id of an attachment."""
    assignment = shared.assignments(pool, status="ACCEPTED")[0]
    attachment = shared.client.get_attachment(assignment.solutions[0].output_values["photo"])
    found = attachment.details
    assert (found.user_id, found.assignment_id, found.pool_id) == (assignment.user_id, assignment.id, pool.id)
    assert (attachment.name, attachment.media_type) == ("answer.txt", "text/plain")
    target = io.BytesIO()
    shared.client.download_attachment(attachment.id, target)
    assert target.getvalue().strip()


def test_files_are_listed_by_pool_assignment_and_worker(shared: Any, pool: Any) -> None:
    """A list of files stands for several attachments."""
    work = shared.assignments(pool, status="ACCEPTED")
    ids = {
        file
        for assignment in work
        for solution in assignment.solutions
        for file in [solution.output_values["photo"], *solution.output_values["more"]]
    }
    everything = list(shared.client.get_attachments(pool_id=pool.id, batch_size=2))
    assert [one.id for one in everything] == sorted(ids)
    mine = shared.client.find_attachments(assignment_id=work[0].id, name="answer.txt", sort=["-created"]).items
    assert len(mine) == 4
    assert shared.client.find_attachments(pool_id=pool.id, user_id=work[0].user_id).items
    assert not shared.client.find_attachments(pool_id=pool.id, name="a,b.txt").items


def test_a_list_needs_a_pool_or_an_assignment(shared: Any) -> None:
    """As the real service does."""
    with pytest.raises(ValidationApiError):
        shared.client.find_attachments(user_id="f" * 32)


def test_a_file_is_never_shown_as_a_page(shared: Any, pool: Any) -> None:
    """What a worker uploads may be a page with a script."""
    file = next(iter(shared.client.get_attachments(pool_id=pool.id)))
    url = f"{shared.emulator.url}/api/v1/attachments/{file.id}/download"
    response = httpx.get(url, headers={"Authorization": "OAuth emulator"})
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == "attachment"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_unknown_files_do_not_exist(shared: Any) -> None:
    """Neither their description nor their content."""
    with pytest.raises(DoesNotExistApiError):
        shared.client.download_attachment("nothing", io.BytesIO())
