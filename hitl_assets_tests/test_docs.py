"""What the docs say is what there is."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from docs.reference import TARGET, reference
from hitl_assets.cli import main
from hitl_assets.deployment import launcher_of_home

ROOT = Path(__file__).parents[1]
NAMES = (
    "project", "commands", "emulators", "money", "troubleshooting", "kubernetes", "permissions", "your-dagster-project",
    "tutorial", "concepts", "how-to", "operations", "faq", "coming-from", "files", "media",
)  # fmt: skip
PAGES = ("README.md", *(f"docs/{name}.md" for name in NAMES))
# In a block of a console, or in a sentence.
COMMAND = re.compile(r"(?:^|`)((?:\.venv/bin/)?hitl [^`\n#]*)", re.MULTILINE)
TARGETS = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def commands() -> list[tuple[str, str]]:
    """Every command of the docs, with its page."""
    return sorted({(page, found) for page in PAGES for found in COMMAND.findall((ROOT / page).read_text())})


def test_the_reference_is_that_of_the_schema() -> None:
    """`make reference` writes it anew."""
    assert TARGET.read_text() == reference()


def test_every_field_of_ours_is_explained() -> None:
    """Toloka's own fields are explained by Toloka."""
    ours = [section for section in reference().split("\n## ") if "passed on" not in section]
    lines = [line for section in ours for line in section.splitlines() if line.startswith("| `")]
    assert len(lines) > 50
    assert [line for line in lines if line.endswith("|  |")] == []


@pytest.mark.parametrize(("page", "line"), commands(), ids=lambda value: value)
def test_every_command_of_the_docs_is_understood(page: str, line: str) -> None:
    """Its name and its options are there; nothing is run."""
    words = shlex.split(line)[1:]
    if words[0].startswith("-") or words[0].isupper():
        return  # of hitl itself, as `hitl --help`
    command = main.commands.get(words[0])
    assert isinstance(command, click.Command), f"{page}: hitl {words[0]}"
    known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
    used = {word.partition("=")[0] for word in words[1:] if word.startswith("-")}
    assert used <= known | {"-h", "--help"}


def test_every_make_target_of_the_docs_is_there() -> None:
    """A user types them."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {found for page in PAGES for found in TARGETS.findall((ROOT / page).read_text())} <= set(targets)


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_are_there(page: str) -> None:
    """Of what is in the tree."""
    place = (ROOT / page).parent
    assert [link for link in LINK.findall((ROOT / page).read_text()) if not (place / link).exists()] == []


def test_the_dagster_yaml_for_kubernetes_keeps_one_run_of_a_project_at_a_time(tmp_path: Path) -> None:
    """Dagster takes it, and its concurrency is that of the file for one machine."""
    (written,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/kubernetes.md").read_text(), re.DOTALL)
    (tmp_path / "dagster.yaml").write_text(written)
    assert launcher_of_home(str(tmp_path)) == "K8sRunLauncher"
    told, own = yaml.safe_load(written), yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert told["concurrency"] == own["concurrency"]
    assert told["run_monitoring"]["poll_interval_seconds"] >= 60
    assert told["run_monitoring"]["max_resume_run_attempts"] == 0


def test_pictures_are_small() -> None:
    """Whoever clones the repo has them all."""
    assert {
        path.name: path.stat().st_size for path in (ROOT / "docs/images").glob("*.png") if path.stat().st_size > 200_000
    } == {}
    assert len(list((ROOT / "docs/images").glob("*.png"))) >= 5
