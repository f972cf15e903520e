"""Files behind signed links, from the commit to the end of their batch, and after it went on."""

from dataclasses import replace

import dagster as dg
import httpx
import pytest

from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.labeling.sections import RawSource
from hitl_assets.media.application import Media, Settings
from hitl_assets.media.server import serving
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.service import TolokaService
from hitl_assets_tests.labeling.items.drawings import draw

from .loops import Loop, failures

pytestmark = pytest.mark.slow
SECRET = "secret-of-links-0123456789-abcdefgh"


@pytest.fixture
def drawn(project: Project) -> Project:
    """A project whose items are pictures that we serve."""
    source = RawSource(repo=project.configuration.source.repo, glob="/**.png", items="files", field="image")
    without = {"golden_tasks": None, "training_tasks": None, "dataset": None}
    configuration = project.configuration.model_copy(update={"source": source, "pictures": "serve", **without})
    given = project.project["task_spec"]
    fields = {KEY_FIELD: given["input_spec"][KEY_FIELD], "image": {"type": "url", "required": True}}
    spec = {**given, "input_spec": fields}
    form = {name: value for name, value in project.project.items() if name != "task_spec"}
    control = {name: value for name, value in project.pool["quality_control"].items() if "training" not in name}
    pool = {**project.pool, "quality_control": control}
    return replace(project, configuration=configuration, project={**form, "task_spec": spec}, pool=pool, training=None)


def test_people_get_links_that_are_good_while_their_batch_is_open(
    drawn: Project,
    instance: dg.DagsterInstance,
    pachyderm: Pachyderm,
    pachyderm_address: str,
    still_toloka: TolokaService,
    still_toloka_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over with its labels; open again when it goes on, also after its pool was looked at once more."""
    media = Media(Settings(pachyderm_address, None, Secrets.from_text(SECRET)))
    media.answers.seconds = 0.0
    content = draw()
    with serving(media) as url:
        monkeypatch.setenv("HITL_MEDIA_URL", url)
        monkeypatch.setenv("HITL_MEDIA_SECRET", SECRET)
        loop = Loop(drawn, instance, pachyderm_address, still_toloka_url)
        commit = pachyderm.write(drawn.configuration.source.repo, {"/one/red.png": content}, "a picture")
        batch = name_batch(pachyderm.inspect_commit(drawn.configuration.source.repo, commit)[0])
        assert loop.materialize("toloka_project", None).success
        (published,) = loop.publish()
        assert published.success, failures(published)
        (task,) = still_toloka.reader.get_tasks(pool_id=loop.pool_id(batch))
        link = task.input_values["image"]
        assert (link.startswith(url), httpx.get(link).content == content) == (True, True)
        labels = f"{drawn.name}_aggregated_labels"
        pachyderm.write(labels, {f"/{batch}/labels.csv": b""}, "labels")
        assert httpx.get(link).status_code == 410
        for config in ({"resume": True}, {}):
            went_on = loop.materialize("pools", batch, **config)
            assert went_on.success, failures(went_on)
            assert httpx.get(link).content == content
