"""Field tasks: what needs people at a place is refused with a sentence, before anything is made."""

from __future__ import annotations

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from toloka.client.exceptions import ValidationApiError
from toloka.client.project import CoordinatesSpec, FileSpec, StringSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import pool, project, wait

pytestmark = pytest.mark.slow  # a whole program each


def test_tasks_on_a_map_are_refused(service: Service) -> None:
    """Toloka's app shows them to whoever is near; this service has nobody anywhere."""
    client = service()
    field = toloka.Project(
        public_name="Is the shop open?",
        public_description="Go there and look",
        assignments_issuing_type="MAP_SELECTOR",
        assignments_issuing_view_config=toloka.Project.AssignmentsIssuingViewConfig(
            title_template="{{inputParams['name']}}", description_template="Go there", map_provider="GOOGLE"
        ),
        task_spec=toloka.project.task_spec.TaskSpec(
            input_spec={"name": StringSpec(), "coordinates": CoordinatesSpec()},
            output_spec={"photo": FileSpec(), "worker_coordinates": CoordinatesSpec(current_location=True)},
            view_spec=toloka.project.TemplateBuilderViewSpec(
                view=tb.MediaFileFieldV1(tb.OutputData("photo"), tb.MediaFileFieldV1.Accept(photo=True))
            ),
        ),
    )
    with pytest.raises(ValidationApiError) as refusal:
        client.create_project(field)
    assert "assignments_issuing_type" in str(refusal.value)
    assert "map tasks" in str(refusal.value)
    assert list(client.get_projects()) == []


def test_where_somebody_is_can_be_asked(service: Service) -> None:
    """A place in words, and its coordinates: any task has that."""
    client = service()
    gets = {"place": CoordinatesSpec(), "what": StringSpec(min_length=5)}
    asked = project(
        client, "Where are you?", {"city": StringSpec()}, gets,
        tb.TextFieldV1(tb.OutputData("place"), validation=tb.RequiredConditionV1()),
        tb.TextFieldV1(tb.OutputData("what"), validation=tb.RequiredConditionV1()),
    )  # fmt: skip
    places = pool(client, asked, overlap=4, filter=toloka.filter.RegionByPhone.in_(225))
    places.set_mixer_config(real_tasks_count=1)
    places = client.create_pool(places)
    client.create_tasks([toloka.Task(pool_id=places.id, input_values={"city": "Minsk"})], allow_defaults=True)
    client.open_pool(places.id)
    wait(client, places.id)
    rows = [one.solutions[0].output_values for one in client.get_assignments(pool_id=places.id, status="ACCEPTED")]
    coordinates = [tuple(map(float, row["place"].split(","))) for row in rows]
    assert all(abs(latitude) <= 90 and abs(longitude) <= 180 for latitude, longitude in coordinates)
    assert len(coordinates) == 4
    assert all(len(row["what"]) >= 5 for row in rows)
