"""`hitl`: the commands. What they do is in local/ and emulators/."""

import sys
from io import TextIOWrapper
from pathlib import Path

import click

from hitl_assets.commands.checking import check
from hitl_assets.commands.emulating import emulators
from hitl_assets.commands.exporting import export
from hitl_assets.commands.looking import status
from hitl_assets.commands.options import (
    A_FILE,
    A_PATH,
    ANSWER_KEY,
    CROWD,
    PACHD,
    PORT,
    PROJECTS,
    SEED,
    SPEED,
    STATE,
    find_pachd,
    in_sentences,
)  # fmt: skip
from hitl_assets.commands.serving import media
from hitl_assets.commands.starting import new
from hitl_assets.emulators.crowd.clock import Speed
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.local.ports import UI_PORT
from hitl_assets.local.signals import end_on_signals
from hitl_assets.local.state import State
from hitl_assets.services.whereabouts import state_directory


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hitl-assets")
def main() -> None:
    """From raw data to labeled data with people in the loop: Dagster, Toloka and Pachyderm."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows a question mark


main.add_command(check)
main.add_command(emulators)
main.add_command(export)
main.add_command(media)
main.add_command(new)
main.add_command(status)


@main.command()
@STATE
@SEED
@click.option("--items", multiple=True, type=A_FILE, help="CSV of your items. More than one: a commit each.")
@click.option("--answer-key", type=A_FILE, help="CSV with the items and their true labels, for the simulated workers.")
@click.option("--dataset", type=A_FILE, help="CSV that was labeled before.")
@click.option("--golden", type=A_FILE, help="CSV of golden tasks.")
@click.option("--training", type=A_FILE, help="CSV of training tasks.")
@click.option("--model", is_flag=True, help="Let the first batch teach a model, that labels what it is sure of next.")
@click.option("--digits", is_flag=True, help="Handwritten digits instead: a model learns them from their pixels.")
@click.option("--timeout", type=click.IntRange(min=1), default=1800, show_default=True, help="Seconds, at most.")
def demo(
    state: Path,
    seed: int,
    items: tuple[Path, ...],
    answer_key: Path | None,
    dataset: Path | None,
    golden: Path | None,
    training: Path | None,
    model: bool,
    digits: bool,
    timeout: int,
) -> None:
    """Watch the loop run: headlines become a labeled, versioned dataset, without an account anywhere; then pictures.

    With --model a classifier learns from the first batch, and you see what it labels, how right it is, what it saves.

    Columns of your own files may be plain (headline) or in Toloka's form (INPUT:headline, GOLDEN:category).
    What an earlier demo left in the state directory is removed.
    """
    if bool(items) != bool(answer_key):
        raise click.UsageError("--items and --answer-key go together: simulated workers need to know the truth.")
    if model and len(items) == 1:
        raise click.UsageError("--model needs two --items: a model learns from the first, and labels of the others.")
    if digits and (model or items or dataset or golden or training):
        raise click.UsageError("--digits is an example of its own: leave the other files and --model out.")
    end_on_signals()
    from hitl_assets.local.demo.demo import DemoFailedError, DemoFiles, run_demo
    from hitl_assets.local.processes import ProcessEndedError

    files = DemoFiles(items, answer_key, dataset, golden, training, with_model=model, with_digits=digits)
    with in_sentences(DemoFailedError, ProcessEndedError):
        run_demo(State(state), files, seed=seed, port=UI_PORT, timeout=timeout)


@main.command()
@STATE
@SEED
@SPEED
@CROWD
@ANSWER_KEY
@click.option("--port", type=PORT, default=UI_PORT, show_default=True, help="Of the UI, on 127.0.0.1. 0: any.")
def dev(state: Path, seed: int, speed: Speed, crowd: str, answer_key: tuple[Path, ...], port: int) -> None:
    """Open Dagster's UI, with the emulators for the services whose address is not in the environment.

    Simulated workers answer what an answer key knows: --answer-key, and the example items of the projects. Everything
    else waits for you: open Toloka's page and answer yourself.

    PACHD_ADDRESS and PACHD_TOKEN, TOLOKA_URL and TOLOKA_TOKEN lead to real services.
    """
    end_on_signals()
    from hitl_assets.local.dev import run_dev
    from hitl_assets.local.processes import People, ProcessEndedError

    with in_sentences(ProcessEndedError):
        run_dev(State(state), port, People(seed, speed, crowd, answer_key))


@main.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
@click.option("--project", default="clickbait", show_default=True, help="Which project's source repo.")
@click.option("--yes", is_flag=True, help="Ask nothing, and commit what brings no row, too.")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and commit nothing.")
@PACHD
@STATE
def commit(files: tuple[Path, ...], project: str, yes: bool, dry_run: bool, pachd: str | None, state: Path) -> None:
    """Commit FILES, and those of folders, to a project's source repo, as one batch (what pachctl put file does).

    First it is said how many rows are new, and what they cost; a terminal is asked whether to go on.
    """
    from hitl_assets.local.commits import Commit

    with in_sentences():
        planned = Commit(State(state), project, find_pachd(State(state), pachd), files)
        prospect = planned.foresee()
        for warning in prospect.warnings:
            click.echo(f"Warning: {warning}", err=True)
        click.echo(prospect.said, err=True)
        if dry_run:
            return
        if not prospect.brings_rows and not yes:
            raise click.ClickException("Not committed: it would be a batch of nothing. --yes commits it all the same.")
        if sys.stdin.isatty() and not yes:
            click.confirm("Commit it?", default=True, abort=True, err=True)
        click.echo(planned.make())


@main.command()
@click.argument("project")
@click.argument("batch")
@STATE
def resume(project: str, batch: str, state: Path) -> None:
    """Go on with a BATCH (its name, its commit's id, or how either begins) of PROJECT whose pool ended early.

    The same pool is opened again for the answers that are missing, inside the caps. What was paid stays paid.
    """
    from hitl_assets.events import STATUS_THEN
    from hitl_assets.local.batches import BatchError, open_batches

    with in_sentences(BatchError):
        found = open_batches(State(state), project)
        name = found.find(batch)
        pool = found.materialize("pools", name, {"resume": True})
    status = pool[STATUS_THEN]
    looked = "nothing was opened yet; `rounds` looks at it again" if found.project.has_rounds else "nothing was opened"
    told = {"reopened": "is open again", "opened": "is open", "found": f"is {status}: {looked}"}
    click.echo(f"Pool {pool['pool_id']} {told[pool['done']]}. {pool['pool']}" if pool["pool_id"] else status)


@main.command()
@click.argument("project")
@click.argument("batch")
@STATE
def dismiss(project: str, batch: str, state: Path) -> None:
    """Leave out what the commit of a BATCH of PROJECT brought: it cannot be read, and will not be corrected.

    The batch is over, and nobody is asked. One whose items were taken in is not dismissed.
    """
    from hitl_assets.local.batches import BatchError, open_batches

    with in_sentences(BatchError):
        found = open_batches(State(state), project)
        name = found.find(batch)
        left = found.materialize("raw_data", name, {"dismiss": True})
    click.echo(f"Batch {name} is dismissed: {plural(left['rejected_rows'], 'file is', 'files are')} left out.")


@main.command()
@click.argument("project")
@click.argument("batch")
@click.option("--accept", multiple=True, metavar="ASSIGNMENT", help="It is good: it is paid. May be repeated.")
@click.option("--reject", multiple=True, metavar="ASSIGNMENT", help="It is not: others are asked. May be repeated.")
@click.option("--rest", type=click.Choice(["accept", "reject"]), help="What becomes of all others that wait.")
@STATE
def review(
    project: str, batch: str, accept: tuple[str, ...], reject: tuple[str, ...], rest: str | None, state: Path
) -> None:
    """Decide about answers of a BATCH of PROJECT that wait for a person; without options, show them.

    For projects with manual review. Rejected work is not paid, and asked for again.
    """
    from hitl_assets.local.batches import BatchError, open_batches
    from hitl_assets.local.demo.screen import show_review

    with in_sentences(BatchError):
        found = open_batches(State(state), project)
        name = found.find(batch)
        if accept or reject or rest:
            decisions = {"accept": list(accept), "reject": list(reject), "rest": rest or "wait"}
            told = found.materialize("reviewed_answers", name, decisions)
        else:
            told = found.metadata("reviewed_answers", name)
    show_review(told)


@main.command()
@click.argument("project")
@click.option("--items", type=A_FILE, help="CSV of items; the project's own if it has one, else some are made up.")
@click.option("--answer-key", type=A_FILE, help="CSV with items and their true labels, if --items does not have them.")
@click.option(
    "--crowd", metavar="PRESET|FILE", help="One crowd (docs/emulators.md). good, mixed and hostile if not given."
)
@click.option("--sample", type=click.IntRange(min=1), default=100, show_default=True, help="How many items, at most.")
@PROJECTS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@SEED
def rehearse(
    project: str,
    items: Path | None,
    answer_key: Path | None,
    crowd: str | None,
    sample: int,
    places: tuple[Path, ...],
    as_json: bool,
    seed: int,
) -> None:
    """Try PROJECT (a name, or a folder with defs.yaml) on simulated people before you spend money on real ones.

    Its real filters, training, golden tasks, rules and prices run on a throw-away emulator. You see what it costs, who
    is kept out or banned, how right the labels are, and what to change.
    """
    end_on_signals()
    from hitl_assets.emulators.crowd.population import CrowdError
    from hitl_assets.local.rehearsal.rehearsal import run_command

    places = places or State(state_directory()).places
    with in_sentences(CrowdError):
        run_command(project, places, items, answer_key, [crowd] if crowd else [], sample, seed, as_json)


if __name__ == "__main__":
    main()
