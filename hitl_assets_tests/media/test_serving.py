"""Where links come from, and who may sign them."""

import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from hitl_assets.cli import main
from hitl_assets.deployment import MissingVariableError
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.media.links import Exhibit, Links
from hitl_assets.labeling.media.secrets import Secrets
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.media import of_media
from hitl_assets.local.processes import media
from hitl_assets.local.state import Addresses, State
from hitl_assets.resources import MediaResource
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.media_secret import local_secret
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.addressing import Served, find_writer

from .conftest import PICTURE, PNG, SECRET, TOKEN, Gallery

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
FILE = Place("photos", "a" * 32, "/1.png")


@pytest.fixture
def serving(project: Project) -> Project:
    """A project whose files we serve."""
    return replace(project, configuration=project.configuration.model_copy(update={"pictures": "serve"}))


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a new terminal."""
    for name in ("HITL_MEDIA_URL", "HITL_MEDIA_SECRET", "PACHD_ADDRESS", "PACHD_TOKEN", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HITL_STATE", str(tmp_path))


def test_a_link_is_of_the_file_in_its_batch_and_outlives_the_pool(serving: Project, pachyderm: Pachyderm) -> None:
    """Nothing is asked for it."""
    links = Links("http://x", Secrets.from_text(SECRET))
    write = find_writer(pachyderm, serving, "2026-03", Served(links, NOW))
    assert write is not None
    exhibit, until = links.read(write(FILE, "").removeprefix("http://x/"), NOW)
    assert exhibit == Exhibit(serving.name, "2026-03", FILE.repo, FILE.commit, FILE.path)
    assert until > NOW + 2 * timedelta(days=serving.configuration.pool_days)


def test_files_of_no_batch_get_no_link(serving: Project, pachyderm: Pachyderm) -> None:
    """A training has no end by which they would be known to be over."""
    write = find_writer(pachyderm, serving, "training")
    assert write is not None
    with pytest.raises(ServiceError, match="is of no batch"):
        write(FILE, "")


def test_links_need_a_server_and_a_secret(tmp_path: Path) -> None:
    """It is said which variable is missing; a server elsewhere never gets the secret of this machine."""
    local_secret(tmp_path)
    with pytest.raises(MissingVariableError, match="HITL_MEDIA_URL is not set"):
        MediaResource(url="", secret=SECRET).links()
    with pytest.raises(ServiceError, match="HITL_MEDIA_SECRET is not set"):
        MediaResource(url="https://pictures.example", secret="").links()
    assert SECRET not in repr(MediaResource(url="https://pictures.example", secret=SECRET))


def test_on_one_machine_the_secret_is_that_of_the_state(tmp_path: Path) -> None:
    """Made once, for its owner alone."""
    made = local_secret(tmp_path)
    assert local_secret(tmp_path) == made
    (file,) = tmp_path.glob("media_secret*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with State(tmp_path).announced(Addresses("127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3")):
        assert MediaResource(url="", secret="").links() == Links("http://127.0.0.1:3", Secrets.from_text(made))


def test_without_a_secret_nothing_is_served() -> None:
    """The sentence says how to make one."""
    done = CliRunner().invoke(main, ["media", "--pachd", "127.0.0.1:9"])
    assert (done.exit_code, "HITL_MEDIA_SECRET is not set" in done.output) == (1, True)
    assert "secrets.token_urlsafe" in done.output


@pytest.mark.slow
def test_the_check_of_a_project_asks_its_server(
    serving: Project, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that answers is not worth a word; of another one it is said what came."""
    assert list(of_media(serving)) == []
    monkeypatch.setenv("HITL_MEDIA_URL", gallery.links.address)
    assert list(of_media(serving)) == []
    monkeypatch.setenv("HITL_MEDIA_URL", f"{gallery.links.address}/elsewhere")
    (problem,) = of_media(serving)
    assert (problem.severity, problem.kind) == ("warning", "media_server")
    assert "403" in problem.what


@pytest.mark.slow
def test_the_command_serves_until_it_is_told_to_end(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `hitl dev` starts it, with the secret of the state."""
    monkeypatch.setenv("PACHD_TOKEN", TOKEN)
    state = State(tmp_path)
    state.prepare()
    with media(state, gallery.emulator.address) as url:
        links = Links(url, Secrets.from_text(local_secret(tmp_path)))
        exhibit = Exhibit("orchard", "open", "photos", gallery.commit, PICTURE)
        link = links.write(exhibit, datetime.now(timezone.utc) + timedelta(days=1))
        assert httpx.get(link).content == PNG
    log = (state.logs / "media.log").read_text()
    assert f"GET {exhibit} 200" in log
    assert link.split("/")[-2].rpartition(".")[2] not in log
    with pytest.raises(httpx.ConnectError):
        httpx.get(link)


@pytest.mark.slow
def test_the_server_does_without_dagster_and_what_labels() -> None:
    """It is a small thing that the world can reach."""
    program = "import sys, hitl_assets.media.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"dagster", "toloka", "pandas", "sklearn", "scipy", "matplotlib"} == set()
