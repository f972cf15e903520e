"""What a process imports: each run, tick and command is one of its own, and waits for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_assets.commands.emulating import PACHYDERMS
from hitl_assets.emulators.pachyderm.wire.profiles import PROFILES

# Each of them takes from a tenth of a second to twice what Dagster takes.
HEAVY = {
    "charset_normalizer", "crowdkit", "google.protobuf", "grpc", "httpx", "matplotlib", "nltk", "openpyxl", "pandas",
    "PIL", "pyarrow", "python_pachyderm", "scipy", "sklearn", "skops", "toloka",
}  # fmt: skip
DAGSTER = "import dagster, dagster.components"
# What definitions.py has of its own, and numpy.
OWN_MODULES = 360


def imported(code: str) -> set[str]:
    """The modules that a new process has after this."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_definitions_are_loaded_without_what_a_run_may_need() -> None:
    """Code servers, runs and ticks load them, each in a process that may do nothing with them."""
    added = imported("import hitl_assets.definitions") - imported(DAGSTER)
    assert added & HEAVY == set()
    assert len(added) < OWN_MODULES


@pytest.mark.parametrize("arguments", ["--help", "--version", "emulators --help", "rehearse --help"])
def test_a_question_about_a_command_imports_nothing_that_it_would_do(arguments: str) -> None:
    """Whoever asks for help waits for a few tenths of a second."""
    call = f"from hitl_assets.cli import main\nmain({arguments.split()}, standalone_mode=False)"
    found = imported(call)
    assert found & (HEAVY | {"dagster", "numpy", "pydantic", "rich", "starlette"}) == set()


@pytest.mark.slow
def test_status_asks_both_services_without_what_only_work_needs(
    toloka_url: str, pachyderm_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again and again; toloka-kit, and the emulators that once came along, take longer than Dagster."""
    services = {"TOLOKA_URL": toloka_url, "TOLOKA_TOKEN": "any", "PACHD_ADDRESS": pachyderm_address}
    for name, value in {**services, "DAGSTER_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    call = "from hitl_assets.cli import main\nmain(['status', '--json'], standalone_mode=False)"
    found = imported(call)
    assert {"dagster", "grpc", "httpx", "hitl_assets.services.toloka.quick"} <= found
    assert found & {"toloka", "crowdkit", "pandas", "scipy", "sklearn", "matplotlib", "starlette", "uvicorn"} == set()
    assert [name for name in found if name.startswith("hitl_assets.local.rehearsal.rehearsal")] == []


@pytest.mark.slow
def test_emulators_do_without_dagster_and_what_labels() -> None:
    """Two of them are started for each demo."""
    found = imported("import hitl_assets.emulators.pachyderm, hitl_assets.emulators.toloka")
    assert found & {"dagster", "toloka", "pandas", "scipy", "sklearn", "matplotlib"} == set()


@pytest.mark.slow
def test_the_kit_comes_without_the_part_that_brings_scikit_learn() -> None:
    """It is there for whoever wants it."""
    found = imported("import hitl_assets.services.toloka.kit")
    assert "toloka.client" in found
    assert found & {"crowdkit", "sklearn", "nltk", "scipy", "toloka.autoquality"} == set()
    assert "toloka.autoquality" in imported("import hitl_assets.services.toloka.kit, toloka.autoquality")


@pytest.mark.slow
def test_the_quality_of_a_batch_is_measured_without_what_takes_longer_than_to_measure_it() -> None:
    """Every batch has a report of it, in a run of its own."""
    vote = "Answer(item, {'kind': 'apple'}, worker, 'suite', 'task', 'pool', 'ACCEPTED', False, '', '')"
    votes = f"[{vote} for item in 'ab' for worker in 'cd']"
    needed = "from hitl_assets.labeling.kinds.classes import Class"
    measured = f"assert measure_alpha({votes}, Class('kind', {{'type': 'string'}})) == 1"
    code = f"{needed}\nfrom hitl_assets.labeling.labels.quality import Answer, measure_alpha\n{measured}"
    assert imported(code) & HEAVY == set()


@pytest.mark.slow
def test_another_service_comes_without_toloka() -> None:
    """Its client, its section and the protocol know nothing of the kit, nor of Toloka's client."""
    found = imported("import hitl_assets.services.labeling, hitl_assets.labeling.project.loading")
    assert not {name for name in found if name.split(".")[0] == "toloka" or name.startswith("hitl_assets.services.tol")}
    assert "toloka" not in imported("import hitl_assets_tests.services.notebook")


def test_the_pachyderms_that_the_command_names_are_those_that_there_are() -> None:
    """It names them without importing a server."""
    assert sorted(PROFILES) == list(PACHYDERMS)
